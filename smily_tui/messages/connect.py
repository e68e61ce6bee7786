"""Words of the four steps from an app to a connected account, the owner's message and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.clock import in_words
from smily_tui.messages.accounts import time_of_day
from smily_tui.oauth.scopes import find, redundant, stem
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant
    from smily_tui.text import Clean
    from smily_tui.vault.drafts import Draft
    from smily_tui.vault.model import Account


STEPS: Final = ("Application", "Permissions", "Authorize", "Done")

# where one left off
LEFT_OFF: Final = "Continue where you left off?"
WAS_AT: Final = "Connecting “{name}” was at step {number} of {steps}: {step}."
CONTINUE: Final = "Continue"
START_OVER: Final = "Start over"
PASTE_AGAIN: Final = "The Client Secret was not kept: paste it once more. All else is as you left it."

# step 1
APPLICATION_QUESTION: Final = "Which application is asking?"
STORED_APPLICATION_QUESTION: Final = "Which application do you want to connect an account with?"
ANOTHER_APPLICATION: Final = "Another application …"
CREDENTIALS_NEEDED: Final = "You need its Client ID and Client Secret: by these two Smily knows it."
NOT_SENT: Final = "Nothing is sent yet."
NAME_LABEL: Final = "A name for it"
NAME_HINT: Final = "Only for you; it becomes a part of each account's address."
CLIENT_ID_HINT: Final = "It tells Smily which application is asking. Not secret."
CREDENTIALS_PLACE_TITLE: Final = "Where do I find these?"
CREDENTIALS_PLACE: Final = (
    "Sign in at Smily and open the partner panel: www.bookingsync.com/en/partners/applications. Choose your "
    "application; the page shows both. Its redirect address must be urn:ietf:wg:oauth:2.0:oob, so that the "
    "answer is shown to you and not sent to a website."
)
STORAGE_HINT: Final = "Like a password: kept on this computer only"  # the screen shows dots, a line nothing

# step 2
SCOPES_QUESTION: Final = "What may the application do?"
SCOPES_HINT: Final = "The owner sees this list and says yes or no. Ask for little."

# step 3
OPEN_LINK: Final = "Open this link, sign in as the account's owner, choose “Authorize”."
PASTE_CODE: Final = "Paste the code that the page shows you."
CODE_HINT: Final = "Works once, within 10 minutes. The page's address will do."
LINK_MADE: Final = "Link made {at}."
LINK_MADE_BEFORE: Final = "Link made {at}, {ago} ago: it stays good."
PRIVATE_WINDOW_HINT: Final = (
    "Another account? Open the link in a private window: a browser that is signed in says yes without asking."
)
ERROR_TITLE: Final = "The page shows an error instead?"
ERROR_HELP: Final = (
    "The redirect uri is invalid: in the partner panel, make it urn:ietf:wg:oauth:2.0:oob.",
    "The scope is invalid: a permission of step 2 is not enabled in the partner panel; enable or untick it.",
    "The client is unknown: the Client ID of step 1 is wrong.",
    "No more accounts: a private application connects five.",
)
CHECKING_CODE: Final = "Checking the code with {host}"
IDENTIFYING: Final = "Asking whose account it is"
STORING_ACCOUNT: Final = "Storing it"
NUMBER_LABEL: Final = "Account number (optional)"
NUMBER_HINT: Final = "Preselects the account on the page, for an owner who has several."
NUMBER_WRONG: Final = "An account's number has digits only."
CODE_STAYS: Final = "The code is still in its field: Enter sends it again."
CODE_NOT_SENT: Final = "The code was not sent: it is still good."
CODE_UNTOUCHED: Final = "The code is untouched: it is still good."
ENTER_OPENS: Final = "Enter opens the link that is shown now: use the code of that one."
MESSAGE_HINT: Final = "For an owner who is elsewhere: send this, and paste the code that comes back."

# step 4
ACCOUNT_QUESTION: Final = "Is this the right account?"
SIGNED_IN_HINT: Final = "A signed-in browser says yes without asking."
TOKENS_HINT: Final = "Programs use the access token; with the refresh token smily-tui renews it."
NO_REFRESH: Final = "This server gives no refresh tokens. Authorize the account again before {at}."
NOT_GIVEN: Final = "Not given: {names}. To ask again: {again}."
FORGET_QUESTION: Final = "Forget {label} here and try again?"
SIGN_OUT_HINT: Final = (
    "Sign out in the browser first, or open the "
    "link in a private window. At Smily the authorization stays until its owner uninstalls it."
)
STAYS: Final = "{label} was connected before: it has new tokens and stays."
DUPLICATE: Final = "{label} is connected already, as {address}."
NAME_UNKNOWN: Final = "Its name is not known: {remark}."
NOT_IDENTIFIED: Final = "The account is stored, but its name is not known yet. {what}"


def was_at(draft: Draft) -> str:
    """Say where a person left off."""
    name = clean(draft.name, 60) or "an application"
    step = STEPS[draft.number - 1]
    return WAS_AT.format(name=name, number=draft.number, steps=len(STEPS), step=step)


def link_made(made: Instant, now: Instant) -> str:
    """Say when a link was made, and how long ago where that is a while."""
    at, age = time_of_day(made.wall)[:5], now.since(made)
    return LINK_MADE.format(at=at) if age < 60 else LINK_MADE_BEFORE.format(at=at, ago=in_words(age))


def advice(chosen: Sequence[str]) -> str:
    """Remark on a choice of scopes: missing, too much or unknown; empty where there is nothing to say."""
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
    """Name the account that was connected."""
    number = f" (account {account.account_id})" if account.account_id is not None else ""
    return f"Connected: {account.label}{number}"


def not_given(account: Account) -> tuple[str, ...]:
    """Return the scopes that were requested and not granted."""
    return tuple(scope for scope in account.requested_scopes if scope not in account.granted_scopes)


def not_refreshable(account: Account, now: Instant) -> str:
    """Say until when the token of an account that cannot be refreshed is good; else nothing."""
    return "" if account.is_refreshable else NO_REFRESH.format(at=time_of_day(account.expires_at(now))[:5])


def less_given(account: Account, again: str) -> str:
    """Name the scopes that were not granted, and how to ask `again`; empty where all were."""
    missing = not_given(account)
    return NOT_GIVEN.format(names="  ".join(missing), again=again) if missing else ""


LANGUAGES: Final = {"en": "English", "fr": "French"}

_ENGLISH: Final = """\
Hello,

