"""Who says what to whom, as a picture in letters: person, browser, smily-tui and server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.content import Content

if TYPE_CHECKING:
    from collections.abc import Iterator

LANES: Final = ("you", "browser", "smily-tui", "server")
YOU, BROWSER, PROGRAM, SERVER = range(4)
MARGIN: Final = 5
STYLES: Final = {
    "✓": "$text-success",
    "▶": "bold $text-accent",
    "✗": "bold $text-error",
    "·": "$text-muted",
}


@dataclass(frozen=True)
class Arrow:
    """Somebody says something to somebody."""

    start: int
    end: int
    word: str


Course = tuple[Arrow, ...]
CONNECT: Final[Course] = (
    Arrow(PROGRAM, YOU, "link"),
    Arrow(YOU, BROWSER, "open"),
    Arrow(BROWSER, SERVER, "may it?  yes"),
    Arrow(SERVER, BROWSER, "code"),
    Arrow(YOU, PROGRAM, "paste the code"),
    Arrow(PROGRAM, SERVER, "code"),
    Arrow(SERVER, PROGRAM, "tokens"),
    Arrow(PROGRAM, SERVER, "whose?"),
    Arrow(SERVER, PROGRAM, "name"),
)
REFRESH: Final[Course] = (Arrow(PROGRAM, SERVER, "renew"), Arrow(SERVER, PROGRAM, "tokens"))


@dataclass(frozen=True)
class Progress:
    """How far a course has come.

    Attributes:
        course: its arrows.
        done: how many of them are drawn in full; the next one is what everybody waits for.
        trouble: what came instead of the next one; empty where nothing did.
    """

    course: Course
    done: int = 0
    trouble: str = ""

    def sign(self, index: int) -> str:
        """How an arrow stands: done, now, failed, or later."""
        if index < self.done:
            return "✓"
        if index == self.done:
            return "✗" if self.trouble else "▶"
        return "·"


def picture(progress: Progress, width: int) -> Content:
    """The lanes and their arrows, `width` characters wide, each with a sign: colours alone say nothing."""
    lanes = _lanes(width)
    return Content("\n").join([Content.styled(_head(lanes, width), "bold"), *_rows(progress, lanes, width)])


def _lanes(width: int) -> list[int]:
    gap = (width - 2 * MARGIN) // (len(LANES) - 1)
    return [MARGIN + gap * each for each in range(len(LANES))]


def _head(lanes: list[int], width: int) -> str:
    line = [" "] * width
    for at, name in zip(lanes, LANES, strict=True):
        start = min(at - len(name) // 2, width - len(name))
        line[start : start + len(name)] = name
    return "".join(line)


def _rows(progress: Progress, lanes: list[int], width: int) -> Iterator[Content]:
    for index, arrow in enumerate(progress.course):
        sign = progress.sign(index)
        word = progress.trouble if sign == "✗" else arrow.word
        line = sign + _row(arrow, word, lanes, width)[1:]
        yield Content.styled(line.rstrip(), STYLES[sign])


def _row(arrow: Arrow, word: str, lanes: list[int], width: int) -> str:
    line = [" "] * width
    for at in lanes:
        line[at] = "│"
    left, right = sorted((lanes[arrow.start], lanes[arrow.end]))
    line[left + 1 : right] = "─" * (right - left - 1)
    if arrow.start < arrow.end:
        line[left], line[right - 1], first = "├", "▶", left + 1
    else:
        line[left + 1], line[right], first = "◀", "┤", left + 2
    room = f" {word[: right - left - 4]} "
    start = first + (right - left - 2 - len(room)) // 2
    line[start : start + len(room)] = room
    return "".join(line)
