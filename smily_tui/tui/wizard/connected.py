"""What follows when an account is connected: its place and name, and what the person wants next."""

from __future__ import annotations

from abc import abstractmethod
from asyncio import to_thread
from typing import TYPE_CHECKING, TypeVar

from textual import on

from smily_tui.errors import SmilyError
from smily_tui.export import access_of
from smily_tui.messages import accounts
from smily_tui.messages import connect as say
from smily_tui.text import clean
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.under_way import STEP, once
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wizard.authorize_page import AuthorizePage
from smily_tui.tui.wizard.done_page import DonePage, Kept
from smily_tui.tui.wizard.left_off import LeftOffScreen
from smily_tui.tui.wizard.start import Start

if TYPE_CHECKING:
    from smily_tui.accounts import Authorizations
    from smily_tui.vault.model import Account, Address, Application

_Result = TypeVar("_Result")


class ConnectedScreen(LeftOffScreen[_Result]):
    """The last page: whose account it is, and what becomes of it."""

    _application: Application | None
    _scopes: tuple[str, ...]
    _start: Start

    def __init__(self, authorizations: Authorizations, *, keeps: bool) -> None:
        super().__init__(authorizations, keeps=keeps)
        self._account: Account | None = None
        self._was_there = False
        self._name_refused = ""

    @property
    @abstractmethod
    def _page(self) -> str:
        """The page that is shown."""

    @abstractmethod
    def _show(self, page: str) -> None:
        """Show another page."""

    @abstractmethod
    def _to_authorize(self) -> None:
        """Show the link."""

    @abstractmethod
    def _leave(self) -> object:
        """Leave the screen."""

    async def _connected(self, address: Address, remark: str, clock: str = "") -> None:
        """Give the account its place; one that is stored already is updated only if the person says so."""
        self.query_one(StatusLine).clear()
        account = self._stored.account(address)
        if account is None:
            return
        before = {each.address for each in self._stored.accounts()}
        try:
            self._account = await self.place(account, account.label)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            self._account = account
        self._was_there = self._account.address in before - {address}
        self.query_one(AuthorizePage).set_waiting(waiting=False)
        self.query_one(AuthorizePage).clear_code()
        now = self._stored.clock.now()
        self.close_wire_page()
        self._show("done")
        kept = Kept(clean(self._stored.home.state), self._stored.at_rest.words)
        self.query_one(DonePage).show(self._account, remark, kept, now, clock=clock)

    async def may_quit(self) -> bool:
        """A name that was changed on the last page is kept, whichever way the person leaves."""
        return await self._keep_name()

    async def _keep_name(self) -> bool:
        """Keep a name that was changed on the last page; False: it could not be, and the words say why.

        Who goes on all the same leaves it as it was. Another process may hold the account's lock.
        """
        label = self.query_one(DonePage).label
        if self._page != "done" or self._account is None:
            return True
        if label in ("", self._account.label, self._name_refused):
            return True
        try:
            self._account = await to_thread(self._stored.rename, self._account.address, label)
        except SmilyError as error:
            self._name_refused = label
            self.query_one(StatusLine).error(error)
            return False
        return True

    @on(DonePage.Wants)
    def _next(self, event: DonePage.Wants) -> None:
        if event.what == "dashboard" or self._account is None:
            self._leave()
        elif event.what == "copy":
            self._copy(self._account)
        elif event.what == "wrong":
            self._not_this_one()
        else:
            self._another(again=event.what == "again")

    @once()
    async def _copy(self, account: Account) -> None:
        """Asked first: clipboards remember."""
        try:
            token = access_of(account)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        if await self.app.push_screen_wait(Question(accounts.COPY, "Copy", "Leave it")):
            self.outside(lambda: "Access token: " + self.app.copy_outside(token))

    @once(STEP)
    async def _another(self, *, again: bool) -> None:
        """The link for one more account, or for the same one and what was not given."""
        if self._account is None or not await self._keep_name():
            return
        asked, number = tuple(self._account.asked), self._account.account_id
        known = Start(self._application, asked, number) if again else Start(self._application, self._scopes)
        self._start, self._scopes = known, known.scopes
        self._to_authorize()

    @once(STEP)
    async def _not_this_one(self) -> None:
        """Forget it and show the link again; one that was connected before has its tokens anew and stays."""
        if self._account is None:
            return
        if self._was_there:
            stays = say.STAYS.format(label=self._account.label)
            self._account = None
            self._to_authorize()
            self.query_one(StatusLine).say(f"{stays} {say.SIGN_OUT}")
            return
        question = f"{say.TRY_AGAIN.format(label=self._account.label)}\n\n{say.SIGN_OUT}"
        if await self.app.push_screen_wait(Question(question, "Forget it and try again", "Keep it")):
            await to_thread(self._stored.forget, self._account.address)
            self._account = None
            self._to_authorize()
