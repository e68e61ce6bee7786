"""A path as a person types it, pastes it, or drags the file into the terminal."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes, urlsplit

from smily_tui.text import unmarked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smily_tui.text import Untrusted

_TYPOGRAPHIC: Final = ("“”", "‘’", "«»", "„“", "``")


def place_of(typed: Untrusted) -> Path:
    """The absolute path that is meant: as it stands where that is there, else without quotes and escapes.

    Terminals quote the name of a file that is dragged into them as a shell wants it, in quotes or with
    backslashes; file managers copy an address (file:///my%20list.csv).
    """
    paths = [_expanded(spelling) for spelling in _spellings(typed.for_parsing())]
    return next((path for path in paths if os.path.lexists(path)), paths[-1])


def _expanded(spelling: str) -> Path:
    """The absolute path; a home of somebody who is not known here stays as it is written."""
    try:
        return Path(spelling).expanduser().absolute()
    except RuntimeError:
        return Path(spelling).absolute()


def _spellings(typed: str) -> Iterator[str]:
    """The path as it stands, then without what is around it."""
    text = unmarked(typed).strip().strip("\ufeff\u200b")
    yield text
    bare = text[1:-1] if text[:1] + text[-1:] in _TYPOGRAPHIC else _word(text)
    if bare.lower().startswith("file:"):
        bare = os.fsdecode(unquote_to_bytes(urlsplit(bare).path))
    yield bare


def _word(text: str) -> str:
    """The one word that a shell would make of it; the text where it would make several, or none."""
    try:
        words = shlex.split(text)
    except ValueError:
        return text
    return words[0] if len(words) == 1 else text
