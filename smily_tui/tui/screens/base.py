"""What the two large screens share: a bug in a worker is told, not swallowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.screen import Screen
from textual.worker import WorkerState

from smily_tui.errors import SmilyError
from smily_tui.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.worker import Worker

_Result = TypeVar("_Result")


class StatusScreen(Screen[_Result]):
    """A screen with a status line."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell that a worker failed, by the type of the error alone: its text may hold anything."""
        if event.state is WorkerState.ERROR:
            kind = type(event.worker.error).__name__
            self.query_one(StatusLine).error(SmilyError(f"A bug: {kind}."))
