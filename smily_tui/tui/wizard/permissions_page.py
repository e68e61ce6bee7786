"""Step 2: what the application may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input, Static

from smily_tui.oauth.scopes import is_valid_name
from smily_tui.tui.actions import PERMISSIONS, bindings
from smily_tui.tui.widgets.fields import PasteInput
from smily_tui.tui.widgets.scope_list import ScopeList
from smily_tui.tui.wizard.page import Page, buttons, words
from smily_tui.words import connecting as say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult


class PermissionsPage(Page):
    """The permissions to ask for, filtered by typing."""

    DEFAULT_CSS = """
    PermissionsPage { overflow-y: hidden; }
    PermissionsPage ScopeList {
        height: 1fr; min-height: 4; border: none; margin-top: 1; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
    }
    PermissionsPage ScopeList:focus { border: none; }
    PermissionsPage #filter { margin-top: 1; }
    """
    ACTIONS = PERMISSIONS
    BINDINGS = bindings(ACTIONS)

    def compose(self) -> ComposeResult:
        """Build the page."""
        yield words(say.WHAT, "heading")
        yield words(f"{say.LITTLE} Space ticks, Enter continues.")
        yield PasteInput(placeholder="/ filter, or an exact name and Enter to add it", id="filter")
        yield ScopeList(["public"], id="scopes")
        yield words("", "remark", id="scope-words")
        yield buttons("Continue ›")

    def fill(self, scopes: Iterable[str]) -> None:
        """Tick what is known already."""
        self.query_one(ScopeList).choose(scopes)

    @property
    def chosen(self) -> tuple[str, ...]:
        """What is ticked."""
        return self.query_one(ScopeList).chosen

    def action_filter(self) -> None:
        """Type to find a permission."""
        self.query_one("#filter", Input).focus()

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.query_one(ScopeList).filter(event.value)

    @on(Input.Submitted, "#filter")
    def _add_or_leave(self, event: Input.Submitted) -> None:
        """A name that no row has is added as it is; otherwise the rows are looked at."""
        scopes = self.query_one(ScopeList)
        name = event.value.strip()
        if name and scopes.option_count == 0 and is_valid_name(name):
            event.input.value = ""
            scopes.add(name)
        scopes.focus()

    @on(ScopeList.GoOn)
    def _go_on(self) -> None:
        self.post_message(self.GoOn())

    @on(ScopeList.Ticked)
    def _advise(self) -> None:
        """Say what is missing or too much among the ticks."""
        advice = say.advice(self.chosen)
        text = f"! {advice}" if advice else f"{len(self.chosen)} chosen"
        self.query_one("#scope-words", Static).update(text)
