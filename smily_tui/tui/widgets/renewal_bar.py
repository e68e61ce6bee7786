"""How far the refresh of many accounts has got: a bar, and numbers in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widgets import Static

from smily_tui.messages.accounts import under_way
from smily_tui.tui.widgets.life_bar import LifeBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

STOPS = "esc stops the rest"
STOPPING = "stopping; what has begun is finished"


class RenewalBar(Horizontal):
    """Hidden while nothing is under way."""

    DEFAULT_CSS = """
    RenewalBar { display: none; height: auto; padding: 0 2; }
    RenewalBar LifeBar { width: 1fr; margin-right: 2; }
    RenewalBar Static { width: auto; max-width: 75%; color: $text-warning; }
    """

    def compose(self) -> ComposeResult:
        """Build the bar."""
        yield LifeBar()
        yield Static("", markup=False)

    def show(
        self, total: int, ended: int, failed: int, *, stopping: bool, reason: str = "", left: str = ""
    ) -> None:
        """So many have ended, so many of them badly; why the newest did, and how long the rest takes."""
        self.display = True
        self.query_one(LifeBar).share = ended / total
        hint = STOPPING if stopping else STOPS
        parts = (under_way(total, ended, failed, reason), left, hint)
        self.query_one(Static).update("   ".join(filter(None, parts)))

    def hide(self) -> None:
        """It is over."""
        self.display = False
