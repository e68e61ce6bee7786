"""Base of every error that a person sees: what happened, what was kept, what to do next.

Each room draws its own hierarchy below this class, in its `errors` module:

    SmilyError            exit code 1
      SystemRefused       1  refused by the system
        Exhausted         7  no process, thread, file or memory is left
      UsageError          2  invalid command line or input
      oauth.errors        5 the server refused, 6 network or no answer
      vault.errors        3 no such account, or several; 7 the store
      tokens.errors       4 a new authorization is needed, 6 in doubt, 7 kept in the journal

The TUI and the command line show the same three sentences.
"""

from __future__ import annotations

import errno
import os

from smily_tui.text import clean

TYPE_CHECKING = False  # see smily_tui.text
if TYPE_CHECKING:
    from typing import Any, ClassVar, Final, Self

REPORT: Final = "Try again. If it happens again, report it to the maintainers of smily-tui."
_EXHAUSTED: Final = frozenset({errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_NO_MEMORY: Final[tuple[tuple[type[Exception], str], ...]] = (
    (MemoryError, ""),
    # a function of C that did not say so to CPython (3.11 to 3.13)
    (SystemError, "without exception set"),
    (SystemError, "without setting an exception"),
    # a module of C that is imported late: the loader of glibc 2.36 has words, but no errno
    (ImportError, "failed to map segment"),
    (ImportError, "annot allocate memory"),
    (ImportError, "out of memory"),
)
"""Exceptions for want of memory, with words that they have in common."""


class SmilyError(Exception):
    """Error with an exit code and three sentences; never holds a secret.

    Args:
        what: what happened, in one or two sentences.
        kept: what is still there and safe; empty where the class default says it.
        next: what the person can do now.

    Attributes:
        again_at: when trying again can help, in seconds UTC; None: at any time, or never.
        causes: what may have caused it, less likely than what `what` says; a sentence, or empty.
    """

    exit_code: ClassVar[int] = 1
    default_kept: ClassVar[str] = "Nothing was changed."
    default_next: ClassVar[str] = "Try again."
    again_at: float | None = None
    causes: str = ""

    def __init__(self, what: str, *, kept: str = "", next: str = "") -> None:  # noqa: A002
        super().__init__(what)
        self.what = what
        self.kept = kept or self.default_kept
        self.next = next or self.default_next

    @property
    def name(self) -> str:
        """Return the name under which the error crosses from the worker process to its caller."""
        return type(self).__name__

    def as_dict(self) -> dict[str, str | float | None]:
        """Return JSON-ready values, for the way from a worker process to its caller."""
        sentences = {"what": self.what, "kept": self.kept, "next": self.next}
        causes = {"causes": self.causes} if self.causes else {}
        return {"name": self.name, **sentences, "again_at": self.again_at, **causes}

    @classmethod
    def from_dict(cls, stated: dict[str, Any]) -> SmilyError:
        """Return the error that `as_dict` wrote, of its own class."""
        error = cls.named(stated["name"])(stated["what"], kept=stated["kept"], next=stated["next"])
        error.again_at, error.causes = stated["again_at"], stated.get("causes", "")
        return error

    @classmethod
    def named(cls, name: str) -> type[SmilyError]:
        """Return the error class `name` among those imported so far; `SmilyError` without one."""
        pending: list[type[SmilyError]] = [SmilyError]
        while pending:
            kind = pending.pop()
            if kind.__name__ == name:
                return kind
            pending.extend(kind.__subclasses__())
        return SmilyError

    def in_lines(self) -> str:
        """Write what happened, what was kept and what to do: one line each."""
        return "\n".join(line for line in (self.in_full, self.kept, self.next) if line)

    @property
    def in_full(self) -> str:
        """What happened, with every cause."""
        return f"{self.what} {self.causes}".rstrip()

    def saying(self, *, kept: str = "", next: str = "") -> Self:  # noqa: A002
        """Replace sentences by those that fit the caller's situation better; return the same error."""
        self.kept = kept or self.kept
        self.next = next or self.next
        return self


class UsageError(SmilyError):
    """Invalid command line, or invalid input."""

    exit_code = 2
    default_kept = "Nothing was done."
    default_next = "See smily-tui --help."


class SystemRefused(SmilyError):
    """Refusal of the system that no other error names, such as writing output."""

    default_next = "Try again."

    @classmethod
    def behind(cls, error: BaseException | None) -> SystemRefused | None:
        """Return the named error where the system refused something; None where an error is a bug."""
        if isinstance(error, OSError):
            kind = Exhausted if error.errno in _EXHAUSTED else SystemRefused
            return kind(f"The system refused: {clean(error.strerror or type(error).__name__)}.")
        if any(isinstance(error, kind) and text in str(error) for kind, text in _NO_MEMORY):
            return cls.behind(OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)))
        # CPython has no class of its own for it, and drops the errno
        if isinstance(error, RuntimeError) and "start new thread" in str(error):
            return cls.behind(OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)))
        return None


class Exhausted(SystemRefused):
    """No process, thread, file or memory is left."""

    exit_code = 7
    default_next = "Close other programs or raise the limits for processes and open files, then try again."


def named(error: BaseException | None) -> SmilyError:
    """Return an error as a person may see it; of a bug the type alone: its text may hold anything."""
    if isinstance(error, SmilyError):
        return error
    return SystemRefused.behind(error) or SmilyError(f"A bug: {type(error).__name__}.", next=REPORT)
