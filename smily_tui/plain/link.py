"""Authorization URL of step 3: open, copy, print or send it, then paste the code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from smily_tui.desktop.browser import open_link
from smily_tui.messages import connect as words
from smily_tui.messages.connect import owner_message
from smily_tui.oauth.paste import read_pasted_code
from smily_tui.plain.console import Back, Console, wait_for
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from smily_tui.clock import Instant
    from smily_tui.plain.session import Session
    from smily_tui.sandbox.owner import ConsentPage, Owner
    from smily_tui.secret import Secret
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.model import Application


NO: Final = "no"
YES: Final = "yes"
OWNER_CHOICES: Final = ("Type an account number to approve for that account.", "no: decline.")
NO_SUCH_ACCOUNT: Final = "Type one of the account numbers, yes, or no."


def play(console: Console, owner: Owner, link: str) -> Secret | None:
    """Read out the page behind the link, and send the answer; return the code, None without one.

    Raises:
        Back, Leave: the page stays unanswered.
        PageUnusable: there is no such page.
    """
    page = wait_for(console, partial(owner.read, link))
    console.say(words.PAGE_BADGE, page.question)
    console.say(*(f"{number} {name}" for number, name in page.accounts))
    console.say(f"{words.PAGE_ALLOWS}{', '.join(page.allows)}.", *OWNER_CHOICES)
    account = _choose_account(console, page)
    code = wait_for(console, partial(owner.answer, page, account or page.chosen, yes=bool(account)))
    if code is None:
        console.say(words.DECLINED)
    return code


def _choose_account(console: Console, page: ConsentPage) -> str:
    """Return the number of the account; empty where the owner declines."""
    numbers = [number for number, _ in page.accounts]
    while True:
        typed = console.ask("Approve for account", default=clean(page.chosen), explain=OWNER_CHOICES)
        answer = page.chosen if typed.casefold() == YES else typed.casefold()
        if answer == NO:
            return ""
        if answer in numbers:
            return answer
        console.say(NO_SUCH_ACCOUNT)


OPEN, COPY, LINK, MESSAGE, FRENCH, NUMBER = "open", "copy", "link", "message", "french", "number"
OWNER, NONE = "owner", "none"
CODE_CHOICES: Final = (
    "open: open the link in a browser.",
    "copy: copy the link.",
    "link: show the link again.",
    "message: write a message to the owner.",
    "french: the same message in French.",
    f"number: {words.NUMBER_HINT}",
)
ERRORS: Final = (words.ERROR_TITLE, *words.ERROR_HELP)


@dataclass(frozen=True)
class Link:
    """Authorization URL of step 3.

    Attributes:
        address: to open.
        application: that asks.
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


@dataclass(frozen=True)
class AccountNumber:
    """Account that the page is to select; None: any."""

    account_id: int | None


def ask_account_number(console: Console) -> AccountNumber | None:
    """Ask which account the page should have chosen; None where the person leaves that as it is."""
    try:
        typed = console.ask(words.NUMBER_LABEL, default=NONE, explain=(words.NUMBER_HINT,))
    except Back:
        return None
    if typed != NONE and not (typed.isascii() and typed.isdecimal()):
        console.say(words.NUMBER_WRONG)
        return None
    return AccountNumber(None if typed == NONE else int(typed))


def ask_for_code(
    session: Session,
    link: Link,
    *,
    ends: Mapping[str, str] = MappingProxyType({}),
    sent: Callable[[], object] = lambda: None,
) -> Secret | str:
    """Return the code that was pasted, or the word that ended the question.

    Args:
        session: the dialogue.
        link: its code is asked for.
        ends: words that end the question, with their help; `number`, for another account's link, always does.
        sent: called before the link leaves the dialogue.

    Raises:
        Back, Leave: the person does not want to.
        PasteRefused, VaultError: it cannot be a code, or its tokens could not be saved.
    """
    console, owner = session.console, owner_of(session)
    further = (f"{word}: {help_text}" for word, help_text in ends.items())
    explain = (words.OPEN_LINK, words.PASTE_CODE, words.CODE_HINT, *CODE_CHOICES, *further, *ERRORS)
    while True:
        typed = console.ask_hidden("Code", explain=explain)
        word = typed.for_parsing().casefold()
        if word in {NUMBER, *ends}:
            return word
        if word == OWNER and owner is not None:
            sent()
            code = _play_owner(console, owner, link)
            if code is None:
                console.say(link.address)
                continue
            typed = Untrusted(code.reveal())
        elif word in (OPEN, COPY, LINK, MESSAGE, FRENCH):
            sent()
            console.say(*_act(session, word, link))
            continue
        secret = link.registration.client_secret if link.registration else None
        code = read_pasted_code(typed, session.stored.paste_context(link.application, secret))
        session.stored.check_writable()
        return code


def owner_of(session: Session) -> Owner | None:
    """Return who answers the demo's pages where there is no browser."""
    return session.demo.owner if session.demo else None


def _play_owner(console: Console, owner: Owner, link: Link) -> Secret | None:
    try:
        return play(console, owner, link.address)
    except Back:
        return None


def _act(session: Session, word: str, link: Link) -> list[str]:
    """Do what a word at the question for the code asks for; return what to say."""
    if word == OPEN:
        return [open_link(link.address).words]
    if word == COPY:
        return [session.copy(link.address)]
    if word == LINK:
        return [link.address]
    account = Clean("") if link.account_id is None else clean(link.account_id)
    language = "fr" if word == FRENCH else "en"
    return owner_message(language, link.application.name, account, link.address).split("\n")
