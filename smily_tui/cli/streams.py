"""Standard streams of this process: none is closed, and no letter or byte is a bug."""

from __future__ import annotations

import codecs
import io
import os
import sys

from smily_tui.errors import UsageError

TYPE_CHECKING = False  # see smily_tui.text
if TYPE_CHECKING:
    from typing import Final, NoReturn

# stdout for reading: a token that goes nowhere must fail (EBADF), an error that nobody reads need not
STREAMS: Final = (
    ("stdin", "r", os.O_RDONLY),
    ("stdout", "w", os.O_RDONLY),
    ("stderr", "w", os.O_WRONLY),
)
UNICODE: Final = "Set LC_ALL=C.UTF-8 or PYTHONIOENCODING=utf-8."
_REFUSE: Final = "smily-tui.refuse"
# surrogateescape is Python's own choice in the C locale; whoever chose another way means it
_BY_DEFAULT: Final = {"strict", "surrogateescape"}


class NoText(UsageError):
    """Input that holds bytes which stand for no letter."""


def make_whole() -> None:
    """Open the streams that were closed by whoever started this, and make all three take any text.

    A closed input has ended then, and nobody reads errors; but writing output fails as on any bad descriptor.
    Input that is no text is refused in words. Output shows a question mark for a letter that its encoding
    lacks, so that one name does not hide a whole list; stderr copes by itself.
    """
    # in this order: each gets the lowest free number, which is its own (POSIX, open)
    for name, mode, flags in STREAMS:
        if getattr(sys, name) is None:
            number = os.open(os.devnull, flags)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
    codecs.register_error(_REFUSE, _refuse)
    for stream, errors in ((sys.stdin, _REFUSE), (sys.stdout, "replace")):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in _BY_DEFAULT:
            stream.reconfigure(errors=errors)


def tell(text: str, *, end: str = "\n") -> None:
    """Write a line for a person on stderr; `print` would take anything, untrusted text as well."""
    try:
        sys.stderr.write(text + end)
        sys.stderr.flush()
    except OSError:
        drop_errors()


def drop_errors() -> None:
    """Send stderr, which cannot be written, nowhere: what was asked for is done all the same."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def write_exactly(text: str) -> None:
    """Write a text on stdout unchanged: all of it, or nothing.

    Raises:
        UsageError: the encoding of stdout lacks one of its letters.
    """
    encoding = sys.stdout.encoding or "utf-8"
    try:
        # a question mark in a token would make another token, which looks like one
        text.encode(encoding)
    except UnicodeEncodeError as error:
        letter = text[error.start]
        raise UsageError(
            f"The output encoding {encoding} lacks “{letter}”.", kept="Nothing was printed.", next=UNICODE
        ) from None
    sys.stdout.write(text)


def no_text(error: UnicodeError) -> NoText:
    """Return the named error for input that cannot be decoded."""
    encoding = getattr(error, "encoding", "utf-8")
    again = "Copy it again, or save it as UTF-8." if "utf" in encoding else UNICODE
    return NoText(f"The input is not valid {encoding} text.", next=again)


def _refuse(error: UnicodeError) -> NoReturn:
    raise no_text(error) from None
