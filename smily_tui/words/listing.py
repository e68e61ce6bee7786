"""The words about a list of accounts: what is shown of it, and what is not."""

from __future__ import annotations

from typing import Final

NOTHING: Final = "No accounts yet.\n\nPress a to connect one; it takes about three minutes."
NOT_FOUND: Final = "None of the accounts is like that.\n\nesc shows all of them again."
RENEWED_BY_ANOTHER: Final = "! Another program renewed {label}; this is what it saved."
SORTED: Final = "Sorted by {order}. s sorts by the next thing."
ONLY: Final = "Showing: {only}. f shows the next kind, esc all."


def shown(number: int, only: str, words: str) -> str:
    """How many are shown, and of which kind."""
    kind = "" if only == "all" else f" ({only})"
    return f"{number} {'found' if words.strip() else 'shown'}{kind}"
