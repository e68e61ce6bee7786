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
          ProxyUnusable            nothing was sent: the environment's proxy, or its login, is wrong
        NotTrusted                 nothing was sent: the certificate does not hold
        NoAnswer                   sent, then silence or a cut: the server may have acted
        ServerFault                5xx: the server may have acted
        NotUnderstood              an answer that is not what the protocol asks for

`in_doubt` tells whether the server may have acted although no usable answer came.

A refused paste is never repeated in its error:

    PasteRefused               exit code 2
      EmptyPaste               nothing
      TooLong                  far more than a code
      NoCode                   something else
        ForbiddenCharacters    a character that no code holds
      SeveralCodes             more than one thing that could be the code
      OwnLink                  the link that is to be opened
      OtherServer              the address of another server's page
      OwnerSaidNo              5: access_denied
      PageError                5: another error that the page showed
      ClientIdPasted, ClientSecretPasted, TokenPasted
      CodeSpent                exchanged here before
"""

from __future__ import annotations

from typing import ClassVar, Self

from smily_tui.clock import hour_and_minute
from smily_tui.errors import SmilyError
from smily_tui.text import clean


class OAuthFailure(SmilyError):
    """A request ended without success."""

    in_doubt: ClassVar[bool] = False
    again: ClassVar[str] = "The server asks to wait until {at}."
    _lasting = ""

    @property
    def lasting(self) -> str:
        """What happened, without the time of day, soon out of date: for notes that are read days later."""
        return self._lasting or self.what

    def until(self, at: float | None) -> Self:
        """The same error where the server said when, in seconds UTC, it takes the next request."""
        if at is not None:
            self._lasting, self.again_at = self.what, at
            self.what = f"{self.what} {self.again.format(at=hour_and_minute(at))}"
            self.args = (self.what,)
        return self


class ServerRefused(OAuthFailure):
    """The server answered no; it changed nothing."""

    exit_code = 5


class ClientRefused(ServerRefused):
    """The server does not know this application, or its secret is another (RFC 6749 section 5.2)."""

    default_kept = "The code or tokens are untouched and still good."
    default_next = "Check Client ID and Client Secret in Smily's partner panel, then enter both again."


class GrantRefused(ServerRefused):
    """The code or refresh token is not accepted (RFC 6749 section 5.2)."""

    default_next = "Open the link again to get a new code."


class ScopeRefused(ServerRefused):
    """The server does not give these permissions to this application."""

    default_next = "Enable them for the application in Smily's partner panel, or ask for fewer."


class RequestRefused(ServerRefused):
    """The server refused for another reason."""

    default_next = (
        "The same request will be refused again. Check the server's address and the application's settings "
        "at Smily."
    )


class Redirected(ServerRefused):
    """The server pointed elsewhere; secrets are not carried along."""

    default_kept = "Nothing was sent to the other address."
    default_next = "Check the server's address (--server)."


class RateLimited(ServerRefused):
    """Too many requests for this application (1000 an hour at Smily)."""

    default_next = "Wait until the limit is lifted, then try again."
    again = "The limit is lifted at {at}."


class TokenRejected(ServerRefused):
    """The API does not accept the access token."""

    exit_code = 5
    default_kept = "The stored tokens are untouched."
    default_next = "Refresh it: smily-tui refresh. If that fails, authorize the account again."


class ScopeMissing(ServerRefused):
    """The access token is good but lacks a permission."""

    default_kept = "The stored tokens are untouched and still good."
    default_next = "Authorize the account again with that permission."


class Forbidden(ServerRefused):
    """The access token is good and has the permission, and the server refuses all the same."""

    default_kept = "The stored tokens are untouched and still good."
    default_next = (
        "More permissions will not help. The account may be suspended, the application blocked, or the "
        "record another account's: ask the account's owner, or Smily."
    )


class NoUsableAnswer(OAuthFailure):
    """There is no answer to go by.

    Attributes:
        status: the status of an answer that was cut; 0 where not even that arrived.
        piece: what had arrived of its body. It may hold secrets: it is kept for recovery and never shown.
        coding: the content coding of that piece.
    """

    exit_code = 6
    status: int = 0
    piece: bytes = b""
    coding: str = ""

    def after(self, status: int, piece: bytes, coding: str = "") -> Self:
        """The same error, with what had arrived before it."""
        self.status, self.piece, self.coding = status, piece, coding
        return self


class Offline(NoUsableAnswer):
    """The server cannot be reached; nothing was sent."""

    default_kept = "Nothing was sent: codes and tokens are still good."
    default_next = "Check the network, then try again."


class ProxyUnusable(Offline):
    """The proxy that the environment names cannot be used; trying again changes nothing."""


class NotTrusted(NoUsableAnswer):
    """The connection is not trusted; nothing was sent."""

    default_kept = "Nothing was sent: codes and tokens are still good."
    default_next = (
        "Is a company proxy in between? Put its certificate into SSL_CERT_FILE. "
        "Check this computer's date. There is no switch to go on without trust."
    )


class NoAnswer(NoUsableAnswer):
    """The request was sent and no whole answer came back."""

    in_doubt = True
    default_next = "Try again."


class ServerFault(NoUsableAnswer):
    """The server has a problem of its own."""

    in_doubt = True
    default_next = "Try again in a minute."

    def until(self, at: float | None) -> Self:
        """The same error, to be tried again then."""
        if at is not None:
            self.next = "Try again then."
        return super().until(at)


class NotUnderstood(NoUsableAnswer):
    """The answer is not what the protocol asks for."""

    in_doubt = True
    default_next = "Try again. Is the server's address right, and no login page of a network in between?"


def unreadable(status: int, coding: str) -> NotUnderstood:
    """The error for a body that is no text, whatever coding its label names."""
    how = f"compressed in a form that smily-tui cannot read ({clean(coding, 60)})" if coding else "not text"
    return NotUnderstood(f"The server's answer (status {status}) is {how}.")


class PasteRefused(SmilyError):
    """What was pasted is not a code that can be used."""

    exit_code = 2
    default_kept = "Nothing was sent; the link is still good."
    default_next = "Copy the code from the page that appeared after “Authorize”, and paste it here."


class EmptyPaste(PasteRefused):
    """Nothing was pasted."""


class TooLong(PasteRefused):
    """Far more than a code was pasted."""


class NoCode(PasteRefused):
    """There is no code in what was pasted."""


class ForbiddenCharacters(NoCode):
    """There is a character that no code holds."""


class SeveralCodes(PasteRefused):
    """More than one thing in what was pasted could be the code."""


class OwnLink(PasteRefused):
    """The link that is to be opened was pasted."""

    default_next = "Open it in a browser first; then paste what the page shows."


class OtherServer(PasteRefused):
    """The address of another server's page was pasted."""


class OwnerSaidNo(PasteRefused):
    """The page said that access was denied."""

    exit_code = 5
    default_kept = "Nothing is stored."
    default_next = "Send the link again, or ask the owner why."


class PageError(PasteRefused):
    """The page showed an error instead of a code."""

    exit_code = 5
    default_next = "Check the application's permissions and its redirect address, then open the link again."


class ClientIdPasted(PasteRefused):
    """The Client ID was pasted."""


class ClientSecretPasted(PasteRefused):
    """The Client Secret was pasted."""


class TokenPasted(PasteRefused):
    """A token or a token response was pasted."""


class CodeSpent(PasteRefused):
    """The code was exchanged here before."""

    default_next = "Open the link again to get a new code."
