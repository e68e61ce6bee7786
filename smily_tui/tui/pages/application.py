"""Step 1: the app's Client ID and Client Secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from smily_tui.messages import connect as say
from smily_tui.oauth import credentials
from smily_tui.secret import Secret
from smily_tui.tui.actions import CAUSES, FIRST, bindings
from smily_tui.tui.pages.page import Page, line
from smily_tui.tui.widgets.error_card import ErrorCard
from smily_tui.tui.widgets.inputs import Button, ButtonRow, PasteInput, SecretInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.errors import SmilyError
    from smily_tui.text import Untrusted
    from smily_tui.tui.base_app import BaseApp


class Entered(NamedTuple):
    """Contents of the fields of step 1."""

    client_id: str
    client_secret: Secret


class ApplicationPage(Page):
    """Client ID and Client Secret, checked when a field is left; one paste can fill both.

    Args:
        stored: credentials to notice in the wrong field.
        offers_demo: whether a person without an app can try the demo from here.
    """

    DEFAULT_CSS = """
    ApplicationPage .field { height: 1; margin-top: 1; }
    ApplicationPage .field Static { width: 16; text-style: bold; }
    ApplicationPage .field Input { width: 1fr; }
    ApplicationPage .hint { height: auto; margin-left: 17; }
    ApplicationPage #place { display: none; height: auto; color: $text-muted; }
    ApplicationPage.-where #place { display: block; }
    ApplicationPage.-where #intro, ApplicationPage.-where .why.hint { display: none; }
    """
    ACTIONS = (*FIRST, CAUSES)
    BINDINGS = bindings(ACTIONS)
    app: BaseApp

    class TryDemo(Message):
        """Show the demo, and come back here after it."""

    def __init__(self, stored: credentials.KnownCredentials, *, offers_demo: bool, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._stored = stored
        self._offers_demo = offers_demo

    def compose(self) -> ComposeResult:
        yield line(say.APPLICATION_QUESTION, "heading")
        yield line(f"{say.CREDENTIALS_NEEDED}\n{say.NOT_SENT}", id="intro")
        yield line("\n".join(say.CREDENTIALS_PLACE), id="place")
        client_id = PasteInput(placeholder=say.PASTE_HERE, id="client-id")
        client_id.take = self._take_id
        secret = SecretInput(placeholder=say.PASTE_BOTH, id="client-secret")
        secret.take = self._take_both
        yield Horizontal(Static(credentials.ID, markup=False), client_id, classes="field")
        yield line(say.CLIENT_ID_HINT, "why hint", id="client-id-words")
        yield Horizontal(Static(credentials.SECRET, markup=False), secret, classes="field")
        yield line(say.STORAGE_HINT, "why hint", id="client-secret-words")
        yield ErrorCard()
        yield ButtonRow(Button("Continue ›", variant="primary", classes="go-on"))
        yield ButtonRow(*self._offers())

    def _offers(self) -> list[Button]:
        where, demo = (self.app.key_of(action) for action in FIRST)
        place = Button(Content(f"{say.CREDENTIALS_PLACE_TITLE} {where}"), id="do-place")
        if not self._offers_demo:
            return [place]
        return [place, Button(Content(f"{say.NO_APP_YET} {demo}"), id="do-demo")]

    def fill(self, client_id: str, client_secret: Secret | None = None) -> None:
        """Fill the fields."""
        self.query_one("#client-id", Input).value = client_id
        self.query_one("#client-secret", Input).value = client_secret.reveal() if client_secret else ""

    def entered(self) -> Entered | None:
        """Return the tidied values; None, with the focus in the field, where one is wrong."""
        self._split()
        wrong = [name for name in FIELDS if not self._check(name)]
        if wrong:
            self.query_one(f"#{wrong[0]}", Input).focus()
            return None
        return Entered(
            credentials.read_client_id(self._value("client-id")),
            credentials.read_client_secret(self._value("client-secret")),
        )

    @property
    def storable_id(self) -> str:
        """Client ID, if it can be kept outside of the vault.

        One without a Client Secret beside it may be the secret in the wrong field: not that one.
        """
        usable = not any(self._finding(name).problem for name in FIELDS)
        return credentials.read_client_id(self._value("client-id")) if usable else ""

    def refuse(self, error: SmilyError) -> None:
        """Show why the server refused the values, at the likeliest cause: the Client Secret."""
        self.query_one(ErrorCard).show(error)
        self.point_to_secret()

    def point_to_secret(self) -> None:
        """Focus the Client Secret, the likeliest cause of refused credentials."""
        self.query_one("#client-secret", Input).focus()

    # -- what is pasted or typed -------------------------------------------------------------------------

    def _take_both(self, pasted: Untrusted) -> bool:
        """Fill both fields from a paste that has both values; return whether it has."""
        pair = credentials.read_pair(pasted)
        if pair is None:
            return False
        self.fill(pair.client_id, pair.client_secret)
        for name in FIELDS:
            self._check(name)
        self.point_to_secret()
        return True

    def _take_id(self, pasted: Untrusted) -> bool:
        """Put a Client ID without its label into the empty field; else both values as `_take_both`."""
        if self._take_both(pasted):
            return True
        if self._value("client-id") or credentials.check_client_id(pasted).problem:
            return False
        self.query_one("#client-id", Input).value = credentials.read_client_id(pasted)
        self._check("client-id")
        return True

    def _split(self) -> None:
        """Give each field its value where one has both, typed or from a terminal without bracketed paste."""
        for name in FIELDS:
            filled = [field for field in FIELDS if field != name and self._value(field)]
            if not filled and self._take_both(self._value(name)):
                return

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        """Drop what was said of a value that is gone; a new problem is named when the field is left."""
        for name in FIELDS:
            if self.query_one(f"#{name}-words").has_class("finding") and not self._finding(name).problem:
                self._check(name)
        if event.value:
            self.query_one(ErrorCard).clear()

    @on(PasteInput.Pasted)
    def _pasted(self) -> None:
        """Say at once that a pasted value is right."""
        for name in FIELDS:
            finding = self._finding(name)
            if not finding.problem and not finding.remark:
                self._check(name)

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        # a field that is passed empty is not wrong yet
        if event.input.value:
            self._split()
            self._check(event.input.id or "")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Go on; from one field to the other while that is empty."""
        self._split()
        empty = [name for name in FIELDS if not self._value(name)]
        if self._check(event.input.id or "") and empty:
            self.query_one(f"#{empty[0]}", Input).focus()
        elif not empty:
            self.post_message(self.GoOn())

    def _value(self, name: str) -> Untrusted:
        return self.query_one(f"#{name}", PasteInput).typed

    def _check(self, name: str) -> bool:
        """Say below a field what is wrong with it, or its length; return whether it can be right."""
        finding = self._finding(name)
        place = self.query_one(f"#{name}-words", Static)
        place.set_classes(f"{'finding' if finding.problem else 'remark' if finding.remark else 'why'} hint")
        sign = "✗ " if finding.problem else "! " if finding.remark else "✓ "
        place.update(sign + (finding.problem or finding.remark or self._length(name)))
        return not finding.problem

    def _length(self, name: str) -> str:
        """Describe a value whose end is out of sight, or hidden."""
        if name == "client-id":
            client_id = credentials.read_client_id(self._value(name))
            return say.ID_READ.format(length=len(client_id), end=client_id[-4:])
        return say.HIDDEN_READ.format(length=len(credentials.read_client_secret(self._value(name)).reveal()))

    def _finding(self, name: str) -> credentials.FieldCheck:
        typed_id, typed_secret = self._value("client-id"), self._value("client-secret")
        if name == "client-id":
            secret = credentials.read_client_secret(typed_secret)
            return credentials.check_client_id(typed_id, secret, self._stored)
        client_id = credentials.read_client_id(typed_id)
        return credentials.check_client_secret(Secret(typed_secret.for_parsing()), client_id, self._stored)

    # -- where the values are, and the way without them --------------------------------------------------

    @on(Button.Pressed, "#do-place")
    def action_where(self) -> None:
        """Say where the values are found, or hide that."""
        self.toggle_class("-where")
        self.call_after_refresh(self.query_one("#place").scroll_visible, animate=False)

    @on(Button.Pressed, "#do-demo")
    def action_demo(self) -> None:
        self.post_message(self.TryDemo())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow the demo where it is offered, and to unfold causes where there are some."""
        del parameters
        if action == CAUSES.name:
            return self.query_one(ErrorCard).has_causes
        return action != "demo" or self._offers_demo


FIELDS = ("client-id", "client-secret")
