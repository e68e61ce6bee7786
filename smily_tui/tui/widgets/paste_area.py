"""A field of several lines whose paste is whole, but without what cannot be seen."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from textual.widgets import TextArea

from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from textual.events import Paste

MOST = 1024 * 1024


class PasteArea(TextArea):
    """Lines, numbered, as they are told about; Tab leaves the field."""

    @property
    def typed(self) -> Untrusted:
        """What stands in the field."""
        return Untrusted(self.text)

    async def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        text = event.text[: MOST + 1].replace("\r\n", "\n").replace("\r", "\n")
        shown = "".join(char for char in text if char in "\n\t" or _is_seen(char))
        self.replace(shown, *self.selection, maintain_selection_offset=False)


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
