"""The trash: bring an account back, or delete for good what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.messages.accounts import day_and_time
from smily_tui.plain.choosing import UNKNOWN
from smily_tui.plain.waiting import wait_for

if TYPE_CHECKING:
    from smily_tui.plain.session import Session
    from smily_tui.vault.trash import Forgotten

EMPTY: Final = "empty"
HOW: Final = ("A number brings that account back.", "empty deletes all of them for good.")


def look(session: Session) -> None:
    """Say what is in the trash, newest first, and ask what to do about it."""
    console, forgotten = session.console, session.stored.forgotten()
    if not forgotten:
        console.say("The trash is empty.")
        return
    now = session.stored.clock.now().wall
    for number, each in enumerate(forgotten, 1):
        console.say(f"{number} {each.address}, forgotten {day_and_time(each.at, now)}")
    typed = console.ask("Bring back which, or empty", explain=HOW).for_parsing()
    found = [each for number, each in enumerate(forgotten, 1) if typed in (str(number), str(each.address))]
    if found:
        _restore(session, found[0])
    elif typed.casefold() == EMPTY:
        _empty(session)
    else:
        console.say(UNKNOWN)


def _restore(session: Session, wanted: Forgotten) -> None:
    account = wait_for(session.console, lambda: session.stored.restore(wanted))
    session.console.say(f"{account.label} is back, as {account.address}.")


def _empty(session: Session) -> None:
    if session.console.confirmed("They cannot be brought back then.\nDelete them for good?"):
        count = wait_for(session.console, session.stored.empty_trash)
        session.console.say(f"{count} account{'' if count == 1 else 's'} deleted for good.")
