"""Account details: large countdown, expiry, masked tokens, last event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Digits

from smily_tui.messages.accounts import (
    HELD_ELSEWHERE,
    UNREADABLE,
    countdown,
    day_and_time,
    listed,
    next_step,
    sentence,
)
from smily_tui.tui.arrangement import URGENCY
from smily_tui.tui.widgets.bars import LifeBar
from smily_tui.tui.widgets.status_line import Hanging, Hung

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult, RenderResult
    from textual.geometry import Size

    from smily_tui.clock import Instant
    from smily_tui.secret import Secret
    from smily_tui.tui.base_app import BaseApp
    from smily_tui.vault.model import Account


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


class AccountDetail(VerticalScroll):
    """Details of one account."""

    DEFAULT_CSS = """
    AccountDetail { padding: 0 2; height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    AccountDetail #name { text-style: bold; height: auto; }
    AccountDetail #state { height: auto; }
    AccountDetail Digits { width: auto; height: 3; margin-top: 1; }
    AccountDetail LifeBar { margin: 0 0 1 0; }
    AccountDetail #facts { height: auto; }
    AccountDetail LargeDigits { height: auto; }
    AccountDetail.-lifeless Digits, AccountDetail.-lifeless LifeBar { display: none; }
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

    def show_nothing(self, reason: str) -> None:
        """Say why there is no account to be shown."""
        self.add_class("-lifeless")
        self.query_one("#name", Hanging).hang([(Content(""), Content(reason))])
        for selector in ("#state", "#facts"):
            self.query_one(selector, Hanging).hang([])

    def show(
        self,
        account: Account,
        application: str,
        now: Instant,
        keys: Mapping[str, str],
        *,
        revealed: bool,
        elsewhere: bool,
    ) -> None:
        """Show an account as it is now.

        `keys`: of what can be done, by action; `elsewhere`: another computer obtained its tokens.
        """
        readable = not account.unreadable
        self.set_class(not readable, "-lifeless")
        state, left = account.state(now), account.left(now)
        self.query_one("#name", Hanging).hang([(Content(""), Content(account.label))])
        step = next_step(account, now, refresh=f"Press {keys['refresh']}", ask=f"Press {keys['again']}")
        text = f"{sentence(account, now)}. {step}" if step else sentence(account, now)
        for widget in self.query("#state, Digits, LifeBar"):
            widget.set_classes(f"state-{URGENCY[state].colour}")
        self.query_one("#state", Hanging).hang([(Content(f"{state.glyph} "), Content(text))])
        self.query_one(Digits).update(countdown(left) if left > 0 else "0:00:00")
        self.query_one(LifeBar).share = max(0.0, left) / account.lifetime if readable else 0.0
        rows = _rows(account, application, now, revealed=revealed, elsewhere=elsewhere)
        facts = [_row(name, text) for name, text in rows if text]
        self.query_one("#facts", Hanging).hang(facts if readable else _unreadable(account, keys))


def _unreadable(account: Account, keys: Mapping[str, str]) -> list[Hung]:
    return [(Content(""), Content(text)) for text in (account.trouble, "", UNREADABLE.format_map(keys))]


def _rows(
    account: Account, application: str, now: Instant, *, revealed: bool, elsewhere: bool
) -> list[tuple[str, str]]:
    """Return the facts by name; empty ones are not shown."""
    return [
        ("Error", account.trouble),
        ("Access", _token(account.access, revealed=revealed)),
        ("Refresh", _token(account.refresh, revealed=revealed)),
        ("Can", listed(account.granted_scopes)),
        ("App", application),
        ("Address", str(account.address)),
        ("Number", "" if account.account_id is None else str(account.account_id)),
        ("Since", day_and_time(account.authorized_at, now.wall)),
        ("Refreshed", day_and_time(account.refreshed_at, now.wall)),
        ("Elsewhere", "" if account.handed_over is None else day_and_time(account.handed_over, now.wall)),
        ("Held by", HELD_ELSEWHERE.format(machine=account.machine.name) if elsewhere else ""),
    ]


def _row(name: str, text: str) -> Hung:
    return Content.styled(f"{name:<{NAME_WIDTH}}", "$text-muted"), Content(text)


def _token(secret: Secret, *, revealed: bool) -> str:
    return (secret.reveal() if revealed else secret.masked()) if secret else "none"
