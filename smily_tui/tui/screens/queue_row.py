"""One row of the queue after the other: its link out, its code in, and whether it is the right account."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.widgets import Input, Static

from smily_tui.errors import SmilyError
from smily_tui.refresh.queue import RowState, Verdict, judged
from smily_tui.tui.actions import EVERYWHERE, QUEUE_ROW, WIRE, bindings
from smily_tui.tui.connecting import ConnectingScreen
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.widgets.key_line import KeyLine
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.title_bar import TitleBar
from smily_tui.tui.wizard.authorize_page import LINK_ACTIONS, AuthorizePage
from smily_tui.tui.wizard.mending import Mend, mended_by, told
from smily_tui.tui.wizard.page import Page
from smily_tui.words import connecting
from smily_tui.words import queueing as say

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from smily_tui.clock import Instant
    from smily_tui.refresh.authorizations import Authorizations
    from smily_tui.refresh.queue import Queue, Row
    from smily_tui.secret import Secret
    from smily_tui.text import Clean
    from smily_tui.tui.connecting import Whose
    from smily_tui.vault.account import Account
    from smily_tui.vault.application import Application

SENT = frozenset({"open_link", "copy_link", "plain_link", "qr", "message"})


class QueueRowScreen(ConnectingScreen[str]):
    """Goes from open row to open row; answers with what is to be told when none is left."""

    ABOUT = (
        "One row of the queue. Enter opens its link, or copy a ready message for an owner elsewhere; paste "
        "the code that comes back and press Enter. The next row follows by itself. A code of another account "
        "is never filed under this row."
    )
    ACTIONS = (*QUEUE_ROW, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, authorizations: Authorizations, application: Application, row: Row) -> None:
        super().__init__()
        self._stored = authorizations
        self._application = application
        self._file = authorizations.queue(application.key)
        self._row = row
        self._made: Instant = authorizations.clock.now()

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield TitleBar(f"queue · {self._application.name}")
        yield Static("", id="row", markup=False)
        yield AuthorizePage(id="authorize")
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin with the row that was chosen."""
        self.query_one("#private", Static).update(Content(say.PRIVATE))
        self.query_one("#code", Input).placeholder = say.ENTER_OPENS
        self.open_row(self._row)

    def open_row(self, row: Row) -> None:
        """Show a row's link and wait for its code."""
        self._row = row
        self._made = self._stored.clock.now()
        page = self.query_one(AuthorizePage)
        page.clear_code()
        self._show_link()
        try:
            queue = self._file.read()
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        self.query_one("#row", Static).update(Content(say.place(row, queue)))

    @property
    def _scopes(self) -> tuple[str, ...]:
        return self._row.scopes or self._application.scopes

    def _show_link(self) -> None:
        application, account_id = self._application, self._row.account_id
        self._link = self._stored.authorize_link(application, self._scopes, account_id)
        self.app.wire.ask_owner(self._link, application.server, application.client_id)
        self.query_one(AuthorizePage).show_link(
            self._link, self._made, self._stored.clock.now(), account_id=account_id
        )

    @on(AuthorizePage.AccountChosen)
    def _account_chosen(self, event: AuthorizePage.AccountChosen) -> None:
        """The row gets another number, and its link, too."""
        if event.account_id == self._row.account_id or self._helper is not None:
            return
        number, wanted = self._row.number, event.account_id
        self._change(lambda queue: queue.numbered(number, wanted))
        self._show_link()

    def _change(self, act: Callable[[Queue], Queue]) -> Queue | None:
        """Change the queue, and keep the row as it is then; None where it cannot be saved."""
        try:
            queue = self._file.change(act)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return None
        self._row = queue.find(self._row.number) or self._row
        self.query_one("#row", Static).update(Content(say.place(self._row, queue)))
        return queue

    def _to(self, state: RowState, words: str = "") -> Queue | None:
        number, at = self._row.number, self._stored.clock.now().wall
        return self._change(lambda queue: queue.moved(number, state, at, words))

    # -- the link --------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a code is checked there is nothing to send."""
        del parameters
        return self._helper is None or action not in (SENT | {"next_row"})

    def message_names(self) -> tuple[Clean, Clean]:
        """The application's name, and what the row calls the account."""
        return self._application.name, self._row.label

    @on(AuthorizePage.Wants)
    def _wants(self, event: AuthorizePage.Wants) -> None:
        getattr(self, f"action_{LINK_ACTIONS[event.what]}")()

    def outside(self, act: Callable[[], str]) -> None:  # type: ignore[override]
        """The link or the message leaves the terminal: the row waits for its code from now on."""
        self._to(RowState.WAITING)
        super().outside(act)

    def action_plain_link(self) -> None:
        """Print the link: the row waits, too."""
        self._to(RowState.WAITING)
        super().action_plain_link()

    def action_qr(self) -> None:
        """Show the QR code: the row waits, too."""
        self._to(RowState.WAITING)
        super().action_qr()

    # -- the code --------------------------------------------------------------------------------------

    @on(Page.GoOn)
    def _go_on(self) -> None:
        """Enter without a code opens the link; with one it is checked."""
        page = self.query_one(AuthorizePage)
        if self._helper is not None:
            return
        if not page.pasted.for_parsing().strip():
            self.action_open_link()
            return
        code = self.pasted_code(self._application)
        if code is not None and self._to(RowState.CODE) is not None:
            page.set_waiting(waiting=True)
            self._check(code)

    @work(exit_on_error=False)
    async def _check(self, code: Secret) -> None:
        """Exchange the code, ask whose account it is, and file it where it belongs."""
        link = self._stored.link_shown(self._application, self._made)
        try:
            address = await self.redeem(self._application, code, self._scopes, link)
        except SmilyError as error:
            self._failed(error, mended_by(error, other_client=link.other_client))
            return
        whose = await self.ask_whose(address)
        self.query_one(StatusLine).clear()
        page, account = self.query_one(AuthorizePage), self._stored.account(address)
        page.set_waiting(waiting=False)
        page.clear_code()
        if account is None:
            return
        try:
            await self._file_account(account, whose)
        except SmilyError as error:
            self._to(RowState.FAILED, error.what)
            self.query_one(StatusLine).error(error)

    def _failed(self, error: SmilyError, mend: Mend) -> None:
        """Say why; the row stays open, so that a new code can be pasted."""
        page = self.query_one(AuthorizePage)
        page.set_waiting(waiting=False)
        if mend is Mend.SAME_CODE:
            self._to(RowState.WAITING)
        else:
            page.clear_code()
            self._to(RowState.FAILED, error.what)
        self.query_one(StatusLine).error(told(error, mend))

    # -- whose account it is ---------------------------------------------------------------------------

    async def _file_account(self, account: Account, whose: Whose) -> None:
        """File an account under this row only if it is the one that the row means."""
        verdict = judged(self._row, account, self._file.read())
        if verdict is Verdict.TO_ASK:
            words = say.TO_ASK.format(whose=say.whose(account), row=self._row.called)
            same = await self.app.push_screen_wait(Question(words, "The same", "Another"))
            verdict = Verdict.ITS_OWN if same else Verdict.ANOTHER
        if verdict is Verdict.ITS_OWN:
            twin = self._stored.twin(account)
            await self.place(account, twin.label if twin else self._row.label)
            missing = "  ".join(connecting.not_given(account))
            self._to(RowState.VERIFIED, say.NOT_GIVEN.format(scopes=missing) if missing else "")
            self._next(self._row.label)
        elif verdict is Verdict.ANOTHER:
            await self._another(account)
        else:
            placed = await self.place(account, account.label)
            words = say.NOT_KNOWN.format(address=placed.address, remark=whose.remark)
            self._to(RowState.FAILED, words)
            self.query_one(StatusLine).say(f"! {self._row.label}: {words}")

    async def _another(self, account: Account) -> None:
        """The code was for another account: that gets its own name or is forgotten, never this row's."""
        called = say.whose(account)
        words = say.ANOTHER.format(whose=called, row=self._row.called)
        keep = Question(words, f"File it as {account.label}", "Forget it", safe=True)
        self._to(RowState.OTHER, say.WAS_FOR.format(whose=called))
        if not await self.app.push_screen_wait(keep):
            await to_thread(self._stored.forget, account.address)
            self.query_one(StatusLine).say(f"{called} is forgotten here. {connecting.SIGN_OUT}")
            return
        twin = self._stored.twin(account)
        await self.place(account, twin.label if twin else account.label)
        at, number = self._stored.clock.now().wall, account.account_id
        own = [each.number for each in self._file.read().rows if each.account_id == number]
        for each in own:
            self._change(lambda queue, each=each: queue.moved(each, RowState.VERIFIED, at))  # type: ignore[misc]
        status = self.query_one(StatusLine)
        status.done(say.OTHER_ROW.format(whose=called) if own else f"✓ {called} is filed under its own name.")

    # -- from row to row -------------------------------------------------------------------------------

    def _next(self, done: Clean | None) -> None:
        """Open the next row that waits; without one back to the list."""
        try:
            row = self._file.read().next_open(after=self._row.number)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        if row is None or (done is None and row.number == self._row.number):
            self.dismiss(say.ALL_DONE.format(label=done) if done else say.NONE_OPEN)
            return
        self.open_row(row)
        status = self.query_one(StatusLine)
        if done is None:
            status.clear()
        else:
            status.done(say.NEXT.format(label=done, next=row.label))

    def action_next_row(self) -> None:
        """Leave this row as it is."""
        self._next(None)

    @on(Page.GoBack)
    def action_back(self) -> None:
        """Back to the list; a request that can be stopped is stopped."""
        if self._helper is None:
            self.dismiss("")
        elif not self._helper.cancel():
            self.app.bell()
