"""Wire log: exchanges so far and the next step, in memory only; drawn as a sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from textual.content import Content
from textual.signal import Signal

from smily_tui.oauth.requests import JSON_API, Request, code_exchange_fields, refresh_fields
from smily_tui.secret import Secret
from smily_tui.wire.explain import proves_secret
from smily_tui.wire.redaction import Exchange, plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import App

    from smily_tui.tokens.running import Running


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
    """Arrow from one lane to another."""

    start: int
    end: int
    word: str


Course = tuple[Arrow, ...]
CONNECT: Final[Course] = (
    Arrow(PROGRAM, YOU, "link"),
    Arrow(YOU, BROWSER, "open"),
    Arrow(BROWSER, SERVER, "approve"),
    Arrow(SERVER, BROWSER, "code"),
    Arrow(YOU, PROGRAM, "paste the code"),
    Arrow(PROGRAM, SERVER, "code"),
    Arrow(SERVER, PROGRAM, "tokens"),
    Arrow(PROGRAM, SERVER, "who?"),
    Arrow(SERVER, PROGRAM, "name"),
)
REFRESH: Final[Course] = (Arrow(PROGRAM, SERVER, "refresh"), Arrow(SERVER, PROGRAM, "tokens"))
CALL: Final[Course] = (Arrow(PROGRAM, SERVER, "token"), Arrow(SERVER, PROGRAM, "records"))


@dataclass(frozen=True)
class Progress:
    """Progress of a course.

    Attributes:
        course: its arrows.
        done: how many of them are drawn in full; the next one is awaited.
        trouble: what came instead of the next one; empty where nothing did.
    """

    course: Course
    done: int = 0
    trouble: str = ""

    @property
    def awaits_server(self) -> bool:
        """A request was sent, and its answer is awaited."""
        return not self.trouble and (self.course is REFRESH, self.done) in {
            (False, 6),
            (False, 8),
            (True, 1),
        }

    def sign(self, index: int) -> str:
        """Return the sign of an arrow: done, now, failed, or later."""
        if index < self.done:
            return "✓"
        if index == self.done:
            return "✗" if self.trouble else "▶"
        return "·"


def picture(progress: Progress, width: int, share: float | None = None) -> Content:
    """Draw lanes and arrows, `width` characters wide, each with a sign: colours alone say nothing.

    Args:
        progress: the course and how much of it is done.
        width: in cells.
        share: part of its way that the awaited arrow has gone, from 0 to 1; None: it stands still, whole.
    """
    lanes = _lanes(width)
    rows = _rows(progress, lanes, width, share)
    return Content("\n").join([Content.styled(_head(lanes, width), "bold"), *rows])


MOST_APART: Final = 3  # rows


def large_picture(progress: Progress, width: int, height: int) -> Content:
    """Draw the same for readers far away: rows apart, the awaited one heavy, and as many as fit around it."""
    lanes, rows = _lanes(width), list(_rows(progress, _lanes(width), width))
    gap = max(int(height > 2), min((height - 1) // len(rows) - 1, MOST_APART))
    fit = max(1, (height - 1) // (gap + 1))
    first = max(0, min(progress.done - fit // 2, len(rows) - fit))
    apart = Content.styled(
        "".join("│" if at in lanes else " " for at in range(width)).rstrip(), "$text-muted"
    )
    lines = [Content.styled(_head(lanes, width), "bold")]
    for index, row in enumerate(rows[first : first + fit], first):
        heavy = Content.styled(row.plain.replace("─", "━"), STYLES[progress.sign(index)])
        lines += [*[apart] * gap, heavy if index == progress.done else row]
    return Content("\n").join([*lines, *[apart] * (height - len(lines))][:height])


def _lanes(width: int) -> list[int]:
    gap = (width - 2 * MARGIN) // (len(LANES) - 1)
    return [MARGIN + gap * lane for lane in range(len(LANES))]


def _head(lanes: list[int], width: int) -> str:
    line = [" "] * width
    for at, name in zip(lanes, LANES, strict=True):
        start = min(at - len(name) // 2, width - len(name))
        line[start : start + len(name)] = name
    return "".join(line)


def _rows(progress: Progress, lanes: list[int], width: int, share: float | None = None) -> Iterator[Content]:
    for index, arrow in enumerate(progress.course):
        sign = progress.sign(index)
        word = progress.trouble if sign == "✗" else arrow.word
        row = _row(arrow, word, lanes, width)
        if sign == "▶" and share is not None:
            row = _on_its_way(row, arrow, lanes, share)
        line = sign + row[1:]
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


def _on_its_way(row: str, arrow: Arrow, lanes: list[int], share: float) -> str:
    """Cut an arrow behind its head, which has gone a part of the way."""
    left, right = sorted((lanes[arrow.start], lanes[arrow.end]))
    gone = round(share * (right - left - 2))
    if arrow.start < arrow.end:
        head = left + 1 + gone
        return f"{row[:head]}▶{' ' * (right - head - 1)}{row[right:]}"
    head = right - 1 - gone
    return f"{row[: left + 1]}{' ' * (head - left - 1)}◀{row[head + 1 :]}"


KEPT: Final = 100
ENDPOINT: Final = "/oauth/token"


@dataclass(frozen=True)
class Link:
    """Browser's step: the URL that the owner opens."""

    address: str


