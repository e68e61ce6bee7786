"""Step 2: what the application may do, chosen by number or name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.messages import connect as words
from smily_tui.oauth.scope_search import search
from smily_tui.oauth.scopes import CATALOGUE, PRESETS, arrange, find, is_valid_name
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.oauth.scopes import Scope
    from smily_tui.plain.console import Console

DONE: Final = "done"
LIST: Final = "list"
PRESET: Final = "preset"
HOW: Final = (
    "A number or a name chooses it.",
    "Once more takes it away.",
    f"list says all {len(CATALOGUE)}.",
    "A wish finds some, such as create bookings.",
    "A request does, too, such as GET /rentals.",
    "A plus before a name adds it as it is.",
    "preset and one of its names takes a ready choice:",
    f"{', '.join(PRESETS)}, or last for the last one.",
    "done goes on.",
)


NOTHING_FOUND: Final = "Nothing found. Type ? to hear what can be typed."


def choose(console: Console, before: Sequence[str], last: Sequence[str] = ()) -> tuple[str, ...]:
    """What to ask for, beginning with what was chosen `before`; `last` is what was asked for last time.

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
        named, preset = _named(typed, chosen), _preset(typed, last)
        if preset:
            chosen = arrange(preset)
            _tell(console, chosen)
        elif named:
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


def _preset(typed: str, last: Sequence[str]) -> Sequence[str]:
    """The choice of that name; none where it is not the name of one."""
    word, _, name = typed.casefold().partition(" ")
    return ({**PRESETS, "last": tuple(last)}).get(name.strip(), ()) if word == PRESET else ()


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
    meant = typed.startswith("+")
    name = typed.removeprefix("+").strip()
    found = () if meant else search("" if everything else typed)
    numbers = {scope.name: number for number, scope in enumerate(CATALOGUE, 1)}
    lines = [_line(numbers[scope.name], scope, scope.name in chosen, named=not everything) for scope in found]
    is_name = is_valid_name(name) and "/" not in name
    if lines or not is_name or not (meant or "_" in name):
        console.say(*(lines or [NOTHING_FOUND]))
        return chosen
    if not meant and not console.confirmed(f"{NOTHING_FOUND}\nAsk for {clean(name, 60)} all the same?"):
        return chosen
    chosen = arrange((*chosen, name))
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
