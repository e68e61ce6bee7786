"""Everything that was said, as a Markdown page that can be shown to others: it holds no secret."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from smily_tui.wire import explained
from smily_tui.wire.curl import curl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smily_tui.wire.exchange import Exchange, Item


def transcript(link: str, exchanges: Sequence[Exchange], now: float) -> str:
    """The page: the browser's step where there was one, then each exchange that was sent."""
    return "\n".join(_lines(link, [each for each in exchanges if each.sent], now)) + "\n"


def file_name(now: float) -> str:
    """The usual name of the file, with the day."""
    return f"smily-tui-transcript-{time.strftime('%Y-%m-%d', time.localtime(now))}.md"


def _lines(link: str, exchanges: Sequence[Exchange], now: float) -> Iterator[str]:
    yield "# What smily-tui and the server said"
    yield ""
    written = time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
    yield f"Written {written}. Secrets are dots: nothing here opens anything."
    if link:
        yield from ("", f"## {explained.LINK_TITLE}", "", explained.LINK_WHY, "")
        yield from _fenced([link.partition("?")[0]])
        yield from _explained(explained.link_items(link))
    for number, each in enumerate(exchanges, 1):
        yield from _exchange(number, each)


def _exchange(number: int, each: Exchange) -> Iterator[str]:
    at = time.strftime("%H:%M:%S", time.localtime(each.at))
    yield from ("", f"## {number}. {explained.title(each)}", "", explained.why(each), "")
    yield from _fenced(
        [f"{each.method} {each.server}{each.path}", *(f"{h.name}: {h.value}" for h in each.headers)]
    )
    yield from _explained(each.fields)
    yield from ("", f"Sent {at}, answered after {each.seconds * 1000:.0f} ms. {explained.outcome(each)}", "")
    status = [f"{each.status}"] if each.status else ["(no answer)"]
    yield from _fenced([*status, *(f"{h.name}: {h.value}" for h in each.answer_headers), *each.body])
    yield from ("", "The same with curl:", "")
    yield from _fenced(curl(each).split("\n"), "sh")


def _explained(items: Sequence[Item]) -> Iterator[str]:
    if items:
        yield ""
        yield from (f"    {each.name} = {each.value}{_meaning(each)}" for each in items)


def _meaning(item: Item) -> str:
    words = explained.meaning(item)
    return f"    ({words})" if words else ""


def _fenced(lines: Sequence[str], kind: str = "") -> Iterator[str]:
    """A block that is shown as it is, whatever is in it."""
    fence = "```" + "`" * max((len(line) for line in lines if set(line) == {"`"}), default=0)
    yield from (fence + kind, *lines, fence)
