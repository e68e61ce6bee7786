"""The words about a list of accounts: what is shown of it, and what is not; actions stand for their keys."""

from __future__ import annotations

from typing import Final

NOTHING: Final = "No accounts yet.\n\nPress {add} to connect one; it takes about three minutes."
NOT_FOUND: Final = "None of the accounts is like that.\n\n{show_all} shows all of them again."
RENEWED_BY_ANOTHER: Final = "! Another program renewed {label}; this is what it saved."
SORTED: Final = "Sorted by {order}. {sort} sorts by the next thing."
NOT_USED: Final = "Not used, in config.toml: {what}."
ONLY: Final = "Showing: {kind}. {only} shows the next kind, {show_all} all."


def shown(number: int, only: str, words: str) -> str:
    """How many are shown, and of which kind."""
    kind = "" if only == "all" else f" ({only})"
    return f"{number} {'found' if words.strip() else 'shown'}{kind}"
