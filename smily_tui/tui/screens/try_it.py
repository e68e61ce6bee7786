"""Screen that calls the API with an account's token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Log, OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.api_call import Endpoint, as_curl, endpoints, first_path
from smily_tui.messages import api_call as say
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.system import command
from smily_tui.text import anchored
from smily_tui.tui.actions import EVERYWHERE, TRY_IT, WIRE, bindings
from smily_tui.tui.api_call import ApiCall
from smily_tui.tui.screens.base import StatusScreen, once
from smily_tui.tui.widgets.bars import KeyLine
from smily_tui.tui.widgets.drawn import CurlLine
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.accounts import Accounts
    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.vault.model import Account


class TryItScreen(StatusScreen[str]):
    """Endpoints, a request and its answer; answers with a permission to ask the owner for, or nothing.

    Args:
        stored: the stored accounts.
        account: its token is sent.
    """

    ABOUT = (
        "Call the API with this account's token. Choose a request and press {send}. A token that is about to "
        "expire is refreshed first. Dim requests need a permission that the token does not have."
    )
    ACTIONS = (*TRY_IT, *WIRE, *EVERYWHERE)
    STYLES = ("try_it",)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, stored: Accounts, account: Account) -> None:
        super().__init__()
        self._stored, self._account = stored, account
        self._can_ask = stored.apps.with_key(account.address.application) is not None
        self._endpoints = endpoints(account.granted_scopes)
        self._call = ApiCall(stored, self)
        self._answer: ApiAnswer | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar(f"try it: {self._account.label}", TITLE_BADGE if self.app.demo else "")
        yield CurlLine(id="curl")
        yield Static("", id="answer", markup=False)
        with Horizontal(id="both"):
            yield OptionList(*map(_row, self._endpoints), id="endpoints", markup=False, compact=True)
            yield Log(id="body", auto_scroll=False)
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        paths = [endpoint.path for endpoint in self._endpoints]
        listed = self.query_one(OptionList)
        listed.highlighted = paths.index(first_path(self._account.granted_scopes))
        listed.focus()

    @property
    def _endpoint(self) -> Endpoint:
        return self._endpoints[self.query_one(OptionList).highlighted or 0]

    @property
    def _scope(self) -> str:
        """Permission that the request lacks; empty where it lacks none, or its app is not stored."""
        return say.scope_to_ask_for(self._answer, self._endpoint) if self._can_ask else ""

    @on(OptionList.OptionHighlighted)
    def _chosen(self) -> None:
        self.query_one(CurlLine).show(as_curl(self._stored, self._account, self._endpoint.path))
        if not self.under_way:  # else the answer to come is of the request before
            self._clear()

    def _clear(self) -> None:
        self._answer = None
        self.query_one("#answer", Static).update("")
        self.query_one(Log).clear()
        self.status.clear()
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    @once()
    async def action_send(self) -> None:
        """Send the request; a second one is not begun before its end."""
        endpoint = self._endpoint
        self._clear()
        answer = await self._call.send(self._account, endpoint.path)
        if answer is not None:
            self._show(endpoint, answer)

    def _show(self, endpoint: Endpoint, answer: ApiAnswer) -> None:
        self._answer = answer
        style = "$text-success" if answer.failure is None else "$text-error"
        line = Content.styled(say.summary(answer), f"bold {style}")
        self.query_one("#answer", Static).update(line)
        self.query_one(Log).clear().write("\n".join(map(anchored, answer.lines)) or say.NO_BODY)
        self.query_one(Log).scroll_home(animate=False)
        if answer.failure is not None:
            again = f"Press {self.app.key_of(TRY_IT[2])}"
            self.status.error(say.with_key(answer.failure, self._scope, again))
        elif answer.is_cut:
            whole = command("smily-tui", "api", endpoint.path, self._account.address)
            self.status.say(say.CUT.format(size=say.size(answer), command=whole))
        self.refresh_bindings()

    @work(thread=True, exit_on_error=False)
    def action_copy_curl(self) -> None:
        """Copy the command; in a thread: a clipboard program may hang."""
        outcome = self.app.copy_outside(as_curl(self._stored, self._account, self._endpoint.path).line)
        self.app.call_from_thread(self.status.say, outcome)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow to ask for a permission where one is missing."""
        del parameters
        return action != "ask_for_it" or (self.is_mounted and bool(self._scope))

    def action_ask_for_it(self) -> None:
        if not self.under_way:
            self.dismiss(self._scope)

    def action_back(self) -> None:
        """Stop the request, else go back; a refresh goes on without the screen."""
        if not self._call.cancel():
            self.dismiss("")


def _row(endpoint: Endpoint) -> Option:
    path = Content(endpoint.path)
    if not endpoint.needs:
        return Option(path, id=endpoint.path)
    needs = f"\n  {say.NEEDS.format(scope=endpoint.needs)}"
    return Option(Content.assemble((endpoint.path, "$text-muted"), (needs, "$text-muted")), id=endpoint.path)
