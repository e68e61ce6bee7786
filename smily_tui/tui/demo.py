"""Demo's entries in the palette."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from smily_tui.demo import TROUBLES, DemoInfo, make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def commands(
    demo: DemoInfo, say: Callable[[str], None], lapse: Callable[[], None], slides: Callable[[], None]
) -> Iterator[SystemCommand]:
    """Yield the demo's entries in the palette; `lapse` and `slides` are two of the app's actions."""
    if demo.order is not None:
        for trouble in TROUBLES:
            cause = functools.partial(make, demo, trouble, say)
            yield SystemCommand(f"Demo: {trouble.label}", trouble.help, cause)
    if demo.has_time:
        yield SystemCommand("Demo: time lapse", "Let two hours pass in two minutes, or stop that.", lapse)
    if demo.owner is not None:
        yield SystemCommand("Demo: slides", "Show the whole story step by step.", slides)
