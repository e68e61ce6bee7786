"""Failures of a refresh, an exchange or a handover.

TokensNotRenewed
AuthorizationRevoked    exit code 4: the server accepts no refresh token of this account
AuthorizationLost       exit code 4: an interrupted request used the refresh token up
NoRefreshToken          exit code 4: the server issues none, so nothing can be refreshed or handed over
NoCredentials           exit code 4: the app's secret is not stored here
InDoubt                 exit code 6: sent, no usable answer; the next attempt resolves it
HandedOver              exit code 4: the refresh token was given to another holder
OtherMachine            exit code 7: the tokens were obtained on another computer
KeptInJournal           exit code 7: new tokens are safe in the journal, not yet in their place
KeptElsewhere           exit code 7: new tokens are safe outside the store, not yet in their place
KeptNowhere             exit code 7: new tokens arrived and could be saved nowhere
HelperFailed            exit code 1: the worker ended without a report
Cancelled               exit code 1: stopped on request before anything was sent
"""

from __future__ import annotations

from smily_tui.errors import SmilyError


class TokensNotRenewed(SmilyError):
    """Operation without new tokens in place."""

    default_kept = "The stored tokens are untouched."


class AuthorizationRevoked(TokensNotRenewed):
    """Account whose every refresh token the server refuses."""

    exit_code = 4
    default_kept = "Nothing was deleted: the old tokens are still stored."
    default_next = "Authorize the account again: smily-tui connect, or u in the dashboard."


class AuthorizationLost(AuthorizationRevoked):
    """Account whose refresh token was used up by an interrupted request, without an answer."""


class NoRefreshToken(TokensNotRenewed):
    """Access token without a refresh token (RFC 6749 section 5.1 makes it optional)."""

    exit_code = 4
    default_kept = "Nothing was sent. The stored access token is untouched."
    default_next = "Authorize the account again: smily-tui connect, or u in the dashboard."


class NoCredentials(TokensNotRenewed):
    """Credentials that are not stored, or belong to another Client ID or server."""

    exit_code = 4
    default_next = "Enter the application's Client ID and Client Secret again: smily-tui connect."


class InDoubt(TokensNotRenewed):
    """Request without an answer: the server may have acted or not."""

    exit_code = 6
    default_next = "Try again in a moment: the same request is repeated, which most servers allow."


class HandedOver(TokensNotRenewed):
    """Refresh token that was handed over: two holders would use up each other's."""

    exit_code = 4
    default_next = "Get tokens from that holder, or authorize the account again."


class OtherMachine(TokensNotRenewed):
    """Tokens that were obtained on another computer: two computers would use up each other's."""

    exit_code = 7
    default_next = "Authorize the account here, too; the owner need not agree again."


class KeptInJournal(TokensNotRenewed):
    """New tokens in the journal, because the account's file could not be written."""

    exit_code = 7
    default_kept = "The new tokens are safe in the journal beside the account's file."
    default_next = "Make room or mend the folder's rights, then try again: no new request is needed."


class KeptElsewhere(TokensNotRenewed):
    """New tokens in a folder outside the store, because the store could not be written."""

    exit_code = 7
    default_next = (
        "Make room or mend the folder's rights, then try again before this computer is restarted: "
        "no new request is needed."
    )


class KeptNowhere(TokensNotRenewed):
    """New tokens that no folder could be written for; only the old ones are stored."""

    exit_code = 7
    default_kept = "The old tokens are still stored; a server that rotates on use still takes them."
    default_next = "Make room or mend the folder's rights, then try again."


class HelperFailed(TokensNotRenewed):
    """Worker that ended without a report."""

    default_kept = "Whatever was received is in the store or in its journal."
    default_next = "Try again: smily-tui looks into the journal first."


class Cancelled(TokensNotRenewed):
    """Work that was stopped on request, before anything was sent."""

    default_kept = "Nothing was sent."
    default_next = "Start it again whenever you like."
