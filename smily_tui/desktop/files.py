"""Files that a person names: typed or dropped paths, bounded reads, new private files."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes, urlsplit

from smily_tui.errors import UsageError
from smily_tui.system import here
from smily_tui.text import Untrusted, clean, unmarked

if TYPE_CHECKING:
    from collections.abc import Iterator


_TYPOGRAPHIC: Final = ("“”", "‘’", "«»", "„“", "``")


def place_of(typed: Untrusted) -> Path:
    """Return the absolute path that is meant: as it stands if it exists, else unquoted.

    Terminals quote the name of a file that is dragged into them as a shell wants it, in quotes or with
    backslashes; file managers copy an address (file:///my%20list.csv).
    """
    paths = [_expanded(spelling) for spelling in _spellings(typed.for_parsing())]
    return next((form for path in paths for form in _forms(path) if os.path.lexists(form)), paths[-1])


def _forms(path: Path) -> Iterator[Path]:
    """Yield a path as it stands, composed and decomposed: a file from a Mac has é in two characters."""
    yield path
    for form in ("NFC", "NFD"):
        yield Path(unicodedata.normalize(form, str(path)))


def _expanded(spelling: str) -> Path:
    """Return the absolute path; the home of an unknown user stays as it is written."""
    try:
        return Path(spelling).expanduser().absolute()
    except RuntimeError:
        return Path(spelling).absolute()


def _spellings(typed: str) -> Iterator[str]:
    """Yield the path as it stands, then without what is around it."""
    text = unmarked(typed).strip().strip("\ufeff\u200b")
    yield text
    bare = text[1:-1] if text[:1] + text[-1:] in _TYPOGRAPHIC else _word(text)
    if bare.lower().startswith("file:"):
        # bytes: the name of a file need not be UTF-8
        bare = os.fsdecode(unquote_to_bytes(urlsplit(bare).path))
    yield bare


def _word(text: str) -> str:
    """Return the word that a shell would make of it; the text where it would make several, or none."""
    try:
        arguments = here.split(text)
    except ValueError:
        return text
    return arguments[0] if len(arguments) == 1 else text


def read_chosen(path: Untrusted, most: int) -> bytes:
    """Read a file; one byte more than `most` where it is longer, so that the caller can tell.

    Raises:
        UsageError: it is not there, is no plain file, or cannot be read.
    """
    try:
        descriptor = here.open_file(place_of(path), os.O_RDONLY, 0, follow=True)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _cannot(path, "it is not a regular file")
            return file.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in the path
        number = error.errno if isinstance(error, OSError) else None
        raise _cannot(path, os.strerror(number) if number else "no such file") from None


def _cannot(path: Untrusted, reason: str) -> UsageError:
    return UsageError(f"Cannot read {clean(path, 120)}: {reason}.", next="Choose another file.")


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
            next="Choose an existing folder.",
        ) from None
    return path


def _new_file(folder: Path, name: str) -> tuple[Path, int]:
    """Open a file under the first free name; what is there already is never overwritten nor followed."""
    whole = Path(name)
    for number in range(1, MOST_NAMES):
        path = folder / (name if number == 1 else f"{whole.stem}-{number}{whole.suffix}")
        try:
            # O_EXCL: a link that waits under this name is not followed either (POSIX, open)
            return path, here.open_file(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(17, "File exists")
