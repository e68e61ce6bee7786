"""A screen that turns a pasted code into an account: sends it, asks whose it is, gives it its place."""

from __future__ import annotations

import contextlib
from asyncio import to_thread
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.events import Key, Paste

from smily_tui.demo import NOT_GIVEN
from smily_tui.errors import SmilyError
from smily_tui.messages import connect as say
from smily_tui.oauth.diagnosis import clock_words
from smily_tui.oauth.errors import PasteRefused
from smily_tui.oauth.paste import read_pasted_code
from smily_tui.origin import host_of
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wizard.authorize_page import LINK_ACTIONS as OF_BUTTON
from smily_tui.tui.wizard.authorize_page import AuthorizePage
from smily_tui.tui.wizard.link_out import LinkScreen
from smily_tui.tui.wizard.mending import Mend, told
from smily_tui.vault.model import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.accounts import Authorizations
    from smily_tui.oauth.requests import LinkShown
    from smily_tui.secret import Secret
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.registration import Registration
    from smily_tui.tokens.running import Running
    from smily_tui.vault.model import Account, Address, Application

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Whose:
    """What was said when the API was asked whose account it is.

    Attributes:
        remark: why the name is not known; empty where it is.
        clock: that this computer's clock is off; empty where it is not.
    """

    remark: str = ""
    clock: str = ""


class ConnectingScreen(LinkScreen[_Result]):
    """The steps from a code to an account; leaving the screen meanwhile stops none that has begun."""

    LINK_ACTIONS = frozenset(OF_BUTTON.values())
    _stored: Authorizations
    _helper: Running | None = None

    @on(AuthorizePage.Wants)
    def _wants(self, event: AuthorizePage.Wants) -> None:
        """A button does what its key does, and nothing while the key does nothing."""
        action = OF_BUTTON[event.what]
        if self.check_action(action, ()):
            getattr(self, f"action_{action}")()

    @on(Paste)
    def _pasted(self, event: Paste) -> None:
        """What is pasted where no field takes it is the code."""
        self.query_one(AuthorizePage).take(event)

    @on(Key)
    def _typed(self, event: Key) -> None:
        """What is typed where no field takes it and no key is meant, too."""
        if event.is_printable and event.key not in self.app.screen.active_bindings:
            self.query_one(AuthorizePage).take(event)

    def pasted_code(
        self, application: Application, registration: Registration | None = None
    ) -> Secret | None:
        """The code in its field, where it can be one and its tokens can be saved; else None, with words."""
        page, status = self.query_one(AuthorizePage), self.query_one(StatusLine)
        try:
            secret = registration.client_secret if registration else None
            code = read_pasted_code(page.pasted, self._stored.paste_context(application, secret))
            self._stored.check_writable()
        except PasteRefused as error:
            status.error(error, "!")
            page.clear_code()
        except SmilyError as error:
            status.error(told(error, Mend.SAME_CODE))
        else:
            return code
        return None

    async def redeem(
        self,
        application: Application,
        code: Secret,
        scopes: Sequence[str],
        link: LinkShown,
        registration: Registration | None = None,
    ) -> Address:
        """Exchange the code; answers with a provisional address, raises as the exchange does."""
        doing = say.CHECKING.format(host=host_of(application.server))
        running = self._stored.exchange(application, code, scopes, link, registration)
        return (await self.end_of(running, doing)).address

    async def ask_whose(self, address: Address, name_it: str = "") -> Whose:
        """Ask whose account it is; `name_it` says what to do where its name is not known."""
        try:
            found = (await self.end_of(self._stored.identify(address), say.ASKING)).identity
        except SmilyError as error:
            return Whose(self.app.explained(error.name, say.NOT_IDENTIFIED.format(what=error.what)))
        if found is None:
            return Whose()
        remark = f"{say.NAMELESS.format(remark=found.remark)} {name_it}".rstrip() if found.remark else ""
        if remark:
            remark = self.app.explained(NOT_GIVEN, remark)
        return Whose(remark, clock_words(found.clock_off))

    async def end_of(self, running: Running, doing: str) -> Outcome:
        """Wait for a helper while the status line counts the seconds."""
        self._helper = running
        self.app.wire.follow(running)
        self.query_one(StatusLine).busy(doing, running)
        try:
            return await running.ended()
        finally:
            self._helper = None

    async def place(self, account: Account, label: str) -> Account:
        """Give a fresh account its name and place; that of a stored one if the person agrees.

        Raises:
            SmilyError: it is stored all the same, at its provisional address.
        """
        twin = self._stored.twin(account)
        if twin is None and label == UNNAMED:
            return account  # provisional, until the API tells whose it is or a person names it
        place = None
        if twin is not None:
            question = say.TWIN.format(label=twin.label, address=twin.address)
            both = Question(question, "Update its tokens", "Keep both", safe=True)
            place = twin.address if await self.app.push_screen_wait(both) else None
        # another process may be refreshing the twin: its lock is waited for beside the screen
        status = self.query_one(StatusLine)
        status.busy(say.STORING)
        placed = await to_thread(self._stored.name, account.address, label, replace=place)
        if placed.is_identified:
            await self._ask_again(placed)
        status.clear()
        return placed

    async def _ask_again(self, connected: Account) -> None:
        """Ask whose the application's other accounts are, where that is not known; it may be this one's."""
        for other in self._stored.unidentified(connected.address.application):
            with contextlib.suppress(SmilyError):
                await self.end_of(self._stored.identify(other.address), say.ASKING)
                await to_thread(self._stored.settle, other.address)
