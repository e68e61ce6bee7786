"""Input fields that take a paste whole, and one that keeps its secret."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from textual.widgets import Input

from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from textual.events import Paste


class PasteInput(Input):
    """An input whose paste may begin with an empty line, be wrapped, or hold what cannot be seen.

    The toolkit keeps the first line only. Line breaks become blanks here: what is read from the field
    knows how to join the pieces of a wrapped code.
    """

    @property
    def typed(self) -> Untrusted:
        """What stands in the field."""
        return Untrusted(self.value)

    def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        shown = "".join(
            " " if char.isspace() else char
            for char in event.text[:8192]
            if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
        )
        if shown.strip() != self.value:  # the same once more was pasted twice by accident
            self.replace(shown.strip(), *self.selection)


class NumberInput(PasteInput):
    """A field for a number; what is pasted into it and is too long for one is left to the page."""

    def _on_paste(self, event: Paste) -> None:
        if self.max_length is not None and len(event.text.strip()) > self.max_length:
            event.prevent_default()


class SecretInput(PasteInput):
    """A password field that can be neither copied nor cut, not even by selecting it and pressing ctrl+c.

    What is pasted into it may be wrapped, also where a terminal sends its line ends as Enter.
    """

    JOINS_LINES = True

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(placeholder=placeholder, password=True, id=id)

    def action_copy(self) -> None:
        """Do nothing: the toolkit would send the secret to the terminal's clipboard."""

    def action_cut(self) -> None:
        """Do nothing, for the same reason."""
