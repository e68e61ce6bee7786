"""Menus: choices by number, letter, word, or the beginning of a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.text import Untrusted


UNKNOWN: Final = "That is none of the choices. Type ? to hear them."


@dataclass(frozen=True)
class Choice:
    """One thing that can be done.

    Attributes:
        key: the letter that does it, as in the full-screen program.
        word: what it is called.
        help: one sentence.
        act: does it.
    """

    key: str
    word: str
    help: str
    act: Callable[[], object]


def find(choices: Sequence[Choice], typed: Untrusted, *, numbered: bool = True) -> Choice | None:
    """The choice that is meant; None where that is not clear."""
    wanted = typed.for_parsing().casefold().strip(" .")
    if numbered and wanted.isdecimal():
        return choices[int(wanted) - 1] if 0 < int(wanted) <= len(choices) else None
    exact = [each for each in choices if wanted in (each.key, each.word)]
    begun = [each for each in choices if len(wanted) > 1 and each.word.startswith(wanted)]
    found = exact or begun
    return found[0] if len(found) == 1 else None


def short(choices: Sequence[Choice], *, numbered: bool = True) -> list[str]:
    """A line for each choice."""
    return [f"{_mark(number, each, numbered)} {each.word}" for number, each in enumerate(choices, 1)]


def explained(choices: Sequence[Choice], *, numbered: bool = True) -> list[str]:
    """A line for each choice, with what it does."""
    return [
        f"{line}: {each.help}" for line, each in zip(short(choices, numbered=numbered), choices, strict=True)
    ]


def _mark(number: int, choice: Choice, numbered: bool) -> str:
    return str(number) if numbered else choice.key
