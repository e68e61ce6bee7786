"""Words of the four steps from an app to a connected account, the owner's message and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.messages.accounts import time_of_day
from smily_tui.oauth.scopes import closest_scope, find, redundant, stem
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant
    from smily_tui.vault.drafts import Draft
    from smily_tui.vault.model import Account


STEPS: Final = ("Your app", "Permissions", "Authorize", "Token")
STEPS_ABOUT: Final = ("ID and secret", "what it may do", "owner approves", "saved here")
TAKES: Final = "about three minutes"

# where one left off
LEFT_OFF: Final = "Continue where you left off?"
WAS_AT: Final = "You were connecting {name}: step {number} of {steps}, {step}."
CONTINUE: Final = "Continue"
START_OVER: Final = "Start over"
PASTE_AGAIN: Final = "Paste the Client Secret again (drafts don't hold it). Everything else is still here."

# step 1
APPLICATION_QUESTION: Final = "Which app do you want to connect?"
STORED_APPLICATION_QUESTION: Final = "Which app do you want to connect an account to?"
ANOTHER_APPLICATION: Final = "Another app …"
CREDENTIALS_NEEDED: Final = "Copy its Client ID and Client Secret from Smily's partner panel."
NOT_SENT: Final = "Nothing leaves this computer yet."
NAME_LABEL: Final = "Name (optional)"
NAME_HINT: Final = "Only you see it. Commands use it, as in my-app/villa-rosa."
CLIENT_ID_HINT: Final = "Identifies your app. Not a secret."
PASTE_HERE: Final = "paste here"
PASTE_BOTH: Final = "paste here (both at once is fine)"
ID_READ: Final = "{length} characters, ending in {end}"
HIDDEN_READ: Final = "{length} characters. It stays on this computer."
NO_APP_YET: Final = "No app yet? Try the demo"
APP_NAME: Final = "Name of the app"
APP_NAME_HINT: Final = "Only you see it."
CREDENTIALS_PLACE_TITLE: Final = "Where do I find these?"
CREDENTIALS_PLACE: Final = (
    "In Smily's partner panel. Partners sign up and log in separately from owners:",
    "Sign up: www.bookingsync.com/en/partners/signup (free)",
    "Log in: www.bookingsync.com/en/partners/login",
    "Your apps: www.bookingsync.com/en/partners/applications",
    "Set the app's redirect URI to urn:ietf:wg:oauth:2.0:oob. Smily then shows the code on its page.",
)
STORAGE_HINT: Final = "Treat it like a password. It stays on this computer."

# step 2
SCOPES_QUESTION: Final = "What should your app be allowed to do?"
SCOPES_HINT: Final = "The owner approves this list, so ask only for what you need."
PUBLIC_ALONE: Final = "With “public” alone, your app sees only published information."
READ_MORE: Final = "Press {key} to read everything."
INCLUDED: Final = "Included in “{wider}”."
MEANT: Final = "“{name}” isn't in Smily's list. Did you mean this? Type +{name} to add it anyway."

# step 3
OPEN_LINK: Final = "Open this link, sign in as the owner, and choose “Authorize”."
PASTE_CODE: Final = "Paste the code from the page."
PASTE_ANYWHERE: Final = "Enter opens the link. Paste the code anywhere here."
OPENED: Final = "opened {at}"
CODE_HINT: Final = "Works once, for 10 minutes. The page's address works too."
LINK_MADE: Final = "Link from {at}."
LINK_MADE_BEFORE: Final = "Link from {at}. It doesn't expire."
PRIVATE_WINDOW_HINT: Final = (
    "Another account? Open the link in a private window. If the browser is already signed in, Smily approves "
    "without asking."
)
DIAGRAM_HINT: Final = (
    "The owner signs in at Smily, not here. smily-tui never sees the password.\n\n"
    "After “Authorize”, the page shows a code."
)
OTHER_CAUSES: Final = "Other causes"
SERVER_SAYS: Final = "The server says: "
ERROR_TITLE: Final = "The page shows an error?"
ERROR_HELP: Final = (
    "“Redirect URI is invalid”: set it to urn:ietf:wg:oauth:2.0:oob in the partner panel.",
    "“Scope is invalid”: enable the permission in the partner panel, or remove it in step 2.",
    "“Unknown client”: check the Client ID in step 1. Could ID and secret be swapped?",
    "“No more accounts”: private apps can connect five. Ask Smily to raise the limit.",
)
CHECKING_CODE: Final = "Checking the code with {host}"
IDENTIFYING: Final = "Asking which account this is"
STORING_ACCOUNT: Final = "Saving the account"
NUMBER_LABEL: Final = "Account number (optional)"
NUMBER_HINT: Final = "Selects this account on Smily's page, if the owner has several."
NUMBER_WRONG: Final = "Account numbers have digits only."
CODE_STAYS: Final = "Press Enter to send the code again."
CODE_NOT_SENT: Final = "The code wasn't sent, so it's still good."
CODE_UNTOUCHED: Final = "The code is still good."
ENTER_OPENS: Final = "Press Enter to open the current link, and use its code."
MESSAGE_HINT: Final = "Send this to the owner, then paste the code they send back."

# step 4
ACCOUNT_QUESTION: Final = "Is this the right account?"
YES: Final = "Yes"
WRONG_ACCOUNT: Final = "No, forget it"
SIGNED_IN_HINT: Final = "A signed-in browser may have picked another one."
TOKENS_HINT: Final = "Use the access token in your programs. The refresh token gets the next one."
NO_REFRESH: Final = "This server gives no refresh tokens. Authorize the account again before {at}."
NOT_GRANTED: Final = "Not granted: {names}. {again} to ask again."
FORGET_QUESTION: Final = "Forget {label} and try again?"
SIGN_OUT_HINT: Final = (
    "Sign out in the browser first, or open the link in a private window. At Smily, the app stays authorized "
    "until the owner uninstalls it."
)
STAYS: Final = "{label} was already connected. It stays, with its new tokens."
DUPLICATE: Final = "{label} is already connected as {address}."
NAME_UNKNOWN: Final = "Its name isn't known: {remark}."
NOT_IDENTIFIED: Final = "The account is saved, but its name isn't known yet. {what}"


def was_at(draft: Draft) -> str:
    """Say where a person left off."""
    name = clean(draft.name, 60) or "an app"
    step = STEPS[draft.number - 1]
    return WAS_AT.format(name=name, number=draft.number, steps=len(STEPS), step=step)


def link_made(made: Instant, now: Instant) -> str:
    """Say when a link was made, and that an older one is still good."""
    message = LINK_MADE if now.since(made) < 60 else LINK_MADE_BEFORE
    return message.format(at=time_of_day(made.wall))


def advice(chosen: Sequence[str]) -> str:
    """Remark on a choice of scopes: missing, too much or unknown; empty where there is nothing to say."""
    if "public" not in chosen:
        return "Without “public”, your app can't read the account's name."
    if len(chosen) == 1:
        return PUBLIC_ALONE
    for name in chosen:
        if find(name) is None:
            return unknown(name)
    for name, wider in redundant(chosen).items():
        return f"“{name}” isn't needed: “{wider}” includes it."
    for name in chosen:
        owned = f"{stem(name)}_write_owned"
        if name.endswith("_write") and find(owned) is not None:
            return f"“{name}” also changes what others created. Owners prefer “{owned}”."
    return ""


def unknown(name: str) -> str:
    """Remark on a scope that Smily's reference does not have, with the one that may be meant."""
    meant = closest_scope(name)
    return f"“{name}” isn't in Smily's list." + (f" Did you mean “{meant}”?" if meant else "")


