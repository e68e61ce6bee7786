"""Step 1: the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Collapsible, Input, Static

from smily_tui.messages import connect as say
from smily_tui.oauth import credentials
from smily_tui.secret import Secret
from smily_tui.text import Untrusted, clean
from smily_tui.tui.pages.page import Page, buttons, line
from smily_tui.tui.widgets.inputs import PasteInput, SecretInput

if TYPE_CHECKING:
    from textual.app import ComposeResult


@dataclass(frozen=True)
class Entered:
    """Contents of the fields of step 1."""

    name: str
    client_id: str
    client_secret: Secret


class ApplicationPage(Page):
    """Name, Client ID and Client Secret, checked when a field is left."""

    def __init__(self, stored: credentials.KnownCredentials, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._stored = stored

    def compose(self) -> ComposeResult:
        yield line(say.APPLICATION_QUESTION, "heading")
        yield line(f"{say.CREDENTIALS_NEEDED}\n{say.NOT_SENT}")
        yield line(say.NAME_LABEL, "label")
        yield PasteInput(placeholder="My app", id="name")
        yield line(say.NAME_HINT)
        yield line("Client ID", "label")
        yield PasteInput(placeholder="paste here", id="client-id")
        yield line(_WHY["client-id"], id="client-id-words")
        yield line("Client Secret", "label")
        yield SecretInput(placeholder="paste here", id="client-secret")
        yield line(_WHY["client-secret"], id="client-secret-words")
        yield buttons("Continue ›")
        with Collapsible(title=say.CREDENTIALS_PLACE_TITLE):
            yield line("\n".join(say.CREDENTIALS_PLACE))

    def fill(self, name: str, client_id: str, client_secret: Secret | None = None) -> None:
        """Fill the fields."""
        self.query_one("#name", Input).value = name
        self.query_one("#client-id", Input).value = client_id
        self.query_one("#client-secret", Input).value = client_secret.reveal() if client_secret else ""

    def entered(self) -> Entered | None:
        """Return the tidied values; None, with the focus in the field, where one is wrong."""
        wrong = [name for name in ("client-id", "client-secret") if not self._check(name)]
        if wrong:
            self.query_one(f"#{wrong[0]}", Input).focus()
            return None
        return Entered(
            clean(self._value("name")),
            credentials.read_client_id(self._value("client-id")),
            credentials.read_client_secret(self._value("client-secret")),
        )

    def named(self) -> tuple[str, str]:
        """Return name and Client ID as far as they can be kept outside of the vault.

        A Client ID without a Client Secret beside it may be the secret in the wrong field: not that one.
        """
        both = (self._finding("client-id"), self._finding("client-secret"))
        usable = not any(field.problem for field in both)
        client_id = credentials.read_client_id(self._value("client-id"))
        return clean(self._value("name")), client_id if usable else ""

    def point_to_secret(self) -> None:
        """Focus the Client Secret, the likeliest cause of refused credentials."""
        self.query_one("#client-secret", Input).focus()

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        # a field that is passed empty is not wrong yet
        if event.input.value:
            self._check(event.input.id or "")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.post_message(self.GoOn())

    def _value(self, name: str) -> Untrusted:
        return self.query_one(f"#{name}", PasteInput).typed

    def _check(self, name: str) -> bool:
        """Show the problem of a field below it; return whether there is none."""
        if name not in _WHY:
            return True
        finding = self._finding(name)
        place = self.query_one(f"#{name}-words", Static)
        place.set_classes("finding" if finding.problem else "remark" if finding.remark else "why")
        sign = "✗ " if finding.problem else "! " if finding.remark else ""
        place.update(sign + (finding.problem or finding.remark or _WHY[name]))
        return not finding.problem

    def _finding(self, name: str) -> credentials.FieldCheck:
        typed_id, typed_secret = self._value("client-id"), self._value("client-secret")
        if name == "client-id":
            secret = credentials.read_client_secret(typed_secret)
            return credentials.check_client_id(typed_id, secret, self._stored)
        client_id = credentials.read_client_id(typed_id)
        return credentials.check_client_secret(Secret(typed_secret.for_parsing()), client_id, self._stored)


_WHY = {
    "client-id": say.CLIENT_ID_HINT,
    "client-secret": say.STORAGE_HINT,
}
