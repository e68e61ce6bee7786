"""Why what was pasted is not a code that can be used; none of these repeats what was pasted.

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

from smily_tui.errors import SmilyError


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
