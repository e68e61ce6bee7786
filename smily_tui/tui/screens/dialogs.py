"""Small questions over a screen: yes or no, a name, the help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from smily_tui.messages import accounts
from smily_tui.text import Untrusted
from smily_tui.tui.actions import HELP, NAME, QUESTION, READING, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.button_row import ButtonRow
from smily_tui.tui.widgets.fields import PasteInput
from smily_tui.tui.widgets.hanging import Hanging, Hung, hung
from smily_tui.tui.words import day_and_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from smily_tui.text import Clean
    from smily_tui.tui.actions import Action
    from smily_tui.vault.history import Rotation

NOTHING: Final = Untrusted("")
MOVING: Final = (
    "Tab and shift+Tab move, arrows choose in a list, Enter presses. ^p has every action by name; "
    "the mouse does all of it, too. [keys] in config.toml changes the keys. esc closes this."
)


class Question(Dialog[bool]):
    """A question with two answers; the safe one has the focus, and Esc gives it."""

    ABOUT = "A question. The answer that loses nothing is chosen already: Enter or esc gives it."
    ACTIONS = QUESTION
    BINDINGS = bindings(ACTIONS)

    def __init__(self, question: str, yes: str, no: str, *, safe: bool = False) -> None:
        super().__init__()
        self._question, self._yes, self._no, self._safe = question, yes, no, safe

    def compose(self) -> ComposeResult:
        """Build the question."""
        with VerticalScroll(can_focus=False):
            yield Static(Content(self._question))
            yield ButtonRow(
                Button(Content(self._yes), id="yes", compact=True),
                Button(Content(self._no), id="no", compact=True),
            )

    def on_mount(self) -> None:
        """The safe answer has the focus."""
        self.query_one("#yes" if self._safe else "#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "yes")

    def action_safe(self) -> None:
        """Esc is the safe answer."""
        self.dismiss(self._safe)


class NameDialog(Dialog[Untrusted]):
    """Asks for a name; empty means: leave it."""

    ABOUT = "Another name for an account. Enter takes it; without a name nothing changes."
    ACTIONS = NAME
    BINDINGS = bindings(ACTIONS)

    def __init__(self, name: Clean) -> None:
        super().__init__()
        self._name_before = name

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with VerticalScroll(can_focus=False):
            yield Static("A new name. The account's address stays.", markup=False)
            yield PasteInput(value=self._name_before)
            yield ButtonRow(
                Button("Rename", variant="primary", id="rename", compact=True),
                Button("Leave it", id="leave", compact=True),
            )

    @on(Button.Pressed, "#leave")
    def _left(self) -> None:
        self.dismiss(NOTHING)

    @on(Input.Submitted)
    @on(Button.Pressed, "#rename")
    def _done(self) -> None:
        self.dismiss(self.query_one(PasteInput).typed)

    def action_leave(self) -> None:
        """Leave the name as it is."""
        self.dismiss(NOTHING)


class HistoryScreen(Dialog[None]):
    """Each use of an account's refresh token, newest first: when, why, by whom, and what came of it."""

    ABOUT = "Each use of this account's refresh token, newest first. Arrows scroll."
    ACTIONS = READING
    BINDINGS = bindings(ACTIONS)

    def __init__(self, label: Clean, history: Sequence[Rotation], now: float) -> None:
        super().__init__()
        self._label, self._history, self._now = label, history, now

    def compose(self) -> ComposeResult:
        """Build the list."""
        with VerticalScroll():
            yield Static(Content(f"{accounts.HISTORY.format(label=self._label)}\n"))
            for each in reversed(self._history):
                at = day_and_time(each.at, self._now)
                row = Content.assemble(
                    (f"{at}  {each.outcome}", "bold"),
                    f"  {each.why}\n  {accounts.change(each)}  {each.host}: {each.process}",
                )
                yield Hanging(hung(row))
            if not self._history:
                yield Static(Content(accounts.NO_HISTORY))
            yield Static(Content(f"\n{accounts.FINGERPRINTS} esc closes this."), classes="why")
            yield ButtonRow(Button("Close", compact=True))

    def on_button_pressed(self) -> None:
        """Close the list."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Close the list."""
        self.dismiss(None)


class HelpScreen(Dialog[None]):
    """What the screen below is for, and all its keys."""

    ACTIONS = HELP
    BINDINGS = bindings(ACTIONS)

    def __init__(self, about: str, actions: Sequence[Action]) -> None:
        super().__init__()
        self._about, self._actions = about, actions

    def compose(self) -> ComposeResult:
        """Build the help."""
        with VerticalScroll():
            yield Static(Content(self._about + "\n"))
            yield Hanging([_what_it_does(each) for each in self._actions])
            yield Static(Content(f"\n{MOVING}"), classes="why")
            yield ButtonRow(Button("Close", compact=True))

    def on_button_pressed(self) -> None:
        """Close the help."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Close the help."""
        self.dismiss(None)


def _what_it_does(action: Action) -> Hung:
    keys = Content.styled(f"{action.keys:<7}", "bold $text-accent")
    return keys, Content(f"{action.label}: {action.help}")
