"""Waiting for what another process or thread makes true: a condition and a limit, never just time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE: Final = 60.0
"""Seconds for what comes at once where nothing is wrong: a busy machine is slow, and only a failure waits
so long."""
BETWEEN_LOOKS: Final = 0.01  # seconds; a loop without them would take the processor from what it waits for


def until(condition: Callable[[], bool], limit: float = PATIENCE) -> None:
    """Poll a condition for up to `limit` seconds."""
    ends = time.monotonic() + limit
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        pause.wait(BETWEEN_LOOKS)
