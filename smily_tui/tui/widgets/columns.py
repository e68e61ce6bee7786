"""Columns of the accounts list: as many as there is room for, the most useful first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.messages.accounts import main_scope, refreshed_at, time_left
from smily_tui.tui.arrangement import URGENCY, Order
from smily_tui.vault.model import Account, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.clock import Instant


class Row(NamedTuple):
    """Account as the list shows it.

    Attributes:
        account: stored account.
        now: present moment.
        app: name of its app.
        busy: it is being refreshed.
        short: its state is written in short.
    """

    account: Account
    now: Instant
    app: str
    busy: bool
    short: bool

    @property
    def state(self) -> State:
        """State at the present moment."""
        return self.account.state(self.now)

    @property
    def colour(self) -> str:
        """Variable of the theme for what shows the state."""
        return "busy" if self.busy else URGENCY[self.state].colour


class Column(NamedTuple):
    """Column of the list.

    Attributes:
        head: its name.
        width: cells, without the blank on both sides.
        text: text of a row.
        order: order of the list that a click on the head asks for; None: none.
        coloured: whether the text has the colour of the state.
        right: whether it is aligned at the right.
    """

    head: str
    width: int
    text: Callable[[Row], str]
    order: Order | None = None
    coloured: bool = False
    right: bool = False


def _sign(row: Row) -> str:
    return "…" if row.busy else row.state.glyph


def _state(row: Row) -> str:
    if row.busy:
        return "refreshing"
    return _SHORT_STATES.get(row.state, row.state.word) if row.short else row.state.word


def _left(row: Row) -> str:
    return "" if row.busy else time_left(row.account, row.now)


def _life(row: Row) -> str:
    """Draw the share of its time that a token has left."""
    account = row.account
    if row.busy or account.unreadable or (left := account.left(row.now)) <= 0:
        return ""
    return "━" * max(1, min(_LIFE, round(_LIFE * left / account.lifetime)))


def _number(row: Row) -> str:
    return "" if row.account.account_id is None else str(row.account.account_id)


GAP: Final = 2  # a blank on both sides of a column
_LIFE: Final = 6
_SHORT_STATE, _WHOLE_STATE = 11, 19
_SHORT_STATES: Final = {State.NEEDS_AUTHORIZATION: "needs auth"}
_SHORTEST_LABEL, LONGEST_LABEL = 18, 32

_SIGN: Final = Column("", 1, _sign, coloured=True)
_LABEL: Final = Column("Account", _SHORTEST_LABEL, lambda row: row.account.label, Order.NAME)
_STATE: Final = Column("State", _SHORT_STATE, _state, Order.STATE, coloured=True)
_LEFT: Final = Column("Left", 8, _left, Order.LEFT, right=True)
_LIFE_BAR: Final = Column("Life", _LIFE, _life, coloured=True)
_NUMBER: Final = Column("Number", 8, _number, Order.NUMBER)
_APP: Final = Column("App", 12, lambda row: row.app, Order.APP)
_CAN: Final = Column("Permissions", 24, lambda row: main_scope(row.account))
_REFRESHED: Final = Column(
    "Refreshed", 11, lambda row: refreshed_at(row.account, row.now.wall), Order.REFRESHED
)
_ALL: Final = (_SIGN, _LABEL, _NUMBER, _APP, _STATE, _LEFT, _LIFE_BAR, _CAN, _REFRESHED)
_ALWAYS: Final = (_SIGN, _LABEL, _STATE, _LEFT)
_WITH_ROOM: Final = (_NUMBER, _LIFE_BAR, _APP, _CAN, _REFRESHED)


@lru_cache(8)
def columns_within(width: int) -> tuple[Column, ...]:
    """Return the columns that fit into that many cells; the label takes what is left."""
    room = width - sum(column.width + GAP for column in _ALWAYS)
    columns = list(_ALWAYS)
    for column in _WITH_ROOM:
        if column.width + GAP > room:
            break
        columns.append(column)
        room -= column.width + GAP
    whole = _WHOLE_STATE - _SHORT_STATE if room >= _WHOLE_STATE - _SHORT_STATE else 0
    label = max(1, min(_SHORTEST_LABEL + room - whole, LONGEST_LABEL))
    widths = {_LABEL: label, _STATE: _SHORT_STATE + whole}
    return tuple(
        column._replace(width=widths.get(column, column.width)) for column in _ALL if column in columns
    )


def is_short(columns: tuple[Column, ...]) -> bool:
    """Return whether states are written in short."""
    return any(column.head == _STATE.head and column.width == _SHORT_STATE for column in columns)
