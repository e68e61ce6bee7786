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
    """Count the stored accounts of the application against the limit of private ones."""
    blocks = "■" * min(stored, LIMIT) + "□" * max(LIMIT - stored, 0)
    if stored > LIMIT:
        return f"{stored} accounts stored here: more than the {LIMIT} of a private application."
    line = f"{blocks} {stored} of {LIMIT} accounts of a private application, as far as is stored here."
    left = LIMIT - stored
    if not left:
        return f"{line} Does the page refuse another one? Ask Smily for more."
    return f"{line} {waiting} wait, {left} would fit: ask Smily for more." if waiting > left else line


def count(queue: Queue) -> str:
    """Count the rows, and those of them that are done or failed."""
    rows = len(queue.rows)
    done, failed = queue.count(RowState.VERIFIED), queue.count(RowState.FAILED, RowState.OTHER)
    parts = [f"{rows} row{'' if rows == 1 else 's'}", f"{done} done"]
    return " · ".join([*parts, f"{failed} failed"] if failed else parts)


def place(row: Row, queue: Queue) -> str:
    """Name a row, with its place among the others."""
    numbers = [queued.number for queued in queue.rows]
    at = numbers.index(row.number) + 1 if row.number in numbers else 0
    return f"Row {at} of {len(numbers)}: {row.called}"


def whose(account: Account) -> str:
    """Write an account's name and number."""
    return f"{account.label} (account {account.account_id})"


def remarked(sentence: str, remark: str) -> str:
    """Put a remark, where there is one, on a line of its own below a sentence."""
    return f"{sentence}\n! {remark}" if remark else sentence


def permissions(scopes: Sequence[str], width: int) -> str:
    """Write as many scopes as fit into a line of `width` cells, and count the others."""
    for count in range(len(scopes), 0, -1):
        hidden = len(scopes) - count
        line = f"Permissions: {', '.join(scopes[:count])}" + (f" … and {hidden} more" if hidden else "")
        if len(line) <= width:
            return line
    return f"Permissions: {len(scopes)}"


def problems(reading: Found) -> str:
    """List the lines that cannot be used."""
    return "\n".join(f"✗ Line {problem.line}: {problem.words}" for problem in reading.problems)


def to_confirm(reading: Found) -> str:
    """Ask to confirm what was guessed or left out in reading a list; empty where nothing was."""
    parts = [READ_AS.format(encoding=reading.encoding)] if reading.encoding else []
    if reading.header and reading.header.unused:
        unused = ", ".join(f"“{name}”" for name in reading.header.unused)
        used = ", ".join(f"“{name}” as {kind}" for name, kind in reading.header.used)
        parts.append(NOT_USED.format(unused=unused, used=used))
    if not parts:
        return ""
    rows = sorted((row for _, row in reading.rows), key=lambda row: row.label.isascii())
    names = [f"  {row.called}" for row in rows[:_SHOWN_AT_MOST]]
    left_out = [f"  and {len(rows) - len(names)} more"] if len(rows) > len(names) else []
    return "\n\n".join([*parts, TAKE.format(count=len(rows), names="\n".join([*names, *left_out]))])


def added(sorted_out: Sorted, count: int) -> str:
    """Count the rows that came onto the list, and name those that were left out."""
    parts = [ADDED.format(count=count) if count else NO_NEW]
    if sorted_out.twice:
        parts.append(f"Twice, so left out: {names(sorted_out.twice)}.")
    return " ".join(parts)


def names(rows: Sequence[tuple[int, Row]]) -> str:
    """Name rows with their lines; of many the first few."""
    named = [f"{row.called}, line {line}" for line, row in rows[:_NAMED_AT_MOST]]
    left_out = len(rows) - len(named)
    return "; ".join(named) + (f"; and {left_out} more" if left_out else "")


def today(entries: Sequence[Entry]) -> str:
    """Count those that were authorized today, and those that were not."""
    if not entries:
        return NO_ONE_TODAY
    failed = sum(not entry.connected for entry in entries)
    authorized = f"Authorized today: {len(entries) - failed}"
    return f"{authorized} · not authorized: {failed}" if failed else authorized


def entry(outcome: Entry) -> str:
    """Write the result of asking one owner, in lines."""
    number = f" (account {outcome.account_id})" if outcome.account_id is not None else ""
    lines = [f"{outcome.label}{number}: {outcome.result}"]
    if outcome.scopes:
        lines.append(f"  {outcome.application}: {'  '.join(outcome.scopes)}")
    if outcome.not_given:
        lines.append(f"  ! not given: {'  '.join(outcome.not_given)}")
    return "\n".join(lines)
