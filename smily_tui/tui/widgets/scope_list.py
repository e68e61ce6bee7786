"""The permissions with a tick each, readable without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from smily_tui.oauth.scopes import CATALOGUE, Scope, arrange
from smily_tui.tui.actions import SCOPES, bindings

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME_WIDTH = 25


class ScopeList(OptionList):
    """Space ticks, Enter goes on; a filter hides rows and never unticks one."""

    ACTIONS = SCOPES
    BINDINGS = bindings(ACTIONS)

    class Ticked(Message):
        """A tick was set or taken away."""

    class GoOn(Message):
        """The person is done here."""

    def __init__(self, chosen: Iterable[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ticked = set(chosen)
        self._filter = ""

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is ticked, in the order in which it is asked for."""
        return arrange(self._ticked)

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

    def filter(self, words: str) -> None:
        """Show only rows that hold all of these words."""
        self._filter = words.casefold()
        self._fill()

    def action_go_on(self) -> None:
        """Enter: the page decides what comes next."""
        self.post_message(self.GoOn())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Space or a click: change the tick of that row, and nothing else."""
        event.stop()
        name = event.option_id or ""
        self._ticked ^= {name}
        self.replace_option_prompt_at_index(event.option_index, self._row(name))
        self.post_message(self.Ticked())

    def _fill(self) -> None:
        known = {scope.name for scope in CATALOGUE}
        names = [scope.name for scope in CATALOGUE] + sorted(self._ticked - known)
        wanted = self._filter.split()
        rows = [name for name in names if all(word in self._text(name).casefold() for word in wanted)]
        self.clear_options()
        self.add_options(Option(self._row(name), id=name) for name in rows)
        if rows:
            self.highlighted = 0

    def _row(self, name: str) -> Content:
        tick = "[x]" if name in self._ticked else "[ ]"
        style = "bold" if name in self._ticked else ""
        return Content.assemble(f"{tick} ", (name.ljust(NAME_WIDTH) + " ", style), self._words(name))

    def _text(self, name: str) -> str:
        return f"{name} {self._words(name)}"

    def _words(self, name: str) -> str:
        scope = next((each for each in CATALOGUE if each.name == name), None)
        return _summary(scope) if scope else "not in the reference"


def _summary(scope: Scope) -> str:
    return f"{scope.summary}  (recommended)" if scope.recommended else scope.summary
