"""Demo's entries in the palette."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from smily_tui.demo import TROUBLES, DemoInfo, make, time_lapse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def commands(
    demo: DemoInfo, say: Callable[[str], None], later: Callable[..., object]
) -> Iterator[SystemCommand]:
    """Yield the demo's entries in the palette; `later` calls a function after some seconds."""
    if demo.order is not None:
        for trouble in TROUBLES:
            cause = functools.partial(make, demo, trouble, say)
            yield SystemCommand(f"Demo: {trouble.label}", trouble.help, cause)
    if demo.order is not None and demo.clock is not None:
        lapse = functools.partial(time_lapse, demo.order, demo.clock, say, later)
        yield SystemCommand("Demo: time lapse", "Let two hours pass in two minutes.", lapse)
