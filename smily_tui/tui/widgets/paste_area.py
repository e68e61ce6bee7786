"""Field of several lines, apart from the others: Textual's TextArea takes a while to import."""

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
        """Text in the field."""
        return Untrusted(self.text)

    async def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        # one more than may be read, so that the reading tells that it is too long; many terminals paste
        # line ends as CR, the key Enter
        text = event.text[: MOST + 1].replace("\r\n", "\n").replace("\r", "\n")
        visible = "".join(char for char in text if char in "\n\t" or _is_seen(char))
        self.replace(visible, *self.selection, maintain_selection_offset=False)


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