class WireLog:
    """Link, exchanges and planned request, in the order in which they happen.

    Attributes:
        changed: published after each change.
    """

    def __init__(self, app: App[Any]) -> None:
        self.link: Link | None = None
        self.exchanges: list[Exchange] = []
        self.plan: Exchange | None = None
        self.progress = Progress(CONNECT)
        self._subject = self._called = ""
        self.changed: Signal[Progress] = Signal(app, "wire")

    @property
    def entries(self) -> tuple[Link | Exchange, ...]:
        """Entries that can be looked at."""
        link = () if self.link is None else (self.link,)
        planned = () if self.plan is None else (self.plan,)
        return (*link, *self.exchanges, *planned)

    @property
    def newest(self) -> int:
        """Index of the entry that the last event was about: the awaited one, else the newest."""
        if (
            self.progress.course is CONNECT
            and self.progress.done < 5
            and self.link
            and not self.progress.trouble
        ):
            return 0
        return len(self.entries) - (2 if self.progress.trouble and self.plan and self.exchanges else 1)

    # -- reported by screens ---------------------------------------------------------------------------

    def ask_owner(self, link: str, server: str, client_id: str) -> None:
        """Note that a link was made; a code comes next."""
        self.link = Link(link)
        self._subject = link
        fields = code_exchange_fields(client_id, Secret(""), Secret(""))
        self.plan = plan(server, Request("POST", ENDPOINT, fields=fields))
        self._now(Progress(CONNECT, 1))

    def opened(self) -> None:
        """Note that the browser was asked to open the link."""
        self._now(Progress(CONNECT, 2))

    def reach(self, done: int, trouble: str = "", *, course: Course = CONNECT) -> None:
        """Note how many arrows are done, and what came instead of the next one."""
        self._now(Progress(course, done, trouble))

    def may_refresh(self, subject: str, server: str, client_id: str) -> None:
        """Note that an account is looked at whose tokens can be refreshed."""
        if subject == self._subject:
            return
        self._subject = subject
        fields = refresh_fields(client_id, Secret(""), Secret(""))
        self.plan = plan(server, Request("POST", ENDPOINT, fields=fields))
        self._now(Progress(REFRESH))

    def will_call(self, server: str, path: str) -> None:
        """Note that a GET of the API comes next."""
        self._subject = self._called = path
        self.plan = plan(server, Request("GET", path, JSON_API, access_token=Secret("")))
        self._now(Progress(CALL))

    def follow(self, running: Running) -> None:
        """Listen to a worker."""
        running.tell(self)

    # -- reported by workers ---------------------------------------------------------------------------

    def step(self, name: str) -> None:
        """Note that a worker has come to a step."""
        course = self.progress.course
        if name == "sending":
            self._now(Progress(course, 6 if course is CONNECT else 1))
        elif name == "asking" and course is not REFRESH:
            self._now(Progress(course, 8 if course is CONNECT else 1))

    def exchange(self, exchange: Exchange) -> None:
        """Note a request with its answer, if there was one."""
        self.exchanges = [*self.exchanges, exchange][-KEPT:]
        if proves_secret(exchange):
            self._now(self.progress)  # no step of either course
            return
        grant = exchange.field("grant_type")
        course = {"authorization_code": CONNECT, "refresh_token": REFRESH}.get(grant, self.progress.course)
        if not exchange.fields and exchange.path == self._called:
            course, self.plan = CALL, None
        if exchange.good and self.plan is not None and self.plan.field("grant_type") == grant:
            self.plan = None
        self._now(Progress(course, *_reached(exchange, course)))

    def _now(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.publish(progress)


def _reached(exchange: Exchange, course: Course) -> tuple[int, str]:
    """Return the steps that are done after an exchange, and what came instead of the next one."""
    steps = 7 if exchange.fields and course is CONNECT else len(course)
    if exchange.good:
        return steps, ""
    if exchange.status and not exchange.failure:
        return steps - 1, str(exchange.status)
    return (steps - 1, "cut") if exchange.status else (steps - 2, "lost")
