"""Menus: choices by number, letter, word, or the beginning of a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


UNKNOWN: Final = "Not a choice. Type ? for the choices."


@dataclass(frozen=True)
class Choice:
    """Entry of a menu.

    Attributes:
        key: its letter, as in the full-screen program.
        help: one sentence.
    """

    key: str
    word: str
    help: str
    act: Callable[[], object]


def find(choices: Sequence[Choice], typed: str, *, numbered: bool = True) -> Choice | None:
    """Return the choice that is meant; None where that is not clear."""
    word = typed.casefold().strip(" .")
    if numbered and word.isdecimal():
        return choices[int(word) - 1] if 0 < int(word) <= len(choices) else None
    exact = [choice for choice in choices if word in (choice.key, choice.word)]
    begun = [choice for choice in choices if len(word) > 1 and choice.word.startswith(word)]
    matches = exact or begun
    return matches[0] if len(matches) == 1 else None


def short(choices: Sequence[Choice], *, numbered: bool = True) -> list[str]:
    """Return a line for each choice."""
    return [f"{number if numbered else choice.key} {choice.word}" for number, choice in enumerate(choices, 1)]


def explained(choices: Sequence[Choice], *, numbered: bool = True) -> list[str]:
    """Return a line for each choice, with its help."""
    lines = zip(short(choices, numbered=numbered), choices, strict=True)
    return [f"{line}: {choice.help}" for line, choice in lines]
