"""Next steps: what there is to do while no account is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from smily_tui.messages.accounts import CONNECT_FIRST, DEMO_FIRST, NO_ACCOUNTS, QUEUE_FIRST, offer_restore
from smily_tui.system import command
from smily_tui.tui.actions import DASHBOARD
from smily_tui.tui.widgets.inputs import Button, ButtonRow

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.tui.base_app import BaseApp

_STEPS = {"add": CONNECT_FIRST, "queue": QUEUE_FIRST, "restore": ""}


class NextSteps(VerticalScroll):
    """Steps in sentences, and a button for each."""

    app: BaseApp

    DEFAULT_CSS = """
    NextSteps { display: none; height: 1fr; padding: 1 2; scrollbar-size-vertical: 1; }
    NextSteps Static { height: auto; margin-bottom: 1; }
    NextSteps .heading { text-style: bold; color: $text-primary; }
    NextSteps .why { color: $text-muted; }
    NextSteps ButtonRow { margin-top: 0; }
    """

    class Pressed(Message):
        """Wish for a step, by the name of its action."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__(can_focus=False)

    def compose(self) -> ComposeResult:
        yield Static(NO_ACCOUNTS, classes="heading", markup=False)
        for name in _STEPS:
            yield Static("", id=f"step-{name}", markup=False)
        if self.app.demo is None:
            sentence = DEMO_FIRST.format(command=command("smily-tui", "demo"))
            yield Static(sentence, classes="why", markup=False)
        actions = (action for action in DASHBOARD if action.name in _STEPS)
        yield ButtonRow(*(Button(Content(action.label), id=f"next-{action.name}") for action in actions))

    def show(self, *, usable: bool, forgotten: int) -> None:
        """Show the steps that there are: a queue needs an app, restoring an account in the trash."""
        keys = self.app.keys_of(DASHBOARD)
        sentences = {**_STEPS, "restore": offer_restore(forgotten)}
        available = {"add": True, "queue": usable, "restore": forgotten > 0}
        for name, sentence in sentences.items():
            step = self.query_one(f"#step-{name}", Static)
            step.update(sentence.format_map(keys))
            step.display = self.query_one(f"#next-{name}", Button).display = available[name]
        self.query_one("#next-add", Button).focus()

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Pressed((event.button.id or "").removeprefix("next-")))
