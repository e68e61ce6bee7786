"""Failures of a refresh, an exchange or a handover.

TokensNotRefreshed
AuthorizationRevoked    exit code 4: the server accepts no refresh token of this account
AuthorizationLost       exit code 4: an interrupted request used the refresh token up
NoRefreshToken          exit code 4: the server issues none, so nothing can be refreshed or handed over
NoCredentials           exit code 4: the app's secret is not stored here
SecretNotProven         exit code 5: the server gives a wrong Client Secret the same answer
InDoubt                 exit code 6: sent, no usable answer; the next attempt resolves it
HandedOver              exit code 4: the refresh token was given to another holder
OtherMachine            exit code 7: the tokens were obtained on another computer
KeptInJournal           exit code 7: new tokens are safe in the journal, not yet in their place
KeptElsewhere           exit code 7: new tokens are safe outside the store, not yet in their place
KeptNowhere             exit code 7: new tokens arrived and could be saved nowhere
WorkerFailed            exit code 1: the worker ended without a report
Cancelled               exit code 1: stopped on request before anything was sent
"""

from __future__ import annotations

from smily_tui.errors import SmilyError
from smily_tui.oauth.errors import GrantRefused, OAuthFailure
from smily_tui.vault.errors import VaultError


class TokensNotRefreshed(SmilyError):
    """Operation without new tokens in place."""

    default_kept = "The stored tokens are untouched."


class AuthorizationRevoked(TokensNotRefreshed):
    """Account whose every refresh token the server refuses."""

    exit_code = 4
    default_kept = "Nothing was deleted. The old tokens are still stored."
    default_next = "Authorize the account again: run smily-tui connect, or press u in the dashboard."


class AuthorizationLost(AuthorizationRevoked):
    """Account whose refresh token was used up by an interrupted request, without an answer."""


class NoRefreshToken(TokensNotRefreshed):
    """Access token without a refresh token (RFC 6749 section 5.1 makes it optional)."""

    exit_code = 4
    default_kept = "Nothing was sent. The stored access token is untouched."
    default_next = "Authorize the account again: run smily-tui connect, or press u in the dashboard."


class NoCredentials(TokensNotRefreshed):
    """Credentials that are not stored, or belong to another Client ID or server."""

    exit_code = 4
    default_next = "Enter the app's Client ID and Client Secret again: run smily-tui connect."


class SecretNotProven(TokensNotRefreshed):
    """Client Secret that the server's answer does not tell from a wrong one."""

    exit_code = 5
    default_kept = "The old secret is still stored."
    default_next = "Connect an account with the new secret instead: run smily-tui connect."


class InDoubt(TokensNotRefreshed):
    """Request without an answer: the server may have acted or not."""

    exit_code = 6
    default_next = "Try again in a moment. This sends the same request again, which most servers allow."


class HandedOver(TokensNotRefreshed):
    """Refresh token that was handed over: two holders would use up each other's."""

    exit_code = 4
    default_next = "Get tokens from that holder, or authorize the account again."


class OtherMachine(TokensNotRefreshed):
    """Tokens that were obtained on another computer: two computers would use up each other's."""

    exit_code = 7
    default_next = "Authorize the account on this computer as well. The owner doesn't have to approve again."


class KeptInJournal(TokensNotRefreshed):
    """New tokens in the journal, because the account's file could not be written."""

    exit_code = 7
    default_kept = "The new tokens are safe in the journal beside the account's file."
    default_next = (
        "Free some space or fix the folder's permissions, then try again. No new request is needed."
    )


class KeptElsewhere(TokensNotRefreshed):
    """New tokens in a folder outside the store, because the store could not be written."""

    exit_code = 7
    default_next = (
        "Free some space or fix the folder's permissions. Then try again before you restart this computer. "
        "No new request is needed."
    )


class KeptNowhere(TokensNotRefreshed):
    """New tokens that no folder could be written for; only the old ones are stored."""

    exit_code = 7
    default_kept = "The old tokens are still stored. A server that rotates on use still accepts them."
    default_next = "Free some space or fix the folder's permissions, then try again."


class WorkerFailed(TokensNotRefreshed):
    """Worker that ended without a report."""

    default_kept = "Whatever arrived is in the store or its journal."
    default_next = "Try again. smily-tui reads the journal first."


class Cancelled(TokensNotRefreshed):
    """Work that was stopped on request, before anything was sent."""

    default_kept = "Nothing was sent."
    default_next = "Start it again at any time."


def keeps_code(error: SmilyError) -> bool:
    """Return whether the code that an exchange failed with may still be good."""
    return isinstance(
        error, OAuthFailure | NoCredentials | InDoubt | Cancelled | VaultError
    ) and not isinstance(error, GrantRefused)
