"""Today's authorizations, as a list and as CSV; never a secret."""

from __future__ import annotations

import csv
import io
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.queue.queue import Row, RowState
from smily_tui.text import Clean, clean
from smily_tui.vault.model import Account, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from smily_tui.clock import Instant


COLUMNS: Final = ("label", "account_id", "application", "time", "scopes", "not_given", "result")
_BEGINS: Final = r"^|[;,\t|]"
_FORMULA: Final = r"[\s\"']*[=+\-@＝＋－＠\t\r\n]"


@dataclass(frozen=True)
class Entry:
    """Result for one account on today's list.

    Attributes:
        at: when (UTC seconds).
        not_given: what was asked for and not granted.
        result: a few words.
        connected: whether the account is connected.
    """

    label: Clean
    account_id: int | None
    application: Clean
    at: float
    scopes: tuple[Clean, ...]
    not_given: tuple[Clean, ...]
    result: Clean
    connected: bool = True


def is_today(at: float, now: float) -> bool:
    """Return whether a moment is today, by the local calendar."""
    moment, today = time.localtime(at), time.localtime(now)
    return (moment.tm_year, moment.tm_yday) == (today.tm_year, today.tm_yday)


def today(
    accounts: Iterable[Account],
    queues: Mapping[str, Sequence[Row]],
    names: Mapping[str, Clean],
    now: Instant,
) -> tuple[Entry, ...]:
    """List today's authorizations and today's failed rows, by time.

    Args:
        accounts: what is stored.
        queues: the rows by the key of their application.
        names: the applications' names by their keys.
        now: tells which day it is.
    """
    entries = [
        _of_account(account, names, now)
        for account in accounts
        if not account.unreadable and is_today(account.authorized_at, now.wall)
    ]
    entries += [
        _of_row(row, names.get(key, clean(key)))
        for key, rows in queues.items()
        for row in rows
        if row.state in (RowState.FAILED, RowState.OTHER) and is_today(row.since, now.wall)
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.label)))


def _of_account(account: Account, names: Mapping[str, Clean], now: Instant) -> Entry:
    key = account.address.application
    state = account.state(now)
    return Entry(
        account.label,
        account.account_id,
        names.get(key, clean(key)),
        account.authorized_at,
        account.granted_scopes,
        tuple(scope for scope in account.requested_scopes if scope not in account.granted_scopes),
        clean("connected" if account.used and state is State.VALID else f"connected, {state.word}"),
    )


def _of_row(row: Row, application: Clean) -> Entry:
    result = f"not connected: {row.words}" if row.state is RowState.FAILED else row.words
    return Entry(row.label, row.account_id, application, row.since, (), (), clean(result), connected=False)


def as_csv(entries: Iterable[Entry]) -> str:
    """Return the entries as CSV for a spreadsheet: with a byte order mark, and times with their zone."""
    text = io.StringIO(newline="")
    # all: a cell with a semicolon bare would be two where Excel separates by semicolons (French, German)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for entry in entries:
        at = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(entry.at))
        number = "" if entry.account_id is None else str(entry.account_id)
        cells = (
            entry.label, number, entry.application, at, " ".join(entry.scopes), " ".join(entry.not_given),
            entry.result,
        )  # fmt: skip
        writer.writerow([defused(cell) for cell in cells])
    # without the mark Excel reads a CSV file in the code page of Windows
    return "\ufeff" + text.getvalue()


def defused(cell: str) -> str:
    """Escape formulas: an apostrophe goes before each character that could begin one.

    One that separates cells by another character than the file does finds cells within this one.
    Source: OWASP, "CSV Injection".
    """
    return re.sub(rf"({_BEGINS})(?={_FORMULA})", r"\1'", cell)


def armed(cell: str) -> str:
    """Undo `defused`, for a list that was exported and is read again."""
    return re.sub(rf"({_BEGINS})'(?={_FORMULA})", r"\1", cell)


def file_name(now: float) -> str:
    """Return the file name of today's list."""
    return time.strftime("smily-tui-authorized-%Y-%m-%d.csv", time.localtime(now))
