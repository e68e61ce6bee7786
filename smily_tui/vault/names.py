"""Paths on file systems that take two spellings for one file: É and é, or é in one and in two characters."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from pathlib import Path


def real_path(path: Path) -> Path:
    """Return the one spelling of a path, in whichever it is given: without links, and as folders list it."""
    real = path.resolve()
    listed = Path(real.anchor)
    for name in real.relative_to(real.anchor).parts:
        listed /= _listed(listed, name)
    return listed


def _listed(folder: Path, name: str) -> str:
    """Return a name as its folder lists it."""
    # most file systems take no other spelling, and their folders need not be read
    if os.path.lexists(folder / _other_spelling(name)):
        with contextlib.suppress(OSError):
            names = [entry.name for entry in folder.iterdir()]
            # not by inode: FUSE may number a file by its name
            alike = [listed for listed in names if _folded(listed) == _folded(name)]
            return alike[0] if alike and name not in names else name
    return name


def _other_spelling(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    return unicodedata.normalize("NFD" if name == composed else "NFC", name).swapcase()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
