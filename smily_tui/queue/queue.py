"""Authorization queue: one row per account to authorize, and its state. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from smily_tui.text import Clean, anchored, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smily_tui.records import SpaceDelimited
    from smily_tui.vault.model import Account


MOST_ROWS: Final = 5000
LONGEST_LABEL: Final = 80
NOTHING: Final = Clean("")


class RowState(Enum):
    """Progress of a row, as a word for people with its sign, and as an identifier for programs."""

    # the queue file has these names: they stay, whatever the words
    LINK = ("to do", "·", "to_do")
    WAITING = ("link sent", "…", "link_sent")
    CODE = ("checking", ">", "checking")
    VERIFIED = ("connected", "✓", "connected")
    FAILED = ("failed", "✗", "failed")
    OTHER = ("wrong account", "!", "wrong_account")

    def __init__(self, word: str, glyph: str, identifier: str) -> None:
        self.word = word
        self.glyph = glyph
        self.identifier = identifier


OPEN: Final = frozenset({RowState.LINK, RowState.WAITING, RowState.CODE})


@dataclass(frozen=True)
class Row:
    """Account to authorize.

    Attributes:
        label: what the person calls it.
        account_id: Smily's number of the account; None where it is not known.
        scopes: what is asked for; empty: what the application asks for.
        number: tells the row from all others of its queue, for good; 0 before it is in one.
        state: how far it is.
        since: since when (UTC seconds).
        words: why it failed, or whose the code was; empty where there is nothing to say.
    """

    label: Clean
    account_id: int | None = None
    scopes: SpaceDelimited = ()
    number: int = 0
    state: RowState = RowState.LINK
    since: float = 0.0
    words: Clean = NOTHING

    @property
    def is_open(self) -> bool:
        """True if it waits for its turn; a failed row is retried only when a person asks."""
        return self.state in OPEN

    @property
    def name(self) -> Clean:
        """Name for a line of text, whatever its script."""
        return Clean(anchored(self.label))

    @property
    def called(self) -> Clean:
        """Name and number, for people."""
        number = f" (account {self.account_id})" if self.account_id is not None else ""
        return Clean(f"{self.name}{number}")

    def is_same(self, row: Row) -> bool:
        """Return whether both mean one account: by number, or by name where one has no number."""
        if self.account_id is not None and row.account_id is not None:
            return self.account_id == row.account_id
        return is_same_name(self.label, row.label)


def is_same_name(first: str, second: str) -> bool:
    """Return whether two names differ only in case, blanks and punctuation."""
    return name_key(first) == name_key(second)


def name_key(name: str) -> str:
    """Return the key that equal names share; the name itself where nothing else remains."""
    return re.sub(r"[\W_]+", "", name.casefold()) or name


@dataclass(frozen=True)
class Queue:
    """Rows of one application, in the order of entry.

    Attributes:
        rows: none has another one's number.
        newest: the highest number that any row ever had.
    """

    rows: tuple[Row, ...] = ()
    newest: int = 0

    def find(self, number: int) -> Row | None:
        """Find the row with a number."""
        return next((row for row in self.rows if row.number == number), None)

    def with_rows(self, rows: Iterable[Row], at: float) -> Queue:
        """Append rows, new since `at`."""
        added = [replace(row, number=self.newest + n, since=at) for n, row in enumerate(rows, start=1)]
        return Queue((*self.rows, *added), self.newest + len(added))

    def without(self, numbers: Iterable[int]) -> Queue:
        """Remove rows by their numbers."""
        gone = set(numbers)
        return replace(self, rows=tuple(row for row in self.rows if row.number not in gone))

    def moved(self, number: int, state: RowState, at: float, words: str = "") -> Queue:
        """Put a row into another state since `at`, unless it is in it already with the same words.

        One that is verified stays so, whatever comes of asking its owner again: its account is connected.
        """

        def move(row: Row) -> Row:
            cleaned = clean(words)
            is_done = row.state is RowState.VERIFIED and state is not RowState.VERIFIED
            if is_done or (row.state, row.words) == (state, cleaned):
                return row
            return replace(row, state=state, since=at, words=cleaned)

        return self._with(number, move)

    def connected(self, account_id: int | None, at: float) -> Queue:
        """Put the rows of an account into the state of a connected one since `at`."""
        queue = self
        for row in self._of(account_id):
            queue = queue.moved(row.number, RowState.VERIFIED, at)
        return queue

    def has(self, account_id: int | None) -> bool:
        """Return whether a row has that account number."""
        return bool(self._of(account_id))

    def _of(self, account_id: int | None) -> list[Row]:
        return [row for row in self.rows if row.account_id == account_id] if account_id is not None else []

    def edited(self, entered: Row, at: float) -> Queue:
        """Put what was entered for a row in the place of its name, account number and permissions.

        Its old link and its old error are out of date then, unless the name alone has changed.
        """

        def edit(row: Row) -> Row:
            same = (row.account_id, row.scopes) == (entered.account_id, entered.scopes)
            kept = replace(entered, state=row.state, since=row.since, words=row.words)
            if same or row.state in (RowState.CODE, RowState.VERIFIED):
                return kept
            return replace(kept, state=RowState.LINK, since=at, words=NOTHING)

        return self._with(entered.number, edit)

    def same_as(self, row: Row) -> Row | None:
        """Find another row that means the same account."""
        return next(
            (stored for stored in self.rows if stored.number != row.number and stored.is_same(row)), None
        )

    def _with(self, number: int, change: Callable[[Row], Row]) -> Queue:
        return replace(self, rows=tuple(change(row) if row.number == number else row for row in self.rows))

    def next_open(self, after: int = 0) -> Row | None:
        """Return the first open row after a number, else the first open one of all."""
        waiting = [row for row in self.rows if row.is_open]
        return next((row for row in waiting if row.number > after), next(iter(waiting), None))

    def count(self, *states: RowState) -> int:
        """Count the rows in one of these states."""
        return sum(row.state in states for row in self.rows)

    def caught_up(self, accounts: Iterable[Account], at: float) -> Queue:
        """Mark rows as verified whose account was stored although the program ended meanwhile."""
        sent = [row for row in self.rows if row.state is RowState.CODE]
        queue = self
        for row in sent:
            stored = (
                account
                for account in accounts
                if account.authorized_at >= row.since and not account.unreadable
            )
            if any(row.account_id is not None and row.account_id == account.account_id for account in stored):
                queue = queue.moved(row.number, RowState.VERIFIED, at)
        return queue


class Verdict(Enum):
    """Verdict on the account that a code connected."""

    ITS_OWN = "its own"
    ANOTHER = "another"
    NOT_KNOWN = "not known"
    TO_ASK = "to ask"


def judged(row: Row, account: Account, queue: Queue) -> Verdict:
    """Judge whether a newly connected account is the one that the row means.

    Only a number proves it. Without one the name may speak for it; where it does not, a person is asked.
    """
    if account.account_id is None:
        return Verdict.NOT_KNOWN
    if row.account_id is not None:
        return Verdict.ITS_OWN if row.account_id == account.account_id else Verdict.ANOTHER
    if any(listed.account_id == account.account_id for listed in queue.rows if listed.number != row.number):
        return Verdict.ANOTHER
    return Verdict.ITS_OWN if is_same_name(row.label, account.label) else Verdict.TO_ASK
