"""Orders on stdin: JSON lines of the program that started the sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from smily_tui.clock import SimulatedTime

if TYPE_CHECKING:
    from smily_tui.sandbox.state import State


def apply_order(line: str, state: State) -> None:
    """Set the clock or order a fault; an invalid line is ignored."""
    try:
        order = json.loads(line)
        if "lapse" in order:
            simulated = SimulatedTime.from_list(order["lapse"])
            state.now = lambda: simulated.now().wall
        else:
            state.faults.order(str(order["fault"]), order.get("seconds"))
    except (KeyError, TypeError, ValueError):
        return
