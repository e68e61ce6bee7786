"""Lines with a lead each; what is too long for one row goes on below its own beginning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.geometry import Size

NARROWEST: Final = 12  # cells that the text of a line gets where its lead would leave it fewer
_LEAD: Final = re.compile(r" *(?:\d\d:\d\d  |[^\w\s“(] )?")

Hung = tuple[Content, Content]


def hung(text: Content) -> list[Hung]:
    """The lines of a text: the lead of each is what it is indented by, with a mark or a time of day."""
    lines = text.split("\n", allow_blank=True)
    ends = [found.end() if (found := _LEAD.match(line.plain)) else 0 for line in lines]
    return [(line[:end], line[end:]) for line, end in zip(lines, ends, strict=True)]


class Hanging(Static):
    """Wraps by the width that it has now, so that it is right at any size."""

    def __init__(self, lines: Sequence[Hung] = (), *, id: str | None = None) -> None:  # noqa: A002 - as in the toolkit
        super().__init__("", id=id, markup=False)
        self._lines = tuple(lines)

    def hang(self, lines: Sequence[Hung]) -> None:
        """Show these: of each its lead, then its text."""
        if self._lines != (lines := tuple(lines)):
            self._lines = lines
            self.refresh(layout=True)

    def render(self) -> Content:
        """The lines as they fit now."""
        return Content("\n").join(self._rows(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The number of rows at that width."""
        del container, viewport
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Content]:
        rows = []
        for lead, text in self._lines:
            first, *rest = text.wrap(max(width - lead.cell_length, NARROWEST))
            rows += [lead + first, *(Content(" " * lead.cell_length) + each for each in rest)]
        return rows
