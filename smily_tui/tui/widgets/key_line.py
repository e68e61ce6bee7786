"""The last line: as many keys as fit, the help always among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class KeyLine(Footer):
    """The toolkit's footer cuts what does not fit; this one leaves it to the help and the palette."""

    def compose(self) -> ComposeResult:
        """Build the line for the present width."""
        keys = [each for each in super().compose() if isinstance(each, FooterKey)]
        shown = fitting([_width(each) for each in keys], self.app.size.width, kept=2)
        yield from (keys[index] for index in shown)

    def on_resize(self) -> None:
        """More or fewer keys fit now."""
        self.call_after_refresh(self.recompose)


def fitting(widths: Sequence[int], room: int, *, kept: int) -> list[int]:
    """Which of the widths fit into the room: the last `kept` ones, and as many as possible from the first."""
    first_kept = max(len(widths) - kept, 0)
    room -= sum(widths[first_kept:])
    shown = []
    for index in range(first_kept):
        room -= widths[index]
        if room < 0:
            break
        shown.append(index)
    return [*shown, *range(first_kept, len(widths))]


def _width(key: FooterKey) -> int:
    edge = 2 if key.has_class("-command-palette") else 0
    return cell_len(f" {key.key_display} {key.description} ") + edge
