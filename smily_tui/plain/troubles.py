"""The demo's errors on demand, and its time lapse."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.demo import TROUBLES, make, time_lapse
from smily_tui.plain.choosing import UNKNOWN, Choice, explained, find, short

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.plain.session import Session

LAPSE: Final = "time lapse"


def ask(session: Session) -> None:
    """Ask which error the demo's server shall make."""
    demo, say = session.demo, session.console.say
    if demo is None or demo.order is None:
        return
    order, clock = demo.order, demo.clock
    choices = [Choice("", each.label, each.help, partial(make, demo, each, say)) for each in TROUBLES]
    if clock is not None:
        lapse = partial(time_lapse, order, clock, say, _later)
        choices.append(Choice("", LAPSE, "Two hours pass in two minutes.", lapse))
    say(*short(choices))
    choice = find(choices, session.console.ask("Which error", explain=explained(choices)))
    if choice is None:
        say(UNKNOWN)
    else:
        choice.act()


def _later(seconds: float, act: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()
