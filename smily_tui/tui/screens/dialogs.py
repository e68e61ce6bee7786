"""Small questions over a screen: yes or no, a name, the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from smily_tui.tui.widgets.fields import PasteInput
from smily_tui.tui.words import day_and_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from smily_tui.text import Clean
    from smily_tui.tui.actions import Action
    from smily_tui.vault.ledger import Rotation


class Question(ModalScreen[bool]):
    """A question with two answers; the safe one has the focus, and Esc gives it."""

    BINDINGS = [("escape", "safe", "Back")]

    def __init__(self, question: str, yes: str, no: str, *, safe: bool = False) -> None:
        super().__init__()
        self._question, self._yes, self._no, self._safe = question, yes, no, safe

    def compose(self) -> ComposeResult:
        """Build the question."""
        with Vertical():
            yield Static(Content(self._question))
            with Horizontal():
                yield Button(Content(self._yes), id="yes", compact=True)
                yield Button(Content(self._no), id="no", compact=True)

    def on_mount(self) -> None:
        """The safe answer has the focus."""
        self.query_one("#yes" if self._safe else "#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "yes")

    def action_safe(self) -> None:
        """Esc is the safe answer."""
        self.dismiss(self._safe)


class NameDialog(ModalScreen[str]):
    """Asks for a name; empty means: leave it."""

    BINDINGS = [("escape", "leave", "Back")]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name_before = name

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with Vertical():
            yield Static("A new name. The account's address stays.", markup=False)
            yield PasteInput(value=self._name_before)
            with Horizontal():
                yield Button("Rename", variant="primary", compact=True)

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _done(self) -> None:
        self.dismiss(self.query_one(Input).value.strip())

    def action_leave(self) -> None:
        """Leave the name as it is."""
        self.dismiss("")


class HistoryScreen(ModalScreen[None]):
    """Each use of an account's refresh token, newest first: when, why, by whom, and what came of it."""

    BINDINGS = [("escape,h,q", "close", "Close")]

    def __init__(self, label: Clean, history: Sequence[Rotation], now: float) -> None:
        super().__init__()
        self._label, self._history, self._now = label, history, now

    def compose(self) -> ComposeResult:
        """Build the list."""
        with VerticalScroll():
            yield Static(Content(f"Who used the refresh token of {self._label}?\n"))
            for each in reversed(self._history):
                at = day_and_time(each.at, self._now)
                change = each.got if each.spent in ("", each.got) else f"{each.spent} > {each.got}"
                row = Content.assemble(
                    (f"{at}  {each.outcome}", "bold"),
                    f"  {each.why}\n  {change}  {each.host}: {each.process}",
                )
                yield Static(row)
            if not self._history:
                yield Static(Content("Nobody yet, as far as this computer knows."))
            yield Static(
                Content("\nTokens are told apart by a short fingerprint. esc closes this."), classes="why"
            )

    def action_close(self) -> None:
        """Close the list."""
        self.dismiss(None)


class HelpScreen(ModalScreen[None]):
    """What the screen below is for, and all its keys."""

    BINDINGS = [("escape,f1,q,question_mark", "close", "Close")]

    def __init__(self, about: str, actions: Sequence[Action]) -> None:
        super().__init__()
        self._about, self._actions = about, actions

    def compose(self) -> ComposeResult:
        """Build the help."""
        with VerticalScroll():
            yield Static(Content(self._about + "\n"))
            for each in self._actions:
                row = Content.assemble((f"{each.keys:<7}", "bold $text-accent"), f"{each.label}: {each.help}")
                yield Static(row)
            yield Static(Content("\n^p has every action by name. esc closes this."), classes="why")

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss(None)
