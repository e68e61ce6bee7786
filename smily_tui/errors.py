"""The base of every error that a person sees: what happened, what was kept, what to do next.

Each room draws its own hierarchy below this class, in its `errors` module:

    SmilyError            exit code 1
      UsageError          2  the command line, or what was typed, cannot be meant
      oauth.errors        5 the server refused, 6 network or no answer
      vault.errors        3 no such account, or several; 7 the store
      refresh.errors      4 a new authorization is needed, 6 in doubt, 7 kept in the journal

The TUI and the command line show the same three sentences.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self


class SmilyError(Exception):
    """An error with an exit code and three sentences; never holds a secret.

    Args:
        what: what happened, in one or two sentences.
        kept: what is still there and safe; empty where the class default says it.
        next: what the person can do now.

    Attributes:
        again_at: when trying again can help, in seconds UTC; None: at any time, or never.
    """

    exit_code: ClassVar[int] = 1
    default_kept: ClassVar[str] = "Nothing was changed."
    default_next: ClassVar[str] = "Try again; if it stays, please report it."
    again_at: float | None = None

    def __init__(self, what: str, *, kept: str = "", next: str = "") -> None:  # noqa: A002
        super().__init__(what)
        self.what = what
        self.kept = kept or self.default_kept
        self.next = next or self.default_next

    @property
    def name(self) -> str:
        """The name under which the error crosses from the helper process to its caller."""
        return type(self).__name__

    def as_dict(self) -> dict[str, str | float | None]:
        """The error as JSON-ready values, for the way from a helper process to its caller."""
        said = {"name": self.name, "what": self.what, "kept": self.kept, "next": self.next}
        return {**said, "again_at": self.again_at}

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> SmilyError:
        """The error that `as_dict` tells of, of its own class."""
        error = cls.named(said["name"])(said["what"], kept=said["kept"], next=said["next"])
        error.again_at = said["again_at"]
        return error

    @classmethod
    def named(cls, name: str) -> type[SmilyError]:
        """The error class called `name` among those imported so far; `SmilyError` where there is none."""
        pending: list[type[SmilyError]] = [SmilyError]
        while pending:
            found = pending.pop()
            if found.__name__ == name:
                return found
            pending.extend(found.__subclasses__())
        return SmilyError

    def in_lines(self) -> str:
        """What happened, what was kept and what to do: one line each."""
        return "\n".join(line for line in (self.what, self.kept, self.next) if line)

    def saying(self, *, kept: str = "", next: str = "") -> Self:  # noqa: A002
        """The same error with the words that fit the caller's situation better."""
        self.kept = kept or self.kept
        self.next = next or self.next
        return self


class UsageError(SmilyError):
    """The command line cannot be meant as it was written."""

    exit_code = 2
    default_kept = "Nothing was done."
    default_next = "See smily-tui --help."
