"""Words of the authorization queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.messages.connect import unknown
from smily_tui.oauth.scopes import find
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
    "The queue is empty. Press {add} to add accounts, one per line or from a CSV file. Then press Enter to "
    "connect them one by one."
)
PRIVATE_WINDOW_HINT: Final = "Use a private window per owner. A signed-in browser won't ask."
ENTER_OPENS: Final = "press Enter to open the link, then paste here"
ALL_DONE: Final = "✓ {label} is connected. The queue is done."
NEXT: Final = "✓ {label} is connected. Next: {next}."
ASK_AGAIN: Final = "{label} is already connected. Ask the owner again?"
NONE_OPEN: Final = "Nothing left to do. Choose a failed row to retry it, or add accounts."
ONLY_ONE: Final = "This is the last row to do."
NOT_FOUND: Final = "No match. Press esc to show all rows."
CREDENTIALS: Final = (
    "Go back to the accounts and press {key} ({label}). Then open this row again and paste the same code."
)
NO_APPLICATION: Final = "The queue needs an app. Press {new} to connect your first account."
REMOVE: Final = "Remove {label} from the queue?\n\nConnected accounts stay connected."
CLEAR: Final = "Remove {count} connected rows from the queue? The accounts stay connected."
NOTHING_DONE: Final = "No row is connected yet."
ANOTHER: Final = (
    "This code is for {account}, not {row}, so it wasn't saved for this row.\n\n"
    "The browser may still have been signed in to that account. Use a private window for each owner."
)
TO_ASK: Final = (
    "This code is for {account}. The row says {row}, without an account number. Is it the same account?"
)
NOT_KNOWN: Final = "connected as {address}, but the account's name isn't known: {remark}"
NOT_GRANTED: Final = "not granted: {scopes}"
WAS_FOR: Final = "the code was for {account}"
OTHER_ROW: Final = "✓ {account} has its own row, which is connected now."
DAMAGED: Final = (
    "{what}\n\nStart a new queue? The damaged file stays beside it, with “.damaged” added to its name. "
    "Connected accounts stay connected."
)

# adding
HOW: Final = (
    "One account per line: name, account number, permissions. Number and permissions are optional. Without "
    "permissions, the app's own are used."
)
FILE: Final = "Or choose a CSV file (UTF-8, separated by comma, semicolon or tab)"
FILE_HINT: Final = "path to the file"
NOTHING_TYPED: Final = "Type or paste at least one line, or choose a file."
BOTH: Final = "You typed lines and chose a file. Clear one of them."
READ_AS: Final = "The file isn't UTF-8. It was read as {encoding}."
NOT_USED: Final = "Ignored columns: {unused}. Used: {used}."
UNKNOWN: Final = "Line {line}: {remark}"
TAKE: Final = "{count} to add:\n{names}\n\nAdd them?"
CONNECTED: Final = "Already connected: {names}.\n\nAsk these owners again?"
ADDED: Final = "{count} added."
NO_NEW: Final = "Nothing new."

# today
NO_ONE_TODAY: Final = "No accounts authorized today yet."
TODAY_KEPT: Final = "The list contains no secrets. Only you can read the file."
TODAY_SAVED: Final = "✓ Saved today's list to {path}"

_NAMED_AT_MOST: Final = 3
_SHOWN_AT_MOST: Final = 5


def meter(stored: int, waiting: int) -> str:
    """Count the stored accounts of the application against the limit of private ones."""
    blocks = "■" * min(stored, LIMIT) + "□" * max(LIMIT - stored, 0)
    if stored > LIMIT:
        return f"{stored} accounts connected here. Private apps can connect {LIMIT}."
    line = f"{blocks} {stored} of {LIMIT} accounts used (private apps)."
    left = LIMIT - stored
    if waiting <= left:
        return line
    fits = f"only {left} fit{'s' if left == 1 else ''}" if left else "none fits"
    return f"{line} {waiting} to do, {fits}. Ask Smily to raise the limit."


def count(queue: Queue) -> str:
    """Count the rows, and those of them that are connected or failed."""
    rows = len(queue.rows)
    done, failed = queue.count(RowState.VERIFIED), queue.count(RowState.FAILED, RowState.OTHER)
    parts = [f"{rows} row{'' if rows == 1 else 's'}", f"{done} connected"]
    return " · ".join([*parts, f"{failed} failed"] if failed else parts)


def place(row: Row, queue: Queue) -> str:
    """Name a row, with its place among the others."""
    numbers = [queued.number for queued in queue.rows]
    at = numbers.index(row.number) + 1 if row.number in numbers else 0
    return f"Row {at} of {len(numbers)}: {row.called}"


def called(account: Account) -> str:
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
    parts.extend(_unknown_scopes(reading.rows))
    if not parts:
        return ""
    rows = sorted((row for _, row in reading.rows), key=lambda row: row.label.isascii())
    names = [f"  {row.called}" for row in rows[:_SHOWN_AT_MOST]]
    left_out = [f"  and {len(rows) - len(names)} more"] if len(rows) > len(names) else []
    return "\n\n".join([*parts, TAKE.format(count=len(rows), names="\n".join([*names, *left_out]))])


def _unknown_scopes(rows: Sequence[tuple[int, Row]]) -> list[str]:
    """Remark on scopes that Smily's reference does not have, each where it stands first."""
    first: dict[str, int] = {}
    for line, row in rows:
        for scope in row.scopes:
            if find(scope) is None:
                first.setdefault(scope, line)
    remarks = [UNKNOWN.format(line=line, remark=unknown(scope)) for scope, line in first.items()]
    left_out = len(remarks) - _SHOWN_AT_MOST
    return remarks[:_SHOWN_AT_MOST] + ([f"And {left_out} more unknown permissions."] if left_out > 0 else [])


def added(sorted_out: Sorted, count: int) -> str:
    """Count the rows that came onto the list, and name those that were left out."""
    parts = [ADDED.format(count=count) if count else NO_NEW]
    if sorted_out.twice:
        parts.append(
            f"Skipped duplicate{'' if len(sorted_out.twice) == 1 else 's'}: {names(sorted_out.twice)}."
        )
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
    return f"{authorized} · failed: {failed}" if failed else authorized


def entry(outcome: Entry) -> str:
    """Write the result of asking one owner, in lines."""
    number = f" (account {outcome.account_id})" if outcome.account_id is not None else ""
    lines = [f"{outcome.label}{number}: {outcome.result}"]
    if outcome.scopes:
        lines.append(f"  {outcome.application}: {'  '.join(outcome.scopes)}")
    if outcome.not_given:
        lines.append(f"  ! not granted: {'  '.join(outcome.not_given)}")
    return "\n".join(lines)
