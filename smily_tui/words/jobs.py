"""What can be done with accounts: the key, what it is called, and one sentence about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Job:
    """One thing that a person can do.

    Attributes:
        key: the key, as the toolkit writes it.
        label: a word or two.
        help: one sentence.
    """

    key: str
    label: str
    help: str


JOBS: Final = {
    "add": Job("a", "Add another", "Connect one more account with the same application."),
    "refresh": Job("r", "Refresh", "Get new tokens for this account now."),
    "reveal": Job("v", "Show", "Show the tokens for 30 seconds; again hides them."),
    "copy": Job("c", "Copy", "Copy the access token; never the refresh token."),
    "find": Job("slash", "Find", "Type a part of a name to find an account."),
    "quit": Job("q", "Quit", "Leave; a refresh that is running is finished and saved."),
    "new": Job("n", "New application", "Connect an account with another application."),
    "refresh_due": Job("R", "Refresh all due", "Refresh every account with little time left."),
    "again": Job("u", "Authorize again", "Ask the owner once more, for this account."),
    "rename": Job("e", "Rename", "Give this account another name."),
    "export": Job(
        "x",
        "Export",
        "Give the access token to a shell, a program, curl, HTTPie or Postman, as a file or copied.",
    ),
    "history": Job("h", "History", "Each use of this account's refresh token: who used it up?"),
    "forget": Job("d", "Forget", "Put what is stored here for this account into the trash."),
    "restore": Job("U", "Restore", "Bring back what was forgotten last."),
}
