"""A text that a person wants to keep, written into a folder that they name: a new file, for them alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from smily_tui.desktop.typed_path import place_of
from smily_tui.errors import UsageError
from smily_tui.text import Untrusted, clean

MOST_NAMES: Final = 100


def save_text(folder: Untrusted, name: str, text: str) -> Path:
    """Write a new file with mode 0600; where the name is taken, `-2`, `-3` … is put behind it.

    Raises:
        UsageError: it cannot be written there.
    """
    try:
        place = place_of(folder if folder.for_parsing().strip() else Untrusted("~"))
        path, descriptor = _new_file(place, name)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "no such folder"
        raise UsageError(
            f"Cannot write into {clean(folder, 120)}: {reason}.",
            next="Name another folder, one that is there.",
        ) from None
    return path


def _new_file(folder: Path, name: str) -> tuple[Path, int]:
    """The first free name and its opened file; what is there already is never overwritten nor followed."""
    whole = Path(name)
    for number in range(1, MOST_NAMES):
        path = folder / (name if number == 1 else f"{whole.stem}-{number}{whole.suffix}")
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(17, "File exists")