def connected(account: Account) -> str:
    """Name the account that was connected."""
    number = f" (account {account.account_id})" if account.account_id is not None else ""
    return f"Connected: {account.label}{number}"


def not_granted(account: Account) -> tuple[str, ...]:
    """Return the scopes that were requested and not granted."""
    return tuple(scope for scope in account.requested_scopes if scope not in account.granted_scopes)


def not_refreshable(account: Account, now: Instant) -> str:
    """Say until when the token of an account that cannot be refreshed is good; else nothing."""
    return "" if account.is_refreshable else NO_REFRESH.format(at=time_of_day(account.expires_at(now)))


def less_granted(account: Account, again: str) -> str:
    """Name the scopes that were not granted, and how to ask `again`; empty where all were."""
    missing = not_granted(account)
    return NOT_GRANTED.format(names="  ".join(missing), again=again) if missing else ""


LANGUAGES: Final = {"en": "English", "fr": "French"}

_ENGLISH: Final = """\
Hello,

I'd like to connect {app} to {account}. It takes about a minute:

1. Open this link, and sign in to Smily as the account's owner if asked.

{link}

2. The page lists what the app will be able to do. If you agree, choose “Authorize”.

3. The page then shows a code. Please send it to me right away. It works once, for about 10 minutes.

The code is useless on its own. Please never send me your password. You can withdraw access at any time: \
in Smily, open Apps, choose {it} and uninstall it.

Thank you!
"""

