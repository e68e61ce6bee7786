"""Step 4: the connected account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from smily_tui.api_call import as_curl, first_path
from smily_tui.clock import Instant, in_words
from smily_tui.messages import connect as say
from smily_tui.messages.accounts import listed, time_of_day
from smily_tui.messages.api_call import FIRST_CALL, beginning, scope_to_ask_for, summary
from smily_tui.text import Clean, clean
from smily_tui.tui.actions import DONE, bindings
from smily_tui.tui.pages.page import Page, line
from smily_tui.tui.widgets.drawn import CurlLine, Hanging, Hung
from smily_tui.tui.widgets.inputs import Button, ButtonRow, PasteInput

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widgets.button import ButtonVariant

    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.secret import Secret
    from smily_tui.tui.base_app import BaseApp
    from smily_tui.vault.model import Account, Application


@dataclass(frozen=True)
class Storage:
    """Stored access token, the folder that it is in, and a sentence about its protection."""

    access: Secret
    folder: str
    protection: str


class ApplicationName(Vertical):
    """Name of an app that has just been stored; hidden for any other. Until then nobody needs a name."""

    DEFAULT_CSS = """
    ApplicationName { height: auto; display: none; }
    ApplicationName.-open { display: block; }
    """
    _stored: Application | None = None

    def compose(self) -> ComposeResult:
        yield Static(say.APP_NAME, classes="label", markup=False)
        yield PasteInput(id="app-name")
        yield Static(say.APP_NAME_HINT, classes="why", markup=False)

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


class DonePage(Page):
    """Connected account, its first call, and the ways on."""

    DEFAULT_CSS = """
    DonePage #connected { text-style: bold; color: $text-success; margin-top: 1; }
    DonePage #right { text-style: bold; height: auto; }
    DonePage #right-or-not { margin-top: 0; }
    DonePage #answer { height: auto; }
    DonePage #tokens { margin-top: 1; }
    DonePage #facts { color: $foreground; }
    """
    ACTIONS = DONE
    BINDINGS = bindings(ACTIONS)
    app: BaseApp
    _account: Account | None = None
    _is_asking = False
    _is_less = False
    _scope = ""

    class FirstCall(Message):
        """Call the API.

        Attributes:
            path: below /api/v3/.
        """

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    class Another(Message):
        """Connect one more account."""

    class AskAgain(Message):
        """Ask for the scopes that were not granted, and for one that the first call lacked.

        Attributes:
            scope: the latter; empty where it lacked none.
        """

        def __init__(self, scope: str) -> None:
            super().__init__()
            self.scope = scope

    class CopyToken(Message):
        """Copy the access token."""

    class WrongAccount(Message):
        """Forget this account and authorize another one."""

    class Leave(Message):
        """Go to the dashboard."""

    def compose(self) -> ComposeResult:
        yield line("", id="connected")
        yield line("", "right", id="right")
        yield ButtonRow(
            self._button("right_account", say.YES, "do-right", variant="primary"),
            self._button("wrong_account", say.WRONG_ACCOUNT, "do-wrong"),
            id="right-or-not",
        )
        yield line("", "remark", id="remarks")
        yield line(FIRST_CALL, "heading")
        yield CurlLine(id="curl")
        yield line("", "answer", id="answer")
        yield ButtonRow(
            self._button("first_call", "Try it", "do-call", variant="primary"),
            self._button("another", "Another account", "do-another"),
            self._button("copy_token", "Copy token", "do-copy"),
            self._button("to_dashboard", "Dashboard", "do-dashboard"),
            self._button("ask_again", "Ask again", "do-again"),
        )
        yield line(say.TOKENS_HINT, id="tokens")
        yield Hanging(id="facts")
        yield line("Name in smily-tui", "label")
        yield PasteInput(id="label")
        yield ApplicationName()

    def _button(self, action: str, label: str, name: str, *, variant: ButtonVariant = "default") -> Button:
        """Return a button that does the action of its name, and shows its first key."""
        key = self.app.keys_of(DONE)[action].partition(" ")[0]
        return Button(Content(f"{label} {key}"), variant=variant, name=action, id=name)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        getattr(self, f"action_{event.button.name}")()

    def show(self, account: Account, remark: str, storage: Storage, now: Instant, *, clock: str = "") -> None:
        """Show the account as it is stored now.

        Args:
            account: as it is stored.
            remark: why its name is unknown; empty where it is known.
            storage: its token, and where it is stored.
            now: the present moment.
            clock: by how much this computer's clock is off; empty where it is right.
        """
        self._account, self._scope = account, ""
        number = f"  (account {account.account_id})" if account.account_id is not None else ""
        self.query_one("#connected", Static).update(Content(f"✓ Connected: {account.label}{number}"))
        self.query_one("#right", Static).update(Content(f"{say.ACCOUNT_QUESTION} {say.SIGNED_IN_HINT}"))
        self._ask(asking=not remark)
        less = say.less_granted(account, f"Press {self.app.keys_of(DONE)['ask_again']}")
        self._is_less = bool(less)
        once = say.not_refreshable(account, now)
        self.query_one("#tokens").display = not once
        remarks = "\n".join(f"! {note}" for note in (remark, less, once, clock) if note)
        self.query_one("#remarks", Static).update(Content(remarks))
        self.query_one("#remarks").display = bool(remarks)
        self.query_one("#facts", Hanging).hang(_facts(account, storage, now))
        self.query_one("#label", Input).value = account.label
        self.query_one(CurlLine).show(as_curl(self.app.stored, account, self._path))
        self._clear_answer()
        self.query_one("#do-right" if self._is_asking else "#do-call", Button).focus()
        self.scroll_home(animate=False)

    def show_answer(self, answer: ApiAnswer) -> None:
        """Show status, time and the beginning of an answer to the first call."""
        self._scope = scope_to_ask_for(answer, None)
        style = "$text-success" if answer.failure is None else "$text-error"
        first_lines = f"\n{beginning(answer)}" if answer.failure is None else ""
        line = Content.assemble((summary(answer), f"bold {style}"), first_lines)
        self.query_one("#answer", Static).update(line)
        self.query_one("#answer").display = True
        self._offer_again()

    def _clear_answer(self) -> None:
        self.query_one("#answer").display = False
        self._offer_again()

    def _offer_again(self) -> None:
        self.query_one("#do-again").display = self._is_less or bool(self._scope)
        self.refresh_bindings()

    def _ask(self, *, asking: bool) -> None:
        """Ask whether it is the right account, or stop asking."""
        self._is_asking = asking
        self.query_one("#right").display = asking
        self.query_one("#do-right").display = asking
        self.query_one("#right-or-not").display = True

    @property
    def _path(self) -> str:
        return first_path(self._account.granted_scopes) if self._account else ""

    @property
    def application_name(self) -> ApplicationName:
        """Field with the name of a new app."""
        return self.query_one(ApplicationName)

    @property
    def label(self) -> Clean:
        """Name in the field."""
        return clean(self.query_one("#label", PasteInput).typed, 120)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow to ask again only for missing scopes, and to confirm only what is asked."""
        del parameters
        if action == "ask_again":
            return self._is_less or bool(self._scope)
        return action != "right_account" or self._is_asking

    def action_right_account(self) -> None:
        self._ask(asking=False)
        self.query_one("#right-or-not").display = False
        self.query_one("#do-call", Button).focus()
        self.refresh_bindings()

    def action_wrong_account(self) -> None:
        self.post_message(self.WrongAccount())

    def action_first_call(self) -> None:
        self.post_message(self.FirstCall(self._path))

    def action_ask_again(self) -> None:
        self.post_message(self.AskAgain(self._scope))

    def action_another(self) -> None:
        self.post_message(self.Another())

    def action_copy_token(self) -> None:
        self.post_message(self.CopyToken())

    def action_to_dashboard(self) -> None:
        self.post_message(self.Leave())

    @on(Input.Submitted)
    def _named(self) -> None:
        self.query_one("#do-call", Button).focus()


def _facts(account: Account, storage: Storage, now: Instant) -> list[Hung]:
    left = in_words(account.left(now))
    expiry = f"expires in {left}  ({time_of_day(account.expires_at(now))})"
    rows = [
        ("Access token", f"{storage.access.masked()}   {expiry}"),
        ("Permissions", listed(account.granted_scopes)),
        ("Saved in", storage.folder),
        ("", f"{storage.protection}, readable only by you"),
    ]
    return [(Content.styled(f"{name:<15}", "$text-muted"), Content(text)) for name, text in rows]
