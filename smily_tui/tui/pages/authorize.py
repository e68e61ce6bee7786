"""Step 3: the owner approves in a browser, and the code is pasted."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key, Paste
from textual.message import Message
from textual.style import Style
from textual.widgets import Collapsible, Input, Static

from smily_tui.desktop.browser import is_remote
from smily_tui.messages import connect as say
from smily_tui.text import Untrusted, counted
from smily_tui.tui.actions import CAUSES, WIZARD, bindings
from smily_tui.tui.pages.page import Page, buttons, line
from smily_tui.tui.widgets.error_card import ErrorCard
from smily_tui.tui.widgets.inputs import Button, ButtonRow, NumberInput, SecretInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.clock import Instant
    from smily_tui.errors import SmilyError
    from smily_tui.secret import Secret
    from smily_tui.tui.base_app import BaseApp


class ShortLink(Static):
    """URL in one row, without what is the same in all; a click opens the whole one where a terminal can."""

    DEFAULT_CSS = "ShortLink { height: 1; color: $text-primary; }"
    url = ""

    def show(self, url: str) -> None:
        """Show a URL."""
        self.url = url
        self.refresh()

    def render(self) -> Content:
        text = _FIXED.sub("", _CLIENT_ID.sub(r"\1…\2", self.url.partition("://")[2]))
        width = self.size.width
        row = text if len(text) <= width else f"{text[: width - 1]}…"
        return Content.styled(row, Style(link=self.url or None))


_CLIENT_ID = re.compile(r"(client_id=\w{4})\w{8,}(\w{4})")
_FIXED = re.compile(r"&redirect_uri=[^&]*|&response_type=code")


class AuthorizePage(Page):
    """URL to open and, below it, the field for the code, which has the focus."""

    DEFAULT_CSS = """
    AuthorizePage .links { margin-top: 0; }
    AuthorizePage .further { margin-top: 0; }
    AuthorizePage .row { height: auto; margin-top: 1; }
    AuthorizePage .row .heading { width: 1fr; margin-top: 0; }
    AuthorizePage .row .end { width: auto; color: $text-muted; }
    AuthorizePage .indented { margin-left: 3; height: auto; }
    """
    ACTIONS = (CAUSES,)
    BINDINGS = bindings(ACTIONS)
    app: BaseApp

    class ActionPressed(Message):
        """Button of one of `LINK_ACTIONS` was pressed; the screen runs the action, as its key does."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    class AccountChosen(Message):
        """Another account is to be selected on the owner's page; None: any."""

        def __init__(self, account_id: int | None) -> None:
            super().__init__()
            self.account_id = account_id

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._link = ""
        self._is_remote = is_remote(os.environ)

    def compose(self) -> ComposeResult:
        remote = self._is_remote
        yield _heading(REMOTE if remote else HERE, "opened")
        yield ShortLink(id="link", classes="indented")
        here = ("open", "copy", "text", "qr", "message")
        order = (*here[1:], here[0]) if remote else here  # a browser of the remote machine is the last way
        owner = Button("Owner", id="do-owner")
        owner.can_focus = owner.display = False
        yield ButtonRow(*(self._link_button(button) for button in order), owner, classes="links indented")
        yield line(say.PRIVATE_WINDOW_HINT, "why indented", id="private")
        yield _heading(f"2  {say.PASTE_CODE}", "length")
        yield SecretInput(placeholder=say.PASTE_ANYWHERE, id="code")
        yield ErrorCard()
        yield line(say.CODE_HINT, id="made")
        yield buttons("Check code ›")
        with Collapsible(title=say.ERROR_TITLE, classes="further"):
            yield line("\n".join(f"· {hint}" for hint in say.ERROR_HELP))
        with Collapsible(title=say.NUMBER_LABEL, classes="further"):
            yield NumberInput(placeholder="digits, then Enter", id="account-id", max_length=12)
            yield line(say.NUMBER_HINT, id="account-id-words")

    def _link_button(self, name: str) -> Button:
        action = next(action for action in WIZARD if action.name == ACTION_OF_BUTTON[name])
        short = action.label.removesuffix(" link").removesuffix(" code")
        label = Content(f"{short} {self.app.key_of(action)}")
        button = Button(label, id=f"do-{name}")
        button.can_focus = False  # each has a key; Tab leads to the next field
        return button

    def show_link(self, link: str, made: Instant, now: Instant, *, account_id: int | None) -> None:
        """Show a URL and wait for its code; the same URL keeps the code."""
        self.query_one(ShortLink).show(link)
        self.query_one("#made", Static).update(Content(f"{say.CODE_HINT}\n{say.link_made(made, now)}"))
        self.query_one("#account-id", Input).value = "" if account_id is None else str(account_id)
        self._clear_error()
        if link != self._link:
            self.clear_code()
            self.query_one("#opened", Static).update("")
        self._link = link
        self._count(self.query_one("#code", Input).value)
        self.query_one("#code", Input).focus()

    def note_opened(self, at: str) -> None:
        """Note when a browser was asked to open the URL."""
        self.query_one("#opened", Static).update(Content(f"✓ {say.OPENED.format(at=at)}"))

    # -- errors ------------------------------------------------------------------------------------------

    def show_error(self, error: SmilyError, mark: str = "✗") -> None:
        """Show an error below the code, until another code comes."""
        self.query_one(ErrorCard).show(error, mark)
        self.query_one("#made").display = False

    def _clear_error(self) -> None:
        self.query_one(ErrorCard).clear()
        self.query_one("#made").display = True

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow to unfold causes where there are some."""
        del parameters
        return action != CAUSES.name or self.query_one(ErrorCard).has_causes

    # -- code --------------------------------------------------------------------------------------------

    def offer_owner(self, key: str) -> None:
        """Show the button of the consent page in the terminal, with its key."""
        button = self.query_one("#do-owner", Button)
        button.label = Content(f"Owner {key}")
        button.display = True

    def hint_at_private_window(self, *, needed: bool) -> None:
        """Warn of a browser that approves for the account before, without asking."""
        self.query_one("#private").display = needed

    def clear_code(self) -> None:
        """Empty the code's field and focus it."""
        field = self.query_one("#code", Input)
        field.value = ""
        field.focus()

    def put(self, code: Secret) -> None:
        """Put a code into its field, as a paste does."""
        field = self.query_one("#code", Input)
        field.value = code.reveal()
        field.focus()

    @on(Input.Changed, "#code")
    def _code_changed(self, event: Input.Changed) -> None:
        self._count(event.value)
        if event.value.strip():
            self._clear_error()

    def _count(self, code: str) -> None:
        """Count the characters that dots hide; without any, Enter opens the link."""
        length = len(code.strip())
        self.query_one("#length", Static).update(counted(length, "character") if length else "")
        self.query_one(f"#do-{self._first_way}").set_class(not length, "-pointed")

    @property
    def _first_way(self) -> str:
        return "copy" if self._is_remote else "open"

    @property
    def pasted(self) -> Untrusted:
        """Contents of the code's field."""
        return self.query_one("#code", SecretInput).typed

    def set_waiting(self, *, waiting: bool) -> None:
        """Disable the fields while the code is checked."""
        if waiting:
            self._clear_error()
        for field in self.query(Input):
            field.disabled = waiting
        # Textual takes the focus from a field that is disabled, and does not give it back
        if not waiting:
            self.query_one("#code", Input).focus()

    @on(Button.Pressed, ".links Button")
    def _do(self, event: Button.Pressed) -> None:
        event.stop()
        self.query_one("#code", Input).focus()
        self._press((event.button.id or "").removeprefix("do-"))

    def _press(self, button: str) -> None:
        self.post_message(self.ActionPressed(ACTION_OF_BUTTON[button]))

    @on(Input.Submitted, "#code")
    def _submitted(self, event: Input.Submitted) -> None:
        """Check the code; without one, open the link."""
        if event.value.strip():
            self.post_message(self.GoOn())
        else:
            self._press(self._first_way)

    def take(self, event: Paste | Key) -> None:
        """Pass text that was pasted or typed beside the fields to the code's field, and focus it."""
        field = self.query_one("#code", Input)
        # ContentSwitcher hides the other pages by `display`
        if field.disabled or not self.display:
            return
        if isinstance(event, Key) and (
            not event.is_printable or event.key in self.app.screen.active_bindings
        ):
            return
        event.stop()
        field.focus()
        again = Paste(event.text) if isinstance(event, Paste) else Key(event.key, event.character)
        self.app.call_later(field.post_message, again)  # after the focus, at which Textual 8.2.8 selects all

    @on(Input.Submitted, "#account-id")
    @on(Input.Blurred, "#account-id")
    def _account_entered(self, event: Input.Submitted | Input.Blurred) -> None:
        """Ask for the URL of another account number."""
        typed = event.value.strip()
        wrong = bool(typed) and not (typed.isascii() and typed.isdecimal())
        place = self.query_one("#account-id-words", Static)
        place.set_classes("finding" if wrong else "why")
        place.update(f"✗ {say.NUMBER_WRONG}" if wrong else say.NUMBER_HINT)
        if not wrong:
            self.post_message(self.AccountChosen(int(typed) if typed else None))


def _heading(text: str, end: str) -> Horizontal:
    """Return a heading with room for a remark at its end."""
    return Horizontal(line(text, "heading"), Static("", classes="end", id=end, markup=False), classes="row")


HERE = f"1  {say.OPEN_LINK}"
REMOTE = (
    "1  You're on a remote machine. Copy this link, open it in your own browser, sign in as the account's "
    "owner, and choose “Authorize”."
)
ACTION_OF_BUTTON = {
    "open": "open_link",
    "copy": "copy_link",
    "text": "plain_link",
    "qr": "qr",
    "message": "message",
    "owner": "answer_as_owner",
}