_FRENCH: Final = """\
Bonjour,

Je souhaite connecter {app} à {account}. Cela vous prendra une minute :

1. Ouvrez ce lien et, si nécessaire, connectez-vous à Smily avec l’identifiant du propriétaire du compte.

{link}

2. La page indique ce que l’application pourra faire. Si vous êtes d’accord, cliquez sur « Autoriser » \
(« Authorize »).

3. Un code s’affiche alors. Merci de me l’envoyer sans attendre : il est utilisable une seule fois, pendant \
environ 10 minutes.

Ce code ne permet rien à lui seul. Ne m’envoyez jamais votre mot de passe. Vous pouvez retirer cet accès \
à tout moment : dans Smily, ouvrez « Apps », choisissez {it}, puis désinstallez l’application.

Merci et bonne journée !
"""

_OUR_APP: Final = {"en": ("our app", "the app"), "fr": ("notre application", "notre application")}
_NAMED_APP: Final = {"en": ("the app “{0}”", "“{0}”"), "fr": ("l’application « {0} »", "« {0} »")}
_YOURS: Final = {"en": "your Smily account", "fr": "votre compte Smily"}
_NAMED: Final = {"en": "your Smily account “{}”", "fr": "votre compte Smily « {} »"}
_TEXTS: Final = {"en": _ENGLISH, "fr": _FRENCH}


def owner_message(language: str, application: Clean, account: Clean, link: str) -> str:
    """Write a message ready to be sent, with `link` on a line of its own.

    Args:
        language: `en` or `fr`.
        application: its name; empty where it has none yet.
        account: what the owner calls the account; empty where that is not known.
        link: the one to open; it holds no secret.
    """
    named = _NAMED[language].format(account) if account else _YOURS[language]
    app, it = (_NAMED_APP if application else _OUR_APP)[language]
    return _TEXTS[language].format(
        app=app.format(application), it=it.format(application), account=named, link=link
    )


DECLINED: Final = "The owner declined: the page shows “access_denied”. Nothing was stored."
NO_BROWSER: Final = "No browser? Press {key} to answer as the owner."
NO_BROWSER_HERE: Final = "No browser here. Press {key} to answer as the owner."
PAGE_ALLOWS: Final = "It will be able to: "
PAGE_BADGE: Final = "The owner's browser · no real account"
DEMO_BEGINS: Final = (
    "In the next minute you ask as an app, approve as owner, and get a token.",
    "Press Enter to continue.",
)
DEMO_ENDS: Final = (
    "Next, run smily-tui connect with your own Client ID and Client Secret.",
    "Or connect the demo's other accounts in a row, with the queue.",
)
DEMO_GOES_BACK: Final = "This is a demo with no real account. Press esc to go back."
TITLE_BADGE: Final = "DEMO · no real account"
