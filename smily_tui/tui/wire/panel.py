"""Wire view: sequence picture, list of exchanges, and one of them in full."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from smily_tui.tui.actions import WIRE_PANEL, bindings
from smily_tui.tui.widgets.drawn import Drawn
from smily_tui.tui.wire.diagram import SequencePicture
from smily_tui.tui.wire.log import Link, WireLog
from smily_tui.wire import explain
from smily_tui.wire.explain import curl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult

    from smily_tui.wire.redaction import Exchange, Item


LONG = 28


def in_full(entry: Link | Exchange, width: int) -> Content:
    """Show an entry in full, `width` characters wide."""
    lines = _link(entry, width) if isinstance(entry, Link) else _exchange(entry, width)
    return Content("\n").join(list(lines))


def in_one_line(number: int, entry: Link | Exchange) -> Content:
    """Show an entry as a line of the list."""
    if isinstance(entry, Link):
        return Content(f"{number} GET /oauth/authorize    browser")
    if not entry.sent:
        return Content.styled(f"{number} {entry.method} {entry.path}   not sent yet", "italic")
    line = f"{number} {entry.method} {entry.path}"
    sign = "✓" if entry.good else "✗"  # a colour would be lost on the chosen row
    return Content(f"{line:<23} {sign} {came(entry):<4}{entry.seconds * 1000:6.0f} ms")


def _link(link: Link, width: int) -> Iterator[Content]:
    yield Content.styled(explain.LINK_TITLE, "bold $text-accent")
    yield Content(explain.LINK_WHY)
    yield Content("")
    yield Content.styled(f"GET {link.address.partition('?')[0]}", "bold")
    yield from _items(explain.link_items(link.address), "", width)


def _exchange(exchange: Exchange, width: int) -> Iterator[Content]:
    """Show what it means first: on a small screen the remainder is below the edge."""
    yield Content.styled(explain.title(exchange), "bold $text-accent")
    yield from _outcome(exchange)
    yield Content("")
    yield Content(explain.why(exchange))
    yield Content("")
    grey = "" if exchange.sent else "$text-muted"
    yield Content.styled(f"{exchange.method} {exchange.server}{exchange.path}", f"bold {grey}".strip())
    yield from _items([header for header in exchange.headers if header.variable], grey, width)
    yield from _items(exchange.fields, grey, width)
    yield from _answer(exchange)
    yield Content("")
    yield Content.styled("As a curl command", "bold")
    for line in curl(exchange).split("\n"):
        yield _hanging(line, 4, width)


def _outcome(exchange: Exchange) -> Iterator[Content]:
    if not exchange.sent:
        yield Content.styled("Not sent yet.", "bold $text-warning")
        return
    kind = _kind(exchange)
    yield Content.styled(f"← {came(exchange)}   {exchange.seconds * 1000:.0f} ms", f"bold {kind}")
    yield Content.styled(explain.outcome(exchange), kind)


def _answer(exchange: Exchange) -> Iterator[Content]:
    if not exchange.status:
        return
    yield Content("")
    yield Content.styled(f"← {came(exchange)}", f"bold {_kind(exchange)}")
    for header in exchange.answer_headers:
        yield Content.styled(f"{header.name}: {header.value}", "$text-muted")
    for line in exchange.body:
        yield Content(line)


def came(exchange: Exchange) -> str:
    """Return the answer in a word: its status, cut, or none."""
    if exchange.failure:
        return "cut" if exchange.status else "none"
    return str(exchange.status)


def _kind(exchange: Exchange) -> str:
    return "$text-success" if exchange.good else "$text-error"


def _items(items: Sequence[Item], style: str, width: int) -> Iterator[Content]:
    for item in items:
        value = item.value if len(item.value) <= LONG or " " in item.value else _shortened(item.value)
        yield Content.assemble((f"  {item.name} ", f"bold {style}".strip()), (value, style))
        meaning = explain.meaning(item)
        if meaning:
            yield _hanging(f"    {meaning}", 4, width)


def _hanging(text: str, indent: int, width: int) -> Content:
    """Explaining words; what is too long goes on below, further in."""
    lines = textwrap.wrap(text, max(width, 16), subsequent_indent=" " * indent, drop_whitespace=True)
    return Content.styled("\n".join(lines), "$text-muted")


def _shortened(value: str) -> str:
    return f"{value[:4]}…{value[-4:]}" if len(value) == 64 else value


NOTHING = (
    "No requests yet. Requests and responses appear here as they happen, each with an explanation. Secrets "
    "are shown as dots."
)


class WirePanel(Container):
    """Wire view, beside the page where there is room, else in its place."""

    DEFAULT_CSS = """
    WirePanel { dock: right; width: 48; height: 1fr; background: $surface; padding: 1; }
    WirePanel #exchanges { height: auto; border: none; padding: 0; margin: 1 0; background: $surface; }
    WirePanel #exchanges:focus { border: none; background: $panel; }
    WirePanel #overview { height: auto; width: 1fr; }
    WirePanel #page { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    WirePanel #page:focus { background: $panel; }
    WirePanel.-page { dock: none; width: 100%; layout: horizontal; padding: 0 1; }
    WirePanel.-page #overview { width: 42; margin-right: 1; }
    """
    ACTIONS = WIRE_PANEL
    BINDINGS = bindings(ACTIONS)

    def __init__(self, log: WireLog, *, beside: bool) -> None:
        super().__init__(classes="" if beside else "-page")
        self._log = log
        self._shown = -1

    def compose(self) -> ComposeResult:
        with Container(id="overview"):
            yield SequencePicture(self._log, id="picture")
            yield OptionList(id="exchanges", markup=False, compact=True)
        with VerticalScroll(id="page"):
            yield Drawn(self._story, id="story")

    def on_mount(self) -> None:
        """Follow what happens; in place of the page, the keys are for the view."""
        if not self._is_whole:
            return
        self._log.changed.subscribe(self, lambda _: self.follow(), immediate=True)
        self.follow()
        if self.has_class("-page"):
            self.query_one("#exchanges").focus()

    @property
    def _is_whole(self) -> bool:
        """Whether all its parts are there; Textual 8.2.8 also mounts what is removed while being composed."""
        return len(self.query("#exchanges, #story")) == 2

    async def action_close_wire(self) -> None:
        """Close the view, as the key that opened it does."""
        await self.run_action("screen.wire")

    def follow(self) -> None:
        """Show what there is now, the newest of it in full."""
        if not self._is_whole:
            return
        exchanges = self.query_one("#exchanges", OptionList)
        entries = self._log.entries
        # Textual tells of a row that the program highlights as of one that a person chooses
        with self.prevent(OptionList.OptionHighlighted):
            exchanges.set_options([Option(in_one_line(at, entry)) for at, entry in enumerate(entries, 1)])
            exchanges.highlighted = self._log.newest if entries else None
        self._show(self._log.newest)

    @on(OptionList.OptionHighlighted)
    def _chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show(event.option_index)

    def _show(self, index: int) -> None:
        self._shown = index
        self.query_one("#story", Drawn).draw()
        self.query_one("#page", VerticalScroll).scroll_home(animate=False)

    def _story(self, width: int) -> Content:
        entries = self._log.entries
        there = 0 <= self._shown < len(entries)
        return in_full(entries[self._shown], width) if there else Content(NOTHING)
