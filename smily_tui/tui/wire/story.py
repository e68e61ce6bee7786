"""One entry of the wire view in full: what it is for, what was sent, what came, and the same with curl."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from textual.content import Content

from smily_tui.tui.wire.log import Link
from smily_tui.wire import explain
from smily_tui.wire.explain import curl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smily_tui.wire.redaction import Exchange, Item

LONG = 28


def in_full(entry: Link | Exchange, width: int) -> Content:
    """All about an entry, `width` characters wide."""
    lines = _link(entry, width) if isinstance(entry, Link) else _exchange(entry, width)
    return Content("\n").join(list(lines))


def in_one_line(number: int, entry: Link | Exchange) -> Content:
    """An entry in the list."""
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
    """What it means comes first: on a small screen the rest is below the edge."""
    yield Content.styled(explain.title(exchange), "bold $text-accent")
    yield from _outcome(exchange)
    yield Content("")
    yield Content(explain.why(exchange))
    yield Content("")
    grey = "" if exchange.sent else "$text-muted"
    yield Content.styled(f"{exchange.method} {exchange.server}{exchange.path}", f"bold {grey}".strip())
    yield from _items([each for each in exchange.headers if each.variable], grey, width)
    yield from _items(exchange.fields, grey, width)
    yield from _answer(exchange)
    yield Content("")
    yield Content.styled("The same with curl", "bold")
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
    for each in exchange.answer_headers:
        yield Content.styled(f"{each.name}: {each.value}", "$text-muted")
    for line in exchange.body:
        yield Content(line)


def came(exchange: Exchange) -> str:
    """The answer in a word: its status, cut, or none."""
    if exchange.failure:
        return "cut" if exchange.status else "none"
    return str(exchange.status)


def _kind(exchange: Exchange) -> str:
    return "$text-success" if exchange.good else "$text-error"


def _items(items: Sequence[Item], style: str, width: int) -> Iterator[Content]:
    for each in items:
        value = each.value if len(each.value) <= LONG or " " in each.value else _shortened(each.value)
        yield Content.assemble((f"  {each.name} ", f"bold {style}".strip()), (value, style))
        meaning = explain.meaning(each)
        if meaning:
            yield _hanging(f"    {meaning}", 4, width)


def _hanging(text: str, indent: int, width: int) -> Content:
    """Explaining words; what is too long goes on below, further in."""
    lines = textwrap.wrap(text, max(width, 16), subsequent_indent=" " * indent, drop_whitespace=True)
    return Content.styled("\n".join(lines), "$text-muted")


def _shortened(value: str) -> str:
    return f"{value[:4]}…{value[-4:]}" if len(value) == 64 else value
