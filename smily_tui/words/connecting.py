"""The words of the four steps from an application to a connected account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.oauth.scopes import find, redundant, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.vault.account import Account

STEPS: Final = ("Application", "Permissions", "Authorize", "Done")

# step 1
WHICH: Final = "Which application is asking?"
NEEDED: Final = "You need its Client ID and its Client Secret."
NOT_SENT: Final = "Nothing is sent yet."
NAME: Final = "A name for it"
NAME_WHY: Final = "Only for you; it becomes a part of each account's address."
ID_WHY: Final = "It tells Smily which application is asking. Not secret."
WHERE_TITLE: Final = "Where do I find these?"
WHERE: Final = (
    "Sign in at Smily and open the partner panel: www.bookingsync.com/en/partners/applications. Choose your "
    "application; the page shows both. Its redirect address must be urn:ietf:wg:oauth:2.0:oob, so that the "
    "code is shown to you and not sent to a website."
)
KEPT_HERE: Final = "Like a password: kept on this computer only"  # the screen shows dots, a line nothing

# step 2
WHAT: Final = "What may the application do?"
LITTLE: Final = "The owner sees this list and says yes or no. Ask for little."

# step 3
OPEN: Final = "Open this link, sign in as the account's owner, choose “Authorize”."
PASTE: Final = "Paste the code that the page shows you."
FINE: Final = "Works once, within 10 minutes. The page's address will do."

# step 4
RIGHT: Final = "Is this the right account?"
SIGNED_IN: Final = "A browser that is signed in authorizes without asking."
TRY_AGAIN: Final = "Forget {label} here and try again?"
SIGN_OUT: Final = (
    "Sign out in the browser first, or open the "
    "link in a private window. At Smily the authorization stays until its owner uninstalls it."
)
TWIN: Final = "{label} is connected already, as {address}."
NAMELESS: Final = "Its name is not known: {remark}."
NOT_IDENTIFIED: Final = "The account is stored, but its name is not known yet. {what}"


def advice(chosen: Sequence[str]) -> str:
    """One remark on a choice: what is missing, too much or unknown; empty where there is none."""
    if "public" not in chosen:
        return "Without “public” the account's name cannot be read."
    for name, wider in redundant(chosen).items():
        return f"“{name}” can go: “{wider}” includes it."
    for name in chosen:
        owned = f"{stem(name)}_write_owned"
        if name.endswith("_write") and find(owned) is not None:
            return f"“{name}” changes what others made, too; owners prefer “{owned}”."
    unknown = [name for name in chosen if find(name) is None]
    return f"“{unknown[0]}” is not in Smily's reference; it is asked for as it is." if unknown else ""


def connected(account: Account) -> str:
    """Whose account was connected."""
    number = f" (account {account.account_id})" if account.account_id is not None else ""
    return f"Connected: {account.label}{number}"


def not_given(account: Account) -> tuple[str, ...]:
    """The permissions that were asked for and not granted."""
    return tuple(scope for scope in account.asked if scope not in account.scopes)
