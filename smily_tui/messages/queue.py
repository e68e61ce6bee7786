"""Words of the authorization queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.messages.connect import not_granted, unknown
from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.text import anchored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.queue.reading import Found, Problem, Sorted
    from smily_tui.queue.today import Entry
    from smily_tui.vault.model import Account


LIMIT: Final = 5
"""Accounts that a private application connects until Smily raises it. Source: Smily's developer pages."""
LIMITED: Final = (
    "{stored} of {limit} accounts used (private apps). {waiting} to do, {fits}. Ask Smily to raise the limit."
)
BAR: Final = 10  # cells

EMPTY: Final = (
    "The queue is empty. Press {add} to add accounts, one per line or from a CSV file. Then press Enter to "
    "connect them one by one."
)
PRIVATE_WINDOW_HINT: Final = "Use a private window per owner. A signed-in browser won't ask."
ENTER_OPENS: Final = "press Enter to open the link, then paste here"
DONE: Final = "The queue is done."
ALL_DONE: Final = "✓ {label} is connected. The queue is done."
NEXT: Final = "✓ {label} is connected. Next: {next}."
ALREADY: Final = "{label} is already connected. Next: {next}."
DONE_BEFORE: Final = "{label} is already connected. Press {again} to ask the owner again."
ASK_AGAIN: Final = "{label} is already connected. Ask the owner again?"
NONE_OPEN: Final = "Nothing left to do. Choose a failed row to retry it, or add accounts."
ONLY_ONE: Final = "This is the last row to do."
NOT_CONNECTED: Final = "{label} isn't connected yet. Press Enter to open it."
EDITED: Final = "Saved {label}."
TWIN: Final = "{label} is in the queue already."
NOT_FOUND: Final = "No match. Press esc to show all rows."
CREDENTIALS: Final = (
    "Go back to the accounts and press {key} ({label}). Then open this row again and paste the same code."
)
NO_APPLICATION: Final = "The queue needs an app."
CONNECT_FIRST: Final = "Press {new} to connect your first account."
REMOVE: Final = "Remove {label} from the queue?\n\nConnected accounts stay connected."
CLEAR: Final = "Remove {count} connected rows from the queue? The accounts stay connected."
NOTHING_DONE: Final = "No row is connected yet."
CONNECTED_ROW: Final = "{label} is connected."
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
OTHER_SAVED: Final = "✓ Saved {account} under its own name."
OTHER_ROW: Final = "✓ {account} has its own row, which is connected now."
DAMAGED: Final = (
    "{what}\n\nStart a new queue? The damaged file stays beside it, with “.damaged” added to its name. "
    "Connected accounts stay connected."
)

# entering
NAME: Final = "Name"
ACCOUNT_NUMBER: Final = "Account number (optional)"
PERMISSIONS: Final = "Permissions (optional). Empty asks for the app's own."
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
ANY_SCOPE: Final = "Ask for {scopes} anyway?"
TAKE: Final = "{count} to add:\n{names}\n\nAdd them?"
CONNECTED: Final = "Already connected: {names}.\n\nAsk these owners again?"
ADDED: Final = "{count} added."
NO_NEW: Final = "Nothing new."
SKIPPED_CONNECTED: Final = "Skipped, already connected: {names}. To ask these owners again: --again"
FIX_LINES: Final = "Fix these lines and add them again."

# today
NO_ONE_TODAY: Final = "No accounts authorized today yet."
TODAY_KEPT: Final = "The list contains no secrets. Only you can read the file."
TODAY_SAVED: Final = "✓ Saved today's list to {path}"

_NAMED_AT_MOST: Final = 3
_SHOWN_AT_MOST: Final = 5
_PROBLEMS_AT_MOST: Final = 20


def meter(stored: int, waiting: int) -> str:
    """Warn where more rows are to do than the limit of private applications allows; empty otherwise."""
    left = LIMIT - stored
    if left < 0 or waiting <= left:  # with more accounts it is not a private application
        return ""
    fits = f"only {left} fit{'s' if left == 1 else ''}" if left else "none fits"
    return LIMITED.format(stored=stored, limit=LIMIT, waiting=waiting, fits=fits)


def title(queue: Queue, application: str) -> str:
    """Draw how many rows are connected as a bar, and count them; the demo's badge stands for its name."""
    return " · ".join(filter(None, ("queue", _progress(queue), application)))


