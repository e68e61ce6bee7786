"""Words of the authorization queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.queue.queue import RowState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.queue.queue import Queue, Row
    from smily_tui.queue.reading import Found, Sorted
    from smily_tui.queue.today import Entry
    from smily_tui.vault.model import Account


LIMIT: Final = 5
"""Accounts that a private application connects until Smily raises it. Source: Smily's developer pages."""

EMPTY: Final = (
    "Nobody waits. Press {add} to enter the accounts whose owners you want to ask, one a line, or from a CSV "
    "file. Then Enter opens one after the other."
)
PRIVATE_WINDOW_HINT: Final = "A signed-in browser authorizes without asking: use a private window per owner."
ENTER_OPENS: Final = "Enter opens the link; then paste the code here"
ALL_DONE: Final = "✓ {label} is connected. No row is left to ask."
NEXT: Final = "✓ {label} is connected. Next: {next}."
ASK_AGAIN: Final = "{label} is connected already. Ask again?"
NONE_OPEN: Final = "No row waits. Choose one that failed, or add some."
ONLY_ONE: Final = "No other row waits."
NOT_FOUND: Final = "No row has that. esc ends the search."
CREDENTIALS: Final = (
    "For that go back to the accounts and press {key} ({label}); then open this row again and paste the same "
    "code."
)
NO_APPLICATION: Final = "Store an application first: {new} connects the first account with it."
REMOVE: Final = "Take {label} off the list?\n\nOnly the row goes; accounts that are connected stay."
CLEAR: Final = "Take the {count} that are done off the list? Their accounts stay connected."
NOTHING_DONE: Final = "No row is done yet."
ANOTHER: Final = (
    "The code was for {whose}. This row is for {row}. It is not filed under this row.\n\n"
    "It may be that the browser was still signed in there: use a private window per owner."
)
TO_ASK: Final = (
    "The code was for {whose}. This row says {row}, without an account number. Is that the same account?"
)
NOT_KNOWN: Final = "connected as {address}, but whose account it is is not known: {remark}"
NOT_GIVEN: Final = "not given: {scopes}"
WAS_FOR: Final = "the code was for {whose}"
OTHER_ROW: Final = "✓ {whose} has a row of its own: that one is verified now."
DAMAGED: Final = (
    "{what}\n\nPut it aside and begin a new list? The file stays beside the new one, with “.damaged” behind "
    "its name. Connected accounts are not touched."
)

# adding
HOW: Final = (
    "One account a line: name, account number, permissions. Number and permissions may be left out; without "
    "permissions the application's own are asked for."
)
FILE: Final = "Or a CSV file (comma, semicolon or tab; UTF-8)"
FILE_HINT: Final = "the path of a file"
NOTHING_TYPED: Final = "Type or paste at least one line, or name a file."
BOTH: Final = "There are lines, and a file is named. Empty the field that is not meant."
READ_AS: Final = "The file is not UTF-8. It was read as {encoding}."
NOT_USED: Final = "Columns not used: {unused}. Used: {used}."
TAKE: Final = "{count} to add:\n{names}\n\nAdd them?"
CONNECTED: Final = "Connected here already: {names}.\n\nAsk the owners once more?"
ADDED: Final = "{count} added."
NO_NEW: Final = "Nothing new."

# today
NO_ONE_TODAY: Final = "Nobody was authorized today yet."
TODAY_KEPT: Final = "The list holds no secret; only you can read the file."
TODAY_SAVED: Final = "✓ Today's list is in {path}"

_NAMED_AT_MOST: Final = 3
_SHOWN_AT_MOST: Final = 5


def meter(stored: int, waiting: int) -> str:
    """How many accounts of the application are stored, against the limit of private ones."""
    blocks = "■" * min(stored, LIMIT) + "□" * max(LIMIT - stored, 0)
    if stored > LIMIT:
        return f"{stored} accounts stored here: more than the {LIMIT} of a private application."
    told = f"{blocks} {stored} of {LIMIT} accounts of a private application, as far as is stored here."
    left = LIMIT - stored
    if not left:
        return f"{told} Does the page refuse another one? Ask Smily for more."
    return f"{told} {waiting} wait, {left} would fit: ask Smily for more." if waiting > left else told


