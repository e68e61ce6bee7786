"""Account details: large countdown, expiry, masked tokens, last event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Digits

from smily_tui.messages import accounts as say
from smily_tui.tui.arrangement import URGENCY
from smily_tui.tui.widgets.bars import LifeBar
from smily_tui.tui.widgets.drawn import Hanging, Hung
from smily_tui.vault.model import Account, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult, RenderResult
    from textual.geometry import Size

    from smily_tui.clock import Instant
    from smily_tui.tui.base_app import BaseApp


class Countdown(Digits):
    """Time such as 1:59:50."""

    app: BaseApp

    def render(self) -> RenderResult:
        """Draw it."""
        # Textual's digits are made of lines and corners, of which ASCII would leave dashes and plus signs
        return Content.styled(" ".join(self.value), "bold") if self.app.in_ascii else super().render()


_SHAPES: Final = {
    "0": "####|#  #|#  #|#  #|####",
    "1": " ## |  # |  # |  # | ###",
    "2": "####|   #|####|#   |####",
    "3": "####|   #| ###|   #|####",
    "4": "#  #|#  #|####|   #|   #",
    "5": "####|#   |####|   #|####",
    "6": "####|#   |####|#  #|####",
    "7": "####|   #|  # | #  | #  ",
    "8": "####|#  #|####|#  #|####",
    "9": "####|#  #|####|   #|####",
    ":": " |#| |#| ",
}
ROWS: Final = 5
ROOM: Final = (80, 24)  # columns and rows of the terminal from which on the rest has its place, too


class LargeDigits(Countdown):
    """Digits and colons, each mark two characters wide."""

    DEFAULT_CSS = """
    LargeDigits { height: auto; width: auto; }
    """

    @property
    def _fits(self) -> bool:
        width, height = self.app.size
        return width >= ROOM[0] and height >= ROOM[1]

    def render(self) -> RenderResult:
        """Draw the value in large where it fits."""
        if not self._fits:
            return super().render()
        return Content("\n".join(_digit_row(self.value, row) for row in range(ROWS)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the width of the widest row."""
        if not self._fits:
            return super().get_content_width(container, viewport)
        return max((len(_digit_row(self.value, row)) for row in range(ROWS)), default=0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return five rows, or three where that does not fit."""
        return ROWS if self._fits else super().get_content_height(container, viewport, width)


def _digit_row(value: str, row: int) -> str:
    shapes = (_SHAPES[digit].split("|")[row] for digit in value if digit in _SHAPES)
    return "  ".join("".join(char * 2 for char in shape) for shape in shapes).replace("#", "█")


NAME_WIDTH = 10
_STOPPED: Final = frozenset({State.UNREADABLE, State.NEEDS_AUTHORIZATION})
"""States in which a clock says nothing: a person has to act."""
_OFFERED: Final = {
    State.VALID: ("try_it", "copy", "export", "refresh"),
    State.NO_REFRESH: ("try_it", "copy", "export", "again"),
    State.EXPIRING: ("refresh", "copy", "history"),
    State.EXPIRED: ("refresh", "again", "history"),
    State.IN_DOUBT: ("refresh", "again", "history"),
    State.NEEDS_AUTHORIZATION: ("again", "history", "forget"),
    State.HANDED_OVER: ("copy", "again", "forget"),
    State.UNREADABLE: ("forget",),
}
"""Actions that the details offer, by state, the likeliest first."""


class AccountDetail(VerticalScroll):
    """Details of one account; it ends in what can be done about it."""

    DEFAULT_CSS = """
    AccountDetail { padding: 0 2; height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    AccountDetail #name { text-style: bold; height: auto; }
    AccountDetail #state { height: auto; }
    AccountDetail Digits { width: auto; height: 3; margin-top: 1; }
    AccountDetail LifeBar { margin: 0 0 1 0; }
    AccountDetail #facts { height: auto; }
    AccountDetail #actions { height: auto; margin-top: 1; }
    AccountDetail LargeDigits { height: auto; }
    AccountDetail.-stopped Digits, AccountDetail.-stopped LifeBar { display: none; }
    AccountDetail.-stopped #state { text-style: bold; margin-bottom: 1; }
    """

    def __init__(self, *, large: bool = False) -> None:
        super().__init__()
        self._large = large

    def compose(self) -> ComposeResult:
        yield Hanging(id="name")
        yield Hanging(id="state")
        yield LargeDigits("") if self._large else Countdown("")
        yield LifeBar()
        yield Hanging(id="facts")
        yield Hanging(id="actions")

    def show_nothing(self, reason: str) -> None:
        """Say why there is no account to be shown."""
        self.add_class("-stopped")
        self.query_one("#name", Hanging).hang([(Content(""), Content(reason))])
        for selector in ("#state", "#facts", "#actions"):
            self.query_one(selector, Hanging).hang([])

    def show(
        self,
        account: Account,
        application: str,
        now: Instant,
        keys: Mapping[str, str],
        *,
        elsewhere: bool,
    ) -> None:
        """Show an account as it is now.

        `keys`: of what can be done, by action; `elsewhere`: another computer obtained its tokens.
        """
        state = account.state(now)
        self.set_class(state in _STOPPED, "-stopped")
        self.query_one("#name", Hanging).hang([(Content(""), Content(account.label))])
        step = say.next_step(account, now, refresh=f"Press {keys['refresh']}", ask=f"Press {keys['again']}")
        for widget in self.query("#state, Digits, LifeBar"):
            widget.set_classes(f"state-{URGENCY[state].colour}")
        self.query_one("#state", Hanging).hang(_state(account, now, step))
        self.count_down(account, now)
        facts = [_row(name, text) for name, text in _rows(account, application, now, elsewhere) if text]
        self.query_one("#facts", Hanging).hang(_unreadable(account, keys) if account.unreadable else facts)
        self.query_one("#actions", Hanging).hang([_action(name, keys) for name in _OFFERED[state]])

    def count_down(self, account: Account, now: Instant) -> None:
        """Show the time that is left, of an account whose other details are shown."""
        left = account.left(now)
        self.query_one(Digits).update(say.countdown(left) if left > 0 else "0:00:00")
        self.query_one(LifeBar).share = 0.0 if account.unreadable else max(0.0, left) / account.lifetime


def _state(account: Account, now: Instant, step: str) -> list[Hung]:
    """Return the state and, below it, what to do about it."""
    text = f"{say.sentence(account, now)}." if step else say.sentence(account, now)
    lines = [(Content(f"{account.state(now).glyph} "), Content(text))]
    return [*lines, (Content("  "), Content(step))] if step else lines


def _unreadable(account: Account, keys: Mapping[str, str]) -> list[Hung]:
    return [(Content(""), Content(text)) for text in (account.trouble, "", say.UNREADABLE.format_map(keys))]


def _rows(account: Account, application: str, now: Instant, elsewhere: bool) -> list[tuple[str, str]]:
    """Return the facts by name; empty ones are not shown."""
    return [
        ("Error", account.trouble),
        ("Can", "\n".join(account.granted_scopes) or "nothing"),
        ("App", application),
        ("Number", "" if account.account_id is None else str(account.account_id)),
        ("Address", str(account.address)),
        ("Since", say.day_and_time(account.authorized_at, now.wall)),
        ("Refreshed", say.day_and_time(account.refreshed_at, now.wall)),
        ("Elsewhere", "" if account.handed_over is None else say.day_and_time(account.handed_over, now.wall)),
        ("Held by", say.HELD_ELSEWHERE.format(machine=account.machine.name) if elsewhere else ""),
    ]


def _row(name: str, text: str) -> Hung:
    return Content.styled(f"{name:<{NAME_WIDTH}}", "$text-muted"), Content(text)


def _action(name: str, keys: Mapping[str, str]) -> Hung:
    return Content.styled(f"{keys[name]:<3}", "bold $text-accent"), Content(say.ACTION_TEXTS[name].label)
