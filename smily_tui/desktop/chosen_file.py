"""A file that a person names, read whole: a plain file, and not more than so many bytes of it."""

from __future__ import annotations

import os
import stat

from smily_tui.desktop.typed_path import place_of
from smily_tui.errors import UsageError
from smily_tui.text import Untrusted, clean


def read_chosen(path: Untrusted, most: int) -> bytes:
    """The bytes of a file; one more than `most` where it is longer, so that the caller can tell.

    Raises:
        UsageError: it is not there, is no plain file, or cannot be read.
    """
    try:
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a FIFO does not block
        descriptor = os.open(place_of(path), flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _cannot(path, "it is no plain file")
            return file.read(most + 1)
    except (OSError, ValueError) as error:
        known = isinstance(error, OSError) and error.errno
        raise _cannot(path, os.strerror(error.errno) if known else "no such file") from None  # type: ignore[union-attr, arg-type]


def _cannot(path: Untrusted, reason: str) -> UsageError:
    return UsageError(f"Cannot read {clean(path, 120)}: {reason}.", next="Name another file.")