def count(queue: Queue) -> str:
    """How many rows there are and how many of them are done."""
    rows = len(queue.rows)
    done, failed = queue.count(RowState.VERIFIED), queue.count(RowState.FAILED, RowState.OTHER)
    told = [f"{rows} row{'' if rows == 1 else 's'}", f"{done} done"]
    return " · ".join([*told, f"{failed} failed"] if failed else told)


def place(row: Row, queue: Queue) -> str:
    """Which row of how many this is, and whose."""
    numbers = [each.number for each in queue.rows]
    at = numbers.index(row.number) + 1 if row.number in numbers else 0
    return f"Row {at} of {len(numbers)}: {row.called}"


def whose(account: Account) -> str:
    """An account's name and number."""
    return f"{account.label} (account {account.account_id})"


def remarked(words: str, remark: str) -> str:
    """Words, and in a line of its own a remark where there is one."""
    return f"{words}\n! {remark}" if remark else words


def permissions(scopes: Sequence[str], width: int) -> str:
    """Permissions in one line of that many cells: as many as fit, and how many more there are."""
    for shown in range(len(scopes), 0, -1):
        more = len(scopes) - shown
        line = f"Permissions: {', '.join(scopes[:shown])}" + (f" … and {more} more" if more else "")
        if len(line) <= width:
            return line
    return f"Permissions: {len(scopes)}"


def problems(found: Found) -> str:
    """What cannot be used, line by line."""
    return "\n".join(f"✗ Line {each.line}: {each.words}" for each in found.problems)


def to_confirm(found: Found) -> str:
    """What was guessed or left out in reading a list, with what would be added; empty where nothing was."""
    told = [READ_AS.format(encoding=found.encoding)] if found.encoding else []
    if found.header and found.header.unused:
        unused = ", ".join(f"“{name}”" for name in found.header.unused)
        used = ", ".join(f"“{name}” as {kind}" for name, kind in found.header.used)
        told.append(NOT_USED.format(unused=unused, used=used))
    if not told:
        return ""
    rows = sorted((row for _, row in found.rows), key=lambda row: row.label.isascii())
    names = [f"  {row.called}" for row in rows[:_SHOWN_AT_MOST]]
    more = [f"  and {len(rows) - len(names)} more"] if len(rows) > len(names) else []
    return "\n\n".join([*told, TAKE.format(count=len(rows), names="\n".join([*names, *more]))])


def added(sorted_out: Sorted, count: int) -> str:
    """How many rows came onto the list, and which were left out."""
    told = [ADDED.format(count=count) if count else NO_NEW]
    if sorted_out.twice:
        told.append(f"Twice, so left out: {names(sorted_out.twice)}.")
    return " ".join(told)


def names(rows: Sequence[tuple[int, Row]]) -> str:
    """Rows by name and line; of many the first few."""
    told = [f"{row.called}, line {line}" for line, row in rows[:_NAMED_AT_MOST]]
    more = len(rows) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more else "")


def today(entries: Sequence[Entry]) -> str:
    """How many were authorized today, and how many were not."""
    if not entries:
        return NO_ONE_TODAY
    failed = sum(not each.connected for each in entries)
    told = f"Authorized today: {len(entries) - failed}"
    return f"{told} · not authorized: {failed}" if failed else told


def entry(each: Entry) -> str:
    """What came of asking one owner, in lines."""
    number = f" (account {each.account_id})" if each.account_id is not None else ""
    lines = [f"{each.label}{number}: {each.result}"]
    if each.scopes:
        lines.append(f"  {each.application}: {'  '.join(each.scopes)}")
    if each.not_given:
        lines.append(f"  ! not given: {'  '.join(each.not_given)}")
    return "\n".join(lines)
