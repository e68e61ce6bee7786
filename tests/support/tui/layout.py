"""Finds what a screen shows badly: widgets on top of each other, and words that are cut without a sign."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Input, OptionList

from smily_tui.tui.screens.base import TooSmall
from smily_tui.tui.widgets.tables import VirtualTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.screen import Screen

ALL_SIZES = (
    (60, 16), (60, 24), (69, 19), (72, 40), (80, 24), (90, 29),
    (100, 30), (119, 36), (120, 30), (120, 36), (160, 45), (200, 60),
)  # fmt: skip
ELLIPSIS = "…"


def findings(screen: Screen[Any]) -> list[str]:
    """What is wrong with the screen as it is laid out now, in words."""
    places = {
        widget: (place.region, place.clip)
        for widget, place in screen._compositor.full_map.items()
        if not isinstance(widget, TooSmall) and not list(widget.displayed_children) and _is_seen(widget)
    }
    return [*_overlaps(places), *(words for widget in places for words in _cuts(widget, *places[widget]))]


def _is_seen(widget: Widget) -> bool:
    return widget.visible and all(
        each.display for each in widget.ancestors_with_self if isinstance(each, Widget)
    )


def _overlaps(places: dict[Widget, tuple[Region, Region]]) -> Iterator[str]:
    seen = [(widget, region.intersection(clip)) for widget, (region, clip) in places.items()]
    for (one, first), (other, second) in combinations(seen, 2):
        if one.parent is not other and other.parent is not one and first.intersection(second).area:
            yield f"{_name(one)} {first} lies on {_name(other)} {second}"


def _cuts(widget: Widget, region: Region, clip: Region) -> Iterator[str]:
    seen = region.intersection(clip)
    if seen != region and not _can_scroll_to(widget, region, clip):
        yield f"{_name(widget)} {region} is cut at {clip}"
    elif isinstance(widget, VirtualTable):
        yield from _cut_rows(widget)
    elif isinstance(widget, OptionList):
        yield from _cut_options(widget)
    elif isinstance(widget, Input):
        if not widget.value and cell_len(widget.placeholder) >= widget.content_region.width:
            yield f"{_name(widget)} has no room for its placeholder"
    else:
        yield from _cut_words(widget)


def _can_scroll_to(widget: Widget, region: Region, clip: Region) -> bool:
    across = region.x < clip.x or region.right > clip.right
    down = region.y < clip.y or region.bottom > clip.bottom
    above = [each for each in widget.ancestors if isinstance(each, Widget)]
    return (not across or any(each.show_horizontal_scrollbar for each in above)) and (
        not down or any(each.show_vertical_scrollbar and each.scrollbar_size_vertical for each in above)
    )


def _cut_rows(table: VirtualTable) -> Iterator[str]:
    if table.virtual_size.height > table.size.height and not table.show_vertical_scrollbar:
        yield f"{_name(table)} has rows out of sight"
    if table.show_horizontal_scrollbar:
        return
    top = int(table.scroll_offset.y)
    for row, line in enumerate(_shown(table)[1:], top):
        if row < table.row_count:
            texts = [text.strip() for text, _ in table.cells(row)]
            yield from (f"{_name(table)} cuts “{text}”" for text in texts if not _is_told(text, line))


def _is_told(text: str, line: str) -> bool:
    """Return whether a line has a text whole, or its beginning before an ellipsis."""
    return text in line or any(piece and text.startswith(piece) for piece in _pieces(line))


def _pieces(line: str) -> Iterator[str]:
    """Yield what stands in the columns of a line before an ellipsis."""
    for piece in line.split(ELLIPSIS)[:-1]:
        yield piece.rpartition("  ")[2].strip()


def _cut_options(options: OptionList) -> Iterator[str]:
    if options.virtual_size.height > options.size.height and not options.show_vertical_scrollbar:
        yield f"{_name(options)} has rows out of sight"
    if options.styles.text_wrap == "wrap":
        return
    prompts = [str(option.prompt) for option in options.options]
    for line in _shown(options):
        text = line.strip()
        if (
            text
            and ELLIPSIS not in line
            and any(each.startswith(text) and each.strip() != text for each in prompts)
        ):
            yield f"{_name(options)} may cut “{line}”"


def _cut_words(widget: Widget) -> Iterator[str]:
    wanted = getattr(widget.render(), "plain", "")
    shown = _shown(widget)
    together = "".join("".join(shown).split())
    if ELLIPSIS in together and ELLIPSIS not in wanted:
        return
    if "".join(wanted.split()) not in together:
        yield f"{_name(widget)} shows {shown} of “{wanted}”"
    for word in wanted.split():
        if cell_len(word) <= widget.content_region.width and not any(word in line for line in shown):
            yield f"{_name(widget)} breaks “{word}”"


def _shown(widget: Widget) -> list[str]:
    """What the widget draws inside its border and padding."""
    inner = widget.content_region.translate(-widget.region.offset)
    lines = widget.render_lines(Region(0, 0, *widget.outer_size))
    return [line.crop(inner.x, inner.right).text for line in lines[inner.y : inner.bottom]]


def _name(widget: Widget) -> str:
    return f"{type(widget).__name__}#{widget.id}" if widget.id else type(widget).__name__
