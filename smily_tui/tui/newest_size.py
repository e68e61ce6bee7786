"""A screen that is laid out for the newest size of the terminal only."""

from __future__ import annotations

from typing import TypeVar

from textual import on
from textual.events import Resize
from textual.screen import Screen

_Result = TypeVar("_Result")


class NewestSizeScreen(Screen[_Result]):
    """Word of a size that is not the terminal's any more is passed over.

    Textual 8.2 lays a screen out again for each size it hears of, and those behind a dialog with it; each
    layout of another size than the last sends word of itself. Two sizes that are on their way at once, as
    when a window is dragged, would answer each other for ever, and no key would be heard.
    """

    @on(Resize)
    def _pass_over_what_is_past(self, event: Resize) -> None:
        """Only what is still true goes on to the toolkit; the newest size comes last, and always."""
        if event.size != self.app.size:
            event.prevent_default()
