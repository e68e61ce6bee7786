"""The permissions by what they are about, with a tick each, readable without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from smily_tui.oauth.scope_search import search
from smily_tui.oauth.scopes import arrange, find
from smily_tui.tui.actions import SCOPES, bindings

if TYPE_CHECKING:
    from collections.abc import Iterable

ABOUT_WIDTH, KIND_WIDTH = 13, 12
UNKNOWN = "Other"
ALWAYS = frozenset({"public"})


class ScopeList(OptionList):
    """Space ticks, Enter goes on; a search hides rows and never unticks one."""

    ACTIONS = SCOPES
    BINDINGS = bindings(ACTIONS)

    class Ticked(Message):
        """A tick was set or taken away."""

    class Pointed(Message):
        """The cursor is on another row, or on none."""

    class GoOn(Message):
        """The person is done here."""

    def __init__(self, chosen: Iterable[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ticked = set(chosen)
        self._wanted = ""
        self._rows: list[str] = []

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is ticked, in the order in which it is asked for."""
        return arrange(self._ticked)

    @property
    def pointed(self) -> str | None:
        """The name of the permission under the cursor."""
        return None if self.highlighted is None else self._rows[self.highlighted]

    def on_mount(self) -> None:
        """Show the rows."""
        self._fill()

    def choose(self, names: Iterable[str]) -> None:
        """Tick exactly these."""
        self._ticked = set(names)
        self._fill()
        self.post_message(self.Ticked())

    def add(self, name: str) -> None:
        """Tick one more; it may be one that the catalogue does not know."""
        self.choose([*self._ticked, name])

    def search(self, wanted: str) -> None:
        """Show only rows that fit a wish, an endpoint or a part of a name."""
        self._wanted = wanted
        self._fill()

    def action_go_on(self) -> None:
        """Enter: the page decides what comes next."""
        self.post_message(self.GoOn())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Space or a click: change the tick of that row, and nothing else; what is always needed keeps it."""
        event.stop()
        if self._rows[event.option_index] in self._ticked & ALWAYS:
            self.app.bell()
            return
        self._ticked ^= {self._rows[event.option_index]}
        self.replace_option_prompt_at_index(event.option_index, self._row(event.option_index))
        self.post_message(self.Ticked())

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The cursor moved."""
        event.stop()
        self.post_message(self.Pointed())

    def _fill(self) -> None:
        unknown = sorted(name for name in self._ticked if find(name) is None)
        fitting = [name for name in unknown if self._wanted.strip().casefold() in name.casefold()]
        self._rows = [scope.name for scope in search(self._wanted)] + fitting
        self.clear_options()
        self.add_options(Option(self._row(index)) for index in range(len(self._rows)))
        hits = [at for at, name in enumerate(self._rows) if not self._wanted or name not in ALWAYS]
        self.highlighted = next(iter(hits), 0) if self._rows else None
        self.post_message(self.Pointed())

    def _row(self, index: int) -> Content:
        """What it is about, only where that changes; the tick; the kind; what it allows."""
        name = self._rows[index]
        scope = find(name)
        about = _about(name) if index == 0 or _about(self._rows[index - 1]) != _about(name) else ""
        tick = "[x]" if name in self._ticked else "[ ]"
        kind = scope.kind.ending if scope else name
        words = scope.summary if scope else "not in Smily's reference"
        return Content.assemble(
            (about.ljust(ABOUT_WIDTH), "bold"),
            f"{tick} ",
            (kind.ljust(KIND_WIDTH), "bold" if name in self._ticked else ""),
            words,
            "  (recommended)" if scope and scope.recommended else "",
        )


def _about(name: str) -> str:
    scope = find(name)
    return scope.resource if scope else UNKNOWN
