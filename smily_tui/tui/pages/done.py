"""Step 4: the connected account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static

from smily_tui.clock import in_words
from smily_tui.command import command
from smily_tui.messages import connect as say
from smily_tui.messages.accounts import listed, time_of_day
from smily_tui.text import Clean, clean
from smily_tui.tui.actions import DONE, bindings
from smily_tui.tui.pages.page import Page, line
from smily_tui.tui.widgets.application_name import ApplicationName
from smily_tui.tui.widgets.inputs import ButtonRow, PasteInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.clock import Instant
    from smily_tui.tui.base_app import BaseApp
    from smily_tui.vault.model import Account


@dataclass(frozen=True)
class Storage:
    """Folder of an account, and a sentence about its protection."""

    folder: str
    protection: str


class DonePage(Page):
    """Connected account, and the ways on."""

    DEFAULT_CSS = """
    DonePage #connected { text-style: bold; color: $text-success; margin-top: 1; }
    DonePage #right { text-style: bold; }
    DonePage #tokens { margin-top: 1; }
    DonePage #facts { height: auto; color: $foreground; }
    """
    ACTIONS = DONE
    BINDINGS = bindings(ACTIONS)
    app: BaseApp
    _is_less = False

    class Another(Message):
        """Connect one more account."""

    class AskAgain(Message):
        """Ask for the scopes that were not granted."""

    class CopyToken(Message):
        """Copy the access token."""

    class WrongAccount(Message):
        """Forget this account and authorize another one."""

    class Leave(Message):
        """Go to the dashboard."""

    def compose(self) -> ComposeResult:
        yield line("", id="connected")
        yield line("", "right", id="right")
        yield line("", "remark", id="remarks")
        again = f"{DONE[0].label} {self.app.key_of(DONE[0])}"
        yield ButtonRow(
            Button("Another account ›", variant="primary", id="do-another", compact=True),
            Button("Dashboard", id="do-dashboard", compact=True),
            Button("Copy token", id="do-copy", compact=True),
            Button("Wrong account", id="do-wrong", compact=True),
            Button(Content(again), id="do-again", compact=True),
        )
        yield line(say.TOKENS_HINT, id="tokens")
        yield line("", id="facts")
        yield line("Name in smily-tui", "label")
        yield PasteInput(id="label")
        yield ApplicationName()

    def show(self, account: Account, remark: str, storage: Storage, now: Instant, *, clock: str = "") -> None:
        """Show the account as it is stored now.

        Args:
            account: as it is stored.
            remark: why its name is unknown; empty where it is known.
            storage: where it is stored.
            now: the present moment.
            clock: by how much this computer's clock is off; empty where it is right.
        """
        number = f"  (account {account.account_id})" if account.account_id is not None else ""
        self.query_one("#connected", Static).update(Content(f"✓ Connected: {account.label}{number}"))
        question = self.query_one("#right", Static)
        question.update(Content(f"{say.ACCOUNT_QUESTION} {say.SIGNED_IN_HINT}"))
        question.display = not remark
        less = say.less_granted(account, f"Press {self.app.key_of(DONE[0])}")
        self._is_less = bool(less)
        once = say.not_refreshable(account, now)
        self.query_one("#tokens").display = not once
        remarks = "\n".join(f"! {note}" for note in (remark, less, once, clock) if note)
        self.query_one("#remarks", Static).update(Content(remarks))
        self.query_one("#remarks").display = bool(remarks)
        self.query_one("#do-again").display = self._is_less
        self.query_one("#facts", Static).update(_facts(account, storage, now))
        self.query_one("#label", Input).value = account.label
        self.query_one("#do-another", Button).focus()
        self.scroll_home(animate=False)

    @property
    def label(self) -> Clean:
        """Name in the field."""
        return clean(self.query_one("#label", PasteInput).typed, 120)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow to ask again only for scopes that were not granted."""
        del parameters
        return action != "ask_again" or self._is_less

    def action_ask_again(self) -> None:
        self.post_message(self.AskAgain())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(_MESSAGE_OF_BUTTON[event.button.id]())

    @on(Input.Submitted)
    def _named(self) -> None:
        self.query_one("#do-another", Button).focus()


def _facts(account: Account, storage: Storage, now: Instant) -> Content:
    left = in_words(account.left(now))
    access = f"{account.access.masked()}   expires in {left}  ({time_of_day(account.expires_at(now))})"
    refresh = f"{account.refresh.masked()}   doesn't expire, replaced at each refresh"
    rows = [
        ("Access token", access),
        ("Refresh token", refresh if account.is_refreshable else "none"),
        ("Permissions", listed(account.granted_scopes)),
        ("Saved in", storage.folder),
        ("", f"{storage.protection}, readable only by you"),
        ("In a script", command("smily-tui", "token", account.address)),
    ]
    return Content("\n").join(Content.assemble((f"{name:<15}", "$text-muted"), text) for name, text in rows)


_MESSAGE_OF_BUTTON: dict[str | None, type[Message]] = {
    "do-another": DonePage.Another,
    "do-dashboard": DonePage.Leave,
    "do-copy": DonePage.CopyToken,
    "do-wrong": DonePage.WrongAccount,
    "do-again": DonePage.AskAgain,
}
