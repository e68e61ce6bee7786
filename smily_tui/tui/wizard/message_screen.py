"""The message to an account's owner, to read, change the language of, and copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from smily_tui.messages.connect import LANGUAGES, MESSAGE_WHY, owner_message
from smily_tui.tui.actions import MESSAGE, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.button_row import ButtonRow

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.text import Clean
    from smily_tui.tui.app import SmilyApp

GO_BACK = "Press Enter to go back."


class MessageScreen(Dialog[str]):
    """A message ready to be sent; answers with it where it is to be copied, else with nothing."""

    ABOUT = (
        "A message for the owner of an account who sits elsewhere. Send it by mail or chat; the code comes "
        "back the same way, and is pasted in step 3."
    )
    ACTIONS = MESSAGE
    BINDINGS = bindings(ACTIONS)
    app: SmilyApp

    def __init__(self, application: Clean, account: Clean, link: str) -> None:
        super().__init__()
        self._messages = {each: owner_message(each, application, account, link) for each in LANGUAGES}
        self._language = next(iter(LANGUAGES))

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with VerticalScroll():
            yield Static(Content(MESSAGE_WHY), classes="why")
            yield ButtonRow(
                Button("Copy", variant="primary", id="copy", compact=True),
                Button("As text", id="text", compact=True),
                *(Button(Content(name), id=f"in-{each}", compact=True) for each, name in LANGUAGES.items()),
                Button("Close", id="close", compact=True),
            )
            yield Static(Content(f"\n{self._text}"), id="message")

    def on_mount(self) -> None:
        """Copying is what it is for."""
        self.query_one("#copy").focus()

    @property
    def _text(self) -> str:
        return self._messages[self._language]

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        pressed = event.button.id or ""
        if pressed.startswith("in-"):
            self._language = pressed.removeprefix("in-")
            self.query_one("#message", Static).update(Content(f"\n{self._text}"))
        elif pressed == "text":
            self.app.show_plain(f"{self._text}\n{GO_BACK}")
        else:
            self.dismiss(self._text if pressed == "copy" else "")

    def action_close(self) -> None:
        """Copy nothing."""
        self.dismiss("")
