"""Texts that are made for their present width: hanging lines, curl commands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.geometry import Size

    from smily_tui.api_call import CurlCommand


NARROWEST: Final = 12  # cells that the text of a line gets where its lead would leave it fewer
_LEAD: Final = re.compile(r" *(?:\d\d:\d\d  |[^\w\s“(] )?")

Hung = tuple[Content, Content]


class Drawn(Static):
    """Text that is made for its present width.

    Args:
        make: makes the text for a width in cells.
    """

    DEFAULT_CSS = "Drawn { width: 1fr; height: auto; }"

    def __init__(self, make: Callable[[int], Content], *, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__("", id=id, markup=False)
        self._make = make

    def draw(self) -> None:
        """Draw again, as high as it needs to be now."""
        # Textual 8.2.8 counts no second request for a layout before the widget comes to rest, and takes
        # the height of a layout in between from its cache; a change of styles makes that invalid
        self.styles.merge_rules({})
        self.refresh(layout=True)

    def render(self) -> Content:
        # here and not before: at a resize on a busy machine, a text made for the past width stayed
        return self._make(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of rows at that width."""
        del container, viewport
        return len(self._make(width).wrap(width)) if width else 0


def hung(text: Content) -> list[Hung]:
    """Split a text into lines, each with its lead: the indent, with a mark or a time of day."""
    lines = text.split("\n", allow_blank=True)
    ends = [lead.end() if (lead := _LEAD.match(line.plain)) else 0 for line in lines]
    return [(line[:end], line[end:]) for line, end in zip(lines, ends, strict=True)]


class Hanging(Drawn):
    """Lines whose wrapped parts hang below the text, not below its lead.

    Not a `Table.grid()` of Rich: its rows share the widest lead, and it knows no colours of a theme.
    """

    def __init__(self, lines: Sequence[Hung] = (), *, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(self._hanging, id=id)
        self._lines = tuple(lines)

    def hang(self, lines: Sequence[Hung]) -> None:
        """Show these: of each its lead, then its text."""
        if self._lines != (lines := tuple(lines)):
            self._lines = lines
            self.draw()

    def _hanging(self, width: int) -> Content:
        rows = []
        for lead, text in self._lines:
            first, *wrapped = text.wrap(max(width - lead.cell_length, NARROWEST))
            rows += [lead + first, *(Content(" " * lead.cell_length) + line for line in wrapped)]
        return Content("\n").join(rows)


class CurlLine(Drawn):
    """Command in rows that can be selected, pasted and run: a shell takes them for one line."""

    DEFAULT_CSS = "CurlLine { color: $text-accent; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(self._rows, id=id)
        self._command: CurlCommand | None = None

    def show(self, command: CurlCommand) -> None:
        """Show another command."""
        self._command = command
        self.draw()

    def _rows(self, width: int) -> Content:
        return Content("\n".join(self._command.rows(width)) if self._command else "")
