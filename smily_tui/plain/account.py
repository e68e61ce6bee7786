"""One account: its menu, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.messages.accounts import JOBS
from smily_tui.plain import keeping
from smily_tui.plain.choosing import UNKNOWN, Choice, explained, find, short
from smily_tui.plain.connecting import Connecting, Start
from smily_tui.plain.console import Back
from smily_tui.plain.details import facts, headline
from smily_tui.plain.session import AGAIN, REFRESH
from smily_tui.text import clean

if TYPE_CHECKING:
    from smily_tui.plain.session import Session
    from smily_tui.vault.model import Account, Address


Act = Callable[["Session", "Account"], object]
SHORT: Final = 24
DETAILS: Final = "All that is known of it, but for its secrets."
SHOW: Final = "Show the access token; nothing hides it again."
GIVE: Final = "Give its refresh token to another holder."
TAKE: Final = "Let smily-tui refresh it again."


def open_account(session: Session, address: Address) -> None:
    """Say how the account is, then do what is asked for, until the person goes back.

    Raises:
        Leave: the person leaves the program.
    """
    console = session.console
    told = False
    while True:
        account = session.stored.account(address)
        if account is None:
            return
        choices = _choices(session, account)
        if not told:
            console.say(headline(account, session.stored.clock.now()), *short(choices))
            told = True
        try:
            typed = console.ask(f"{clean(account.label, SHORT)}, what next", explain=explained(choices))
        except Back:
            return
        choice = find(choices, typed)
        if choice is None:
            console.say(UNKNOWN)
        else:
            perform(session, choice.act)


def perform(session: Session, act: Callable[[], object]) -> None:
    """Do one thing; an error is told, and leaving a question leaves that thing.

    Raises:
        Leave: the person leaves the program.
    """
    try:
        act()
    except Back:
        session.console.say("Back.")
    except SmilyError as error:
        session.console.error(error)
    except KeyboardInterrupt:
        session.console.say("", "Back.")


def _tell(session: Session, account: Account) -> None:
    session.console.say(*facts(session, account))


def authorize_again(session: Session, account: Account) -> None:
    """Ask the owner of this account once more, with the same permissions."""
    application = session.stored.with_key(account.address.application)
    if application is None:
        session.console.say(
            "Its application is not stored here any more.", "Type new in the list of accounts."
        )
        return
    scopes = tuple(account.asked) or ("public",)
    Connecting(session, Start(application, scopes, account.account_id)).run()


def _choices(session: Session, account: Account) -> list[Choice]:
    def job(name: str, word: str, act: Act, help: str = "") -> Choice:  # noqa: A002
        return Choice(JOBS[name].key, word, help or JOBS[name].help, lambda: act(session, account))

    details = Choice("i", "details", DETAILS, lambda: _tell(session, account))
    forget = job("forget", "forget", keeping.forget)
    if account.unreadable:
        return [details, forget]
    give = Choice("g", "give away", GIVE, lambda: keeping.hand_over(session, account))
    take = Choice("g", "take back", TAKE, lambda: keeping.take_back(session, account))
    return [
        details,
        job("refresh", REFRESH, keeping.refresh),
        job("reveal", "show", keeping.show, SHOW),
        job("copy", "copy", keeping.copy),
        job("export", "export", keeping.export),
        job("again", AGAIN, authorize_again),
        job("rename", "rename", keeping.rename),
        job("history", "history", keeping.history),
        give if account.handed_over is None else take,
        forget,
    ]
