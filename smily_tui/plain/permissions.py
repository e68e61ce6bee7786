"""Step 2: what the application may do, chosen by number or name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.oauth.scopes import CATALOGUE, arrange, find, is_valid_name
from smily_tui.text import clean
from smily_tui.words import connecting as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.oauth.scopes import Scope
    from smily_tui.plain.console import Console

DONE: Final = "done"
LIST: Final = "list"
HOW: Final = (
    "A number or a name chooses it.",
    "Once more takes it away.",
    f"list says all {len(CATALOGUE)}.",
    "Another word finds some, such as rentals.",
    "done goes on.",
)


def choose(console: Console, before: Sequence[str]) -> tuple[str, ...]:
    """What to ask for, beginning with what was chosen `before`.

    Raises:
        Back, Leave: the person does not want to.
    """
    chosen = arrange(before)
    console.say(words.WHAT, words.LITTLE, *HOW)
    _tell(console, chosen)
    while True:
        typed = console.ask("Permission", default=DONE, explain=HOW).for_parsing()
        if typed.casefold() == DONE:
            return chosen
        named = _named(typed, chosen)
        if named:
            chosen = _changed(console, chosen, named)
            _tell(console, chosen)
        else:
            chosen = _found(console, chosen, typed)


def _named(typed: str, chosen: Sequence[str]) -> list[str]:
    """The permissions that are named by number or name; none where anything else is among the words."""
    named = []
    for word in typed.replace(",", " ").split():
        if word.isdecimal() and 0 < int(word) <= len(CATALOGUE):
            named.append(CATALOGUE[int(word) - 1].name)
        elif find(word) or word in chosen:
            named.append(word)
        else:
            return []
    return named


def _changed(console: Console, chosen: tuple[str, ...], named: Sequence[str]) -> tuple[str, ...]:
    names = set(chosen)
    for name in named:
        scope = find(name)
        if name in names:
            console.say(f"Taken away: {clean(name)}.")
        else:
            console.say(f"Added: {clean(name)}. {scope.summary if scope else ''}".strip())
        names ^= {name}
    return arrange(name for name in (*chosen, *named) if name in names)


def _found(console: Console, chosen: tuple[str, ...], typed: str) -> tuple[str, ...]:
    """Say what a word finds; what it does not find may be asked for all the same."""
    everything = typed.casefold() == LIST
    wanted = [] if everything else typed.casefold().split()
    lines = [
        _line(number, scope, scope.name in chosen, named=not everything)
        for number, scope in enumerate(CATALOGUE, 1)
        if all(word in f"{scope.name} {scope.summary}".casefold() for word in wanted)
    ]
    console.say(*(lines or ["Nothing found. Type ? to hear what can be typed."]))
    if lines or not is_valid_name(typed) or "_" not in typed:
        return chosen
    if not console.confirmed("It is not in Smily's reference.\nAsk for it all the same?"):
        return chosen
    chosen = arrange((*chosen, typed))
    _tell(console, chosen)
    return chosen


def _line(number: int, scope: Scope, chosen: bool, *, named: bool) -> str:
    """What it allows, in plain words; its name where there are few of them."""
    name = f"{scope.name}: " if named else ""
    state = ", chosen" if chosen else ""
    return f"{number} {name}{scope.summary}{', recommended' if scope.recommended else ''}{state}"


def _tell(console: Console, chosen: Sequence[str]) -> None:
    console.say(f"Chosen: {' '.join(map(clean, chosen)) or 'none'}.")
    if remark := words.advice(chosen):
        console.say(f"Careful: {remark}")
