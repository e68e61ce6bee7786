"""What was said on the wire and what comes next, for all screens; in memory only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.tui.wire.sequence import CONNECT, REFRESH, Progress
from smily_tui.wire.redaction import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.tokens.running import Running
    from smily_tui.wire.redaction import Exchange

KEPT: Final = 100
ENDPOINT: Final = "/oauth/token"


@dataclass(frozen=True)
class Link:
    """The browser's step: what the owner opens."""

    address: str


class WireLog:
    """The link, the exchanges and the planned request, in the order in which they happen."""

    def __init__(self) -> None:
        self.link: Link | None = None
        self.exchanges: list[Exchange] = []
        self.plan: Exchange | None = None
        self.progress = Progress(CONNECT)
        self._subject = ""
        self._listeners: set[Callable[[], None]] = set()

    @property
    def entries(self) -> tuple[Link | Exchange, ...]:
        """All that can be looked at."""
        link = () if self.link is None else (self.link,)
        planned = () if self.plan is None else (self.plan,)
        return (*link, *self.exchanges, *planned)

    @property
    def newest(self) -> int:
        """The entry that the last event was about: what is waited for, else what was heard last."""
        if (
            self.progress.course is CONNECT
            and self.progress.done < 5
            and self.link
            and not self.progress.trouble
        ):
            return 0
        return len(self.entries) - (2 if self.progress.trouble and self.plan and self.exchanges else 1)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change."""
        self._listeners.add(listener)

    def leave(self, listener: Callable[[], None]) -> None:
        """Call it no more."""
        self._listeners.discard(listener)

    # -- what the screens tell -------------------------------------------------------------------------

    def ask_owner(self, link: str, server: str, client_id: str) -> None:
        """A link was made; a code is what comes next."""
        from smily_tui.oauth.requests import Request, for_code
        from smily_tui.secret import Secret

        self.link = Link(link)
        self._subject = link
        fields = for_code(client_id, Secret(""), Secret(""))
        self.plan = plan(server, Request("POST", ENDPOINT, fields=fields))
        self._now(Progress(CONNECT, 1))

    def opened(self) -> None:
        """The browser was asked to open the link."""
        self._now(Progress(CONNECT, 2))

    def may_refresh(self, subject: str, server: str, client_id: str) -> None:
        """An account is looked at whose tokens can be refreshed."""
        if subject == self._subject:
            return
        from smily_tui.oauth.requests import Request, for_refresh
        from smily_tui.secret import Secret

        self._subject = subject
        fields = for_refresh(client_id, Secret(""), Secret(""))
        self.plan = plan(server, Request("POST", ENDPOINT, fields=fields))
        self._now(Progress(REFRESH))

    def follow(self, running: Running) -> None:
        """A helper begins to work."""
        running.tell(self)

    # -- what a helper tells ---------------------------------------------------------------------------

    def step(self, name: str) -> None:
        """A helper has come to a step."""
        course = self.progress.course
        if name == "sending":
            self._now(Progress(course, 6 if course is CONNECT else 1))
        elif name == "asking" and course is CONNECT:
            self._now(Progress(course, 8))

    def exchange(self, exchange: Exchange) -> None:
        """A request was answered, or not."""
        self.exchanges = [*self.exchanges, exchange][-KEPT:]
        grant = exchange.field("grant_type")
        course = {"authorization_code": CONNECT, "refresh_token": REFRESH}.get(grant, self.progress.course)
        if exchange.good and self.plan is not None and self.plan.field("grant_type") == grant:
            self.plan = None
        self._now(Progress(course, *_reached(exchange, course is CONNECT)))

    def _now(self, progress: Progress) -> None:
        self.progress = progress
        for each in tuple(self._listeners):
            each()


def _reached(exchange: Exchange, connecting: bool) -> tuple[int, str]:
    """How many steps of the picture are done after an exchange, and what came instead of the next one."""
    steps = 9 if not exchange.fields else 7 if connecting else 2
    if exchange.good:
        return steps, ""
    if exchange.status and not exchange.failure:
        return steps - 1, str(exchange.status)
    return (steps - 1, "cut") if exchange.status else (steps - 2, "lost")