May the application “{application}” use {account}? You decide, in your browser:

1. Open this link. Sign in to Smily as the owner of the account if you are asked to.

{link}

2. The page lists what the application could do. If you agree, choose “Authorize”.

3. The page then shows a code. Please send it to me right away: it works once, for about 10 minutes.

The code alone opens nothing; please send no password. You can take the permission back at any time: \
in Smily, open Apps, choose “{application}”, uninstall it.

Thank you!
"""

_FRENCH: Final = """\
Bonjour,

L’application « {application} » peut-elle utiliser {account} ? C’est vous qui décidez, dans votre navigateur :

1. Ouvrez ce lien. Connectez-vous à Smily en tant que propriétaire du compte si la page le demande.

{link}

2. La page montre ce que l’application pourrait faire. Si vous êtes d’accord, choisissez « Autoriser » \
(« Authorize »).

3. La page affiche alors un code. Envoyez-le-moi tout de suite, s’il vous plaît : il sert une seule fois, \
pendant environ 10 minutes.

Le code seul n’ouvre rien ; n’envoyez aucun mot de passe. Vous pouvez retirer cette autorisation à \
tout moment : dans Smily, ouvrez Apps, choisissez « {application} », puis désinstallez-la.

Merci !
"""

_YOURS: Final = {"en": "your Smily account", "fr": "votre compte Smily"}
_NAMED: Final = {"en": "your Smily account “{}”", "fr": "votre compte Smily « {} »"}
_TEXTS: Final = {"en": _ENGLISH, "fr": _FRENCH}


def owner_message(language: str, application: Clean, account: Clean, link: str) -> str:
    """Write a message ready to be sent, with `link` on a line of its own.

    Args:
        language: `en` or `fr`.
        application: its name.
        account: what the owner calls the account; empty where that is not known.
        link: the one to open; it holds no secret.
    """
    named = _NAMED[language].format(account) if account else _YOURS[language]
    return _TEXTS[language].format(application=application, account=named, link=link)


SAID_NO: Final = "The owner said no: the page shows “access_denied”. Nothing is stored."
NO_BROWSER: Final = "No browser? {key} shows the owner's page here."
NO_BROWSER_HERE: Final = "No browser here. {key}: answer as the owner."
PAGE_ALLOWS: Final = "It will be able to: "
PAGE_BADGE: Final = "The owner's browser · no real account"
TITLE_BADGE: Final = "DEMO · no real account"
