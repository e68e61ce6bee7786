"""The last line: as many keys as fit, the help always among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

_PALETTE = "-command-palette"


class KeyLine(Footer):
    """The toolkit's footer cuts what does not fit; this one leaves it to the help and the palette."""

    def compose(self) -> ComposeResult:
        """Build the line for the present width."""
        keys = [each for each in super().compose() if isinstance(each, FooterKey)]
        shown = fitting([_width(each) for each in keys], self.app.size.width, kept=2)
        for each in (keys[index] for index in shown):
            if not each.has_class(_PALETTE):  # what the line binds; else each is styled as compact first
                each.set_reactive(FooterKey.compact, self.compact)
            yield each

    async def recompose(self) -> None:
        """Build the line anew where it has to change: the focus moves far more often than the keys do."""
        if not self.is_attached or self._pruning:
            return
        wanted = [each for each in self.compose() if isinstance(each, FooterKey)]
        if [_shown(each) for each in wanted] == [_shown(each) for each in self.query(FooterKey)]:
            return
        async with self.batch():
            await self.remove_children()
            if self.is_attached:
                await self.mount_all(wanted)

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


def _shown(key: FooterKey) -> tuple[str, str, str, str, bool, str]:
    """All that a person can see of a key, and what it does."""
    return (
        key.key, key.key_display, key.description, key.action,
        key.has_class("-disabled"), str(key.tooltip),
    )  # fmt: skip


def _width(key: FooterKey) -> int:
    edge = 2 if key.has_class(_PALETTE) else 0
    return cell_len(f" {key.key_display} {key.description} ") + edge
