"""Failures of a request, and refusals of a pasted code.

    OAuthFailure
      ServerRefused                exit code 5: a definite no
        ClientRefused              invalid_client: Client ID or Client Secret
        GrantRefused               invalid_grant: the code or refresh token
        ScopeRefused               invalid_scope
        RequestRefused             any other OAuth error, or a status that means no
        Redirected                 a redirect, which is never followed
        RateLimited                429
        TokenRejected              401 of the API
        ScopeMissing               403 of the API: a permission is missing
        Forbidden                  403 of the API, although no permission is missing
      NoUsableAnswer               exit code 6
        Offline                    nothing was sent: no name, no route, refused
        ProxyUnusable              nothing was sent: the environment's proxy, or its login, is wrong
        NotTrusted                 nothing was sent: the certificate is not trusted
        NoAnswer                   sent, then silence or a cut: the server may have acted
        ServerFault                5xx: the server may have acted
        NotUnderstood              an answer that breaks the protocol

    PasteRefused                   exit code 2: no usable code; its text never repeats the paste
      OwnLink                      the link to open
      OwnerDeclined                  5: access_denied
      PageError                    5: another error on the page

`in_doubt`: the server may have acted although no usable answer came.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

from smily_tui.clock import hour_and_minute
from smily_tui.errors import SmilyError
from smily_tui.text import clean

NOT_SENT: Final = "Nothing was sent. Codes and tokens are still good."
CHECK_NETWORK: Final = "Check your network, then try again."


class OAuthFailure(SmilyError):
    """Request that ended without success."""

    in_doubt: ClassVar[bool] = False
    again: ClassVar[str] = "The server asks you to wait until {at}."
    _lasting = ""

    @property
    def lasting(self) -> str:
        """Description for notes that are read days later: without a time of day, soon out of date."""
        return self._lasting or self.what

    def until(self, at: float | None) -> Self:
        """Add when the server takes the next request (UTC seconds); None adds nothing."""
        if at is not None:
            self._lasting, self.again_at = self.what, at
            self.what = f"{self.what} {self.again.format(at=hour_and_minute(at))}"
            self.args = (self.what,)
        return self


class ServerRefused(OAuthFailure):
    """Definite no of the server, which changed nothing."""

    exit_code = 5


class ClientRefused(ServerRefused):
    """Unknown application, or wrong secret (RFC 6749 section 5.2)."""

    default_kept = "Code and tokens are untouched and still good."
    default_next = "Check Client ID and Client Secret in Smily's partner panel, then enter both again."


class GrantRefused(ServerRefused):
    """Refused code or refresh token (RFC 6749 section 5.2).

    Attributes:
        doubt: how the answer to an earlier request with this grant went missing, which may have used it up.
    """

    doubt: NoUsableAnswer | None = None
    default_next = "Open the link again to get a new code."


class ScopeRefused(ServerRefused):
    """Permissions that this application cannot have (RFC 6749 section 5.2)."""

    default_next = "Enable them for the app in Smily's partner panel, or ask for fewer."


class RequestRefused(ServerRefused):
    """Refusal for any other reason."""

    default_next = "Check the server's address and the app's settings at Smily. Trying again won't help."


class Redirected(ServerRefused):
    """Redirect; the secrets of the request are not sent on."""

    default_kept = "Nothing was sent to the other address."
    default_next = "Check the server's address (--server)."


class RateLimited(ServerRefused):
    """Too many requests for this application (1000 an hour at Smily)."""

    default_next = "Wait until the limit is lifted, then try again."
    again = "The limit is lifted at {at}."


class TokenRejected(ServerRefused):
    """Access token that the API does not accept."""

    default_kept = "The stored tokens are untouched."
    default_next = "Refresh it: smily-tui refresh. If that fails, authorize the account again."


class ScopeMissing(ServerRefused):
    """Good access token that lacks a permission.

    Attributes:
        missing: scopes of which the request needs one; empty where they are not known.
    """

    missing: tuple[str, ...] = ()

    default_kept = "The stored tokens are untouched and still good."
    default_next = "Authorize the account again with that permission."


class Forbidden(ServerRefused):
    """Good access token with the permission, refused all the same."""

    default_kept = "The stored tokens are untouched and still good."
    default_next = (
        "Ask the account's owner or Smily. The account may be suspended, the app blocked, "
        "or the record may belong to another account."
    )


class NoUsableAnswer(OAuthFailure):
    """Missing or unusable answer.

    Attributes:
        status: status of an answer that was cut; 0 if not even that arrived.
        piece: the part of its body that arrived; may hold tokens: kept for recovery and never shown.
        coding: content coding of that part.
    """

    exit_code = 6
    status: int = 0
    piece: bytes = b""
    coding: str = ""

    def after(self, status: int, piece: bytes, coding: str = "") -> Self:
        """Add the part of the answer that arrived before the error."""
        self.status, self.piece, self.coding = status, piece, coding
        return self


class Offline(NoUsableAnswer):
    """Unreachable server; nothing was sent."""

    default_kept = NOT_SENT
    default_next = CHECK_NETWORK


class ProxyUnusable(NoUsableAnswer):
    """Unusable proxy of the environment; nothing was sent, and trying again changes nothing."""

    default_kept = NOT_SENT
    default_next = CHECK_NETWORK


class NotTrusted(NoUsableAnswer):
    """Untrusted connection; nothing was sent."""

    default_kept = NOT_SENT
    default_next = (
        "Behind a company proxy? Put its certificate into SSL_CERT_FILE. "
        "Check this computer's date. smily-tui never skips this check."
    )


class NoAnswer(NoUsableAnswer):
    """Sent request without a whole answer."""

    in_doubt = True
    default_next = "Try again."


class ServerFault(NoUsableAnswer):
    """Problem of the server itself."""

    in_doubt = True
    default_next = "Try again in a minute."

    def until(self, at: float | None) -> Self:
        """Add when to try again, also to the advice."""
        if at is not None:
            self.next = "Try again after that."
        return super().until(at)


class NotUnderstood(NoUsableAnswer):
    """Answer that breaks the protocol."""

    in_doubt = True
    default_next = "Try again. Check the server's address, and whether your network wants you to log in."


def unreadable(status: int, coding: str) -> NotUnderstood:
    """Make the error for a body that is no text below its content coding."""
    form = f"compressed in an unsupported form ({clean(coding, 60)})" if coding else "not text"
    return NotUnderstood(f"The server's answer (status {status}) is {form}.")


class PasteRefused(SmilyError):
    """Pasted text without a usable code."""

    exit_code = 2
    default_kept = "Nothing was sent. The link is still good."
    default_next = "Copy the code from the page after “Authorize” and paste it here."


class OwnLink(PasteRefused):
    """Authorization URL itself, instead of the code from its page."""

    default_next = "Open it in a browser, then paste the code from its page."


class OwnerDeclined(PasteRefused):
    """Page that says `access_denied`."""

    exit_code = 5
    default_kept = "Nothing is stored."
    default_next = "Send the link again, or ask the owner why."


class PageError(PasteRefused):
    """Page that shows another error instead of a code."""

    exit_code = 5
    default_next = "Check the app's permissions and its redirect URI, then open the link again."
