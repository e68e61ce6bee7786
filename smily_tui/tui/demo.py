"""Demo's entries in the palette."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from smily_tui.demo import TROUBLES, DemoInfo, Trouble, make
from smily_tui.tui.actions import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


GROUP: Final = "Demo"


def entries(
    demo: DemoInfo,
    say: Callable[[str], None],
    lapse: Callable[[], None],
    slides: Callable[[], None],
    choose: Callable[[Iterable[Entry], str], None],
) -> Iterator[Entry]:
    """Yield the demo's entries in the palette.

    Args:
        demo: takes the orders.
        say: tells a person.
        lapse: the app's action.
        slides: the app's action.
        choose: offers a list of entries, with a hint.
    """
    if demo.order is not None:
        troubles = [_entry(demo, trouble, say) for trouble in TROUBLES]
        listed = functools.partial(choose, [_alone(entry) for entry in troubles], "Search for errors…")
        yield Entry("Demo: errors …", "Cause an error, to see what happens.", listed, group=GROUP)
        yield from troubles
    if demo.has_time:
        yield Entry(
            "Demo: time lapse", "Let two hours pass in two minutes, or stop that.", lapse, group=GROUP
        )
    if demo.owner is not None:
        yield Entry("Demo: slides", "Show the whole story step by step.", slides, group=GROUP)


def _entry(demo: DemoInfo, trouble: Trouble, say: Callable[[str], None]) -> Entry:
    act = functools.partial(make, demo, trouble, say)
    return Entry(f"Demo: {trouble.label}", trouble.help, act, group=GROUP, is_nested=True)


def _alone(entry: Entry) -> Entry:
    """Return an entry for the list of its own, which needs no prefix."""
    return Entry(entry.label.removeprefix("Demo: ").capitalize(), entry.help, entry.act)
