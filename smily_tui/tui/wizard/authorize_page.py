"""Step 3: the owner says yes in a browser, and the code comes back by hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static

from smily_tui.desktop.browser import is_remote
from smily_tui.tui.actions import WIZARD
from smily_tui.tui.widgets.button_row import ButtonRow
from smily_tui.tui.widgets.fields import SecretInput
from smily_tui.tui.wizard.page import Page, buttons, words
from smily_tui.tui.words import time_of_day
from smily_tui.words import connecting as say

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.text import Untrusted
    from smily_tui.tui.app import SmilyApp


class AuthorizePage(Page):
    """The link to open and, below, the field for the code; the focus is there already."""

    DEFAULT_CSS = """
    AuthorizePage #link { border: round $panel; padding: 0 1; height: auto; color: $text-primary; }
    AuthorizePage .links { margin-top: 0; }
    """

    app: SmilyApp

    class Wants(Message):
        """The person wants something done with the link: open, copy, text or qr."""

        def __init__(self, what: str) -> None:
            super().__init__()
            self.what = what

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._link = ""

    def compose(self) -> ComposeResult:
        """Build the page."""
        remote = is_remote(os.environ)
        yield words(REMOTE if remote else HERE, "heading", id="a-words")
        yield Static("", id="link", markup=False)
        order = ("copy", "text", "qr", "open") if remote else ("open", "copy", "text", "qr")
        yield ButtonRow(*(self._link_button(what) for what in order), classes="links")
        yield words(f"B  {say.PASTE}", "heading")
        yield SecretInput(placeholder="paste here, then Enter", id="code")
        yield words(say.FINE, id="made")
        yield buttons("Check code ›")

    def _link_button(self, what: str) -> Button:
        action = next(each for each in WIZARD if each.name == _LINK_ACTIONS[what])
        label = Content(f"{action.label} {self.app.key_of(action)}")
        button = Button(label, id=f"do-{what}", compact=True)
        button.can_focus = False
        return button

    def show_link(self, link: str, now: float) -> None:
        """Show a link, made now (UTC seconds), and wait for the code; the same link keeps the code."""
        self.query_one("#link", Static).update(Content(link))
        self.query_one("#made", Static).update(f"{say.FINE} Link made {time_of_day(now)[:5]}.")
        if link != self._link:
            self.clear_code()
        self._link = link
        self.query_one("#code", Input).focus()

    def clear_code(self) -> None:
        """Empty the code's field and go there."""
        field = self.query_one("#code", Input)
        field.value = ""
        field.focus()

    @property
    def pasted(self) -> Untrusted:
        """What stands in the code's field."""
        return self.query_one("#code", SecretInput).typed

    def set_waiting(self, *, waiting: bool) -> None:
        """While the code is checked nothing is typed."""
        self.query_one("#code", Input).disabled = waiting
        if not waiting:
            self.query_one("#code", Input).focus()

    @on(Button.Pressed, ".links Button")
    def _do(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Wants((event.button.id or "").removeprefix("do-")))

    @on(Input.Submitted, "#code")
    def _submitted(self) -> None:
        self.post_message(self.GoOn())


HERE = f"A  {say.OPEN}"
REMOTE = (
    "A  You are on a remote machine: copy this link, open it in a browser where you are, sign in as the "
    "account's owner, choose “Authorize”."
)
_LINK_ACTIONS = {"open": "open_link", "copy": "copy_link", "text": "plain_link", "qr": "qr"}
