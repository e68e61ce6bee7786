"""Name of a new app, asked for at the end: until then nobody needs one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.widgets import Input, Static

from smily_tui.messages.connect import APP_NAME, APP_NAME_HINT
from smily_tui.text import Clean, clean
from smily_tui.tui.widgets.inputs import PasteInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.vault.model import Application


class ApplicationName(Vertical):
    """Field with the name of an app that has just been stored; hidden for any other."""

    DEFAULT_CSS = """
    ApplicationName { height: auto; display: none; }
    ApplicationName.-open { display: block; }
    """
    _stored: Application | None = None

    def compose(self) -> ComposeResult:
        yield Static(APP_NAME, classes="label", markup=False)
        yield PasteInput(id="app-name")
        yield Static(APP_NAME_HINT, classes="why", markup=False)

    def ask(self, application: Application | None) -> None:
        """Ask for the name of a new app; None: there is no new one."""
        self._stored = application
        self.set_class(application is not None, "-open")
        self.query_one(Input).value = application.name if application else ""

    @property
    def changed(self) -> tuple[str, Clean] | None:
        """Key of the app and its new name; None where the name stays."""
        name = clean(self.query_one(PasteInput).typed, 120)
        if self._stored is None or name in ("", self._stored.name):
            return None
        return self._stored.key, name