def _progress(queue: Queue) -> str:
    full = queue.count(RowState.VERIFIED) * BAR // len(queue.rows) if queue.rows else 0
    return f"{'█' * full}{'░' * (BAR - full)} {counts(queue)}" if queue.rows else ""


def counts(queue: Queue) -> str:
    """Count the connected rows and the failed ones."""
    done, failed = queue.count(RowState.VERIFIED), queue.count(RowState.FAILED, RowState.OTHER)
    return f"{done} of {len(queue.rows)} connected" + (f" · {failed} failed" if failed else "")


def place(row: Row, queue: Queue) -> str:
    """Say which of the rows it is."""
    numbers = [queued.number for queued in queue.rows]
    at = numbers.index(row.number) + 1 if row.number in numbers else 0
    return f"Row {at} of {len(numbers)}"


def called(account: Account) -> str:
    """Write an account's name and number."""
    return f"{anchored(account.label)} (account {account.account_id})"


def not_granted_note(account: Account) -> str:
    """Name the permissions that were not granted; empty where all were."""
    missing = "  ".join(not_granted(account))
    return NOT_GRANTED.format(scopes=missing) if missing else ""


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


def problems(problems: Sequence[Problem], mark: str = "") -> str:
    """List lines that cannot be used, with a mark before each."""
    lines = [f"{mark}Line {problem.line}: {reason(problem)}" for problem in problems[:_PROBLEMS_AT_MOST]]
    left_out = len(problems) - len(lines)
    return "\n".join([*lines, *([f"{mark}And {left_out} more lines."] if left_out else [])])


def reason(problem: Problem) -> str:
    """Say why a line cannot be used."""
    return unknown(problem.unknown_scope) if problem.unknown_scope else problem.words


def any_scope(reading: Found, mark: str = "") -> str:
    """Ask whether permissions that Smily's list does not have are meant as they are written."""
    first: dict[str, Problem] = {}
    for problem in reading.unknown_scopes:
        first.setdefault(problem.unknown_scope, problem)
    remarks = problems(list(first.values()), mark)
    return f"{remarks}\n\n{ANY_SCOPE.format(scopes='it' if len(first) == 1 else 'them')}"


def guesses(reading: Found) -> list[str]:
    """Name what was guessed or left out in reading a list."""
    parts = [READ_AS.format(encoding=reading.encoding)] if reading.encoding else []
    if reading.header and reading.header.unused:
        unused = ", ".join(f"“{name}”" for name in reading.header.unused)
        used = ", ".join(f"“{name}” as {kind}" for name, kind in reading.header.used)
        parts.append(NOT_USED.format(unused=unused, used=used))
    return parts


def to_confirm(reading: Found) -> str:
    """Ask to confirm what was guessed or left out in reading a list; empty where nothing was."""
    parts = guesses(reading)
    if not parts or not reading.rows:
        return ""
    rows = sorted((row for _, row in reading.rows), key=lambda row: row.label.isascii())
    names = [f"  {row.called}" for row in rows[:_SHOWN_AT_MOST]]
    left_out = [f"  and {len(rows) - len(names)} more"] if len(rows) > len(names) else []
    return "\n\n".join([*parts, TAKE.format(count=len(rows), names="\n".join([*names, *left_out]))])


def added(sorted_out: Sorted, count: int) -> str:
    """Count the rows that came onto the list, and name those that were left out."""
    duplicates = duplicate_rows(sorted_out)
    return f"{ADDED.format(count=count) if count else NO_NEW} {duplicates}".rstrip()


def duplicate_rows(sorted_out: Sorted) -> str:
    """Name the rows that are twice in the queue or the list; empty without any."""
    if not sorted_out.twice:
        return ""
    return f"Skipped duplicate{'' if len(sorted_out.twice) == 1 else 's'}: {names(sorted_out.twice)}."


def skipped(sorted_out: Sorted) -> list[str]:
    """Name the rows that were left out, each kind in a line."""
    connected = SKIPPED_CONNECTED.format(names=names(sorted_out.connected)) if sorted_out.connected else ""
    none = "" if sorted_out.new or sorted_out.twice or sorted_out.connected else NO_NEW
    return list(filter(None, (duplicate_rows(sorted_out), connected, none)))


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
