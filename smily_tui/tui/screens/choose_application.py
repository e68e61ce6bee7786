"""Dialog to choose one of several stored applications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.messages.connect import ANOTHER_APPLICATION, STORED_APPLICATION_QUESTION
from smily_tui.tui.actions import APPLICATIONS, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.screens.wizard import Start
from smily_tui.tui.widgets.inputs import ButtonRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from smily_tui.vault.model import Application


class ApplicationDialog(Dialog[Start | None]):
    """List of the stored applications, and a line for another one; None: connect nothing."""

    ABOUT = "Choose the app for the new account, then press Enter."
    ACTIONS = APPLICATIONS
    BINDINGS = bindings(ACTIONS)

    def __init__(self, applications: Sequence[Application]) -> None:
        super().__init__()
        self._applications = tuple(applications)

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(Content(f"{STORED_APPLICATION_QUESTION}\n"))
            names = (*(application.name for application in self._applications), ANOTHER_APPLICATION)
            yield OptionList(*(Option(Content(name)) for name in names), markup=False, compact=True)
            yield Static("", markup=False)
            yield ButtonRow(self.button("leave"))

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_index == len(self._applications):
            self.dismiss(Start())
        else:
            application = self._applications[event.option_index]
            self.dismiss(Start(application, application.scopes))

    def action_leave(self) -> None:
        self.dismiss(None)
