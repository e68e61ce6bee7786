"""Authorization URL of step 3: open, copy, print or send it, then paste the code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.messages import connect as words
from smily_tui.messages.connect import owner_message
from smily_tui.oauth.paste import read_pasted_code
from smily_tui.plain.console import Back, wait_for
from smily_tui.secret import Secret
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from smily_tui.clock import Instant
    from smily_tui.plain.console import Console
    from smily_tui.plain.session import Session
    from smily_tui.sandbox.owner import ConsentPage, Owner
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.model import Application


NO: Final = "no"
OWNER_CHOICES: Final = ("A number says yes, for that account.", "no says no.")
NONE_OF_THEM: Final = "That is no number of an account."


def play(console: Console, owner: Owner, link: str) -> Secret | None:
    """Say what the page behind the link asks, and send the answer; the code, None where there is none.

    Raises:
        Back, Leave: the page stays unanswered.
        PageUnusable: there is no such page.
    """
    page = wait_for(console, partial(owner.read, link))
    console.say(words.BADGE, page.question)
    console.say(*(f"{number} {name}" for number, name in page.accounts))
    console.say(f"{words.ALLOWS}{', '.join(page.allows)}.", *OWNER_CHOICES)
    account = _chosen(console, page)
    code = wait_for(console, partial(owner.answer, page, account or page.chosen, yes=bool(account)))
    if code is None:
        console.say(words.SAID_NO)
    return code


def _chosen(console: Console, page: ConsentPage) -> str:
    """The number of the account; empty for a no."""
    numbers = [number for number, _ in page.accounts]
    while True:
        asked = console.ask("Yes, for account", default=clean(page.chosen), explain=OWNER_CHOICES)
        typed = asked.for_parsing().casefold()
        if typed == NO:
            return ""
        if typed in numbers:
            return typed
        console.say(NONE_OF_THEM)


OPEN, COPY, LINK, MESSAGE, FRENCH, NUMBER = "open", "copy", "link", "message", "french", "number"
OWNER = "owner"
HOW: Final = (
    "open: a browser opens the link.",
    "copy: copies the link.",
    "link: says it again.",
    "message: a ready message for the owner.",
    "french: the same in French.",
    f"number: {words.NUMBER_WHY}",
)
ERROR_HELP: Final = (words.ERROR_TITLE, *words.ERROR_HELP)
PASTE_HELP: Final = (words.OPEN, words.PASTE, words.FINE, *HOW, *ERROR_HELP)


@dataclass(frozen=True)
class Link:
    """The link of step 3.

    Attributes:
        address: to open.
        application: whose it is.
        scopes: what it asks for.
        account_id: the account that the page should have chosen.
        made: when it was made.
        registration: what was entered for the application and is not proven yet.
    """

    address: str
    application: Application
    scopes: tuple[str, ...]
    account_id: int | None
    made: Instant
    registration: Registration | None = None


def ask_for_code(session: Session, link: Link) -> Secret | None:
    """The code that was pasted; None where the person wants another account's link.

    Raises:
        Back, Leave: the person does not want to.
        PasteRefused, VaultError: it cannot be a code, or its tokens could not be saved.
    """
    played = owner_of(session)
    choices = (OPEN, COPY, LINK, MESSAGE, FRENCH, NUMBER, *((OWNER,) if played else ()))
    while True:
        found = session.console.secret_or_word("Code", choices, explain=PASTE_HELP)
        if found == OWNER and played is not None:
            found = _played(session, played, link)
        if isinstance(found, Secret):
            secret = link.registration.client_secret if link.registration else None
            context = session.stored.paste_context(link.application, secret)
            code = read_pasted_code(Untrusted(found.reveal()), context)
            session.stored.check_writable()
            return code
        if found == NUMBER:
            return None
        session.console.say(*_said(session, found, link))


def owner_of(session: Session) -> Owner | None:
    """Who answers the demo's pages where there is no browser."""
    return session.demo.owner if session.demo else None


def _played(session: Session, played: Owner, link: Link) -> Secret | str:
    """The code that the owner gets, played by the person; else the link once more."""
    try:
        return play(session.console, played, link.address) or LINK
    except Back:
        return LINK


def _said(session: Session, word: str, link: Link) -> list[str]:
    """What is said to a word at the question for the code."""
    if word == OPEN:
        return [session.outside.open(link.address)]
    if word == COPY:
        return [session.outside.copy(link.address)]
    if word == LINK:
        return [link.address]
    account = Clean("") if link.account_id is None else clean(link.account_id)
    language = "fr" if word == FRENCH else "en"
    return owner_message(language, link.application.name, account, link.address).split("\n")
