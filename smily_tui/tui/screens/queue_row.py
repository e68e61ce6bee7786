"""Queue row: the authorization of one account of the queue."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widgets import Input, Static

from smily_tui.errors import SmilyError
from smily_tui.messages import connect
from smily_tui.messages import connect as demo_words
from smily_tui.messages import queue as say
from smily_tui.queue.queue import RowState, Verdict, judged
from smily_tui.tui.actions import DASHBOARD, EVERYWHERE, QUEUE_OWNER, QUEUE_ROW, WIRE, bindings
from smily_tui.tui.flow import ConnectingScreen, Mend, PlayingOwner, mended_by, told
from smily_tui.tui.pages.authorize import AuthorizePage
from smily_tui.tui.pages.page import Page
from smily_tui.tui.screens.base import STEP, once
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.widgets.bars import KeyLine, TitleBar
from smily_tui.tui.widgets.status_line import PageColumn, StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from smily_tui.accounts import Accounts
    from smily_tui.clock import Instant
    from smily_tui.demo import DemoInfo
    from smily_tui.queue.queue import Queue, Row
    from smily_tui.sandbox.owner import Owner
    from smily_tui.secret import Secret
    from smily_tui.text import Clean
    from smily_tui.tui.flow import Whose
    from smily_tui.vault.model import Account, Application


@dataclass(frozen=True)
class Left:
    """How the rows were left: at which one, by its number, and what is to be told."""

    number: int
    told: str = ""


class QueueRowScreen(ConnectingScreen[Left]):
    """Goes from open row to open row until none is left, or the person goes back."""

    ABOUT = (
        "One row of the queue. Enter opens its link, or copy a ready message for an owner elsewhere; paste "
        "the code that comes back and press Enter. The next row follows by itself. A code of another account "
        "is never filed under this row."
    )
    ACTIONS = (*QUEUE_ROW, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)

    def __init__(
        self,
        authorizations: Accounts,
        application: Application,
        row: Row,
        queue: Queue,
        demo: DemoInfo | None = None,
    ) -> None:
        super().__init__()
        self._stored = authorizations
        self._application = application
        self._file = authorizations.queue(application.key)
        self._row, self._begun_with = row, queue
        self._demo = demo
        self._made: Instant = authorizations.clock.now()

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield TitleBar(f"queue · {self._application.name}", demo_words.TITLE_BADGE if self._demo else "")
        yield Static("", id="row", markup=False)
        with PageColumn():
            yield AuthorizePage(id="authorize")
            yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin with the row that was chosen."""
        self.query_one("#private", Static).update(Content(say.PRIVATE))
        self.query_one("#code", Input).placeholder = say.ENTER_OPENS
        self.open_row(self._row, self._begun_with)

    def open_row(self, row: Row, queue: Queue) -> None:
        """Show a row of the queue, its link, and wait for its code."""
        self._row = row
        self._made = self._stored.clock.now()
        self.query_one(AuthorizePage).clear_code()
        self._show_link()
        self.query_one("#row", Static).update(Content(say.place(row, queue)))

    @property
    def _scopes(self) -> tuple[str, ...]:
        return self._row.scopes or self._application.scopes

    def _show_link(self) -> None:
        application, account_id = self._application, self._row.account_id
        self._link = self._stored.authorization_url(application, self._scopes, account_id)
        self.app.wire.ask_owner(self._link, application.server, application.client_id)
        self.query_one(AuthorizePage).show_link(
            self._link, self._made, self._stored.clock.now(), account_id=account_id
        )

    @on(AuthorizePage.AccountChosen)
    def _account_chosen(self, event: AuthorizePage.AccountChosen) -> None:
        """The row gets another number, and its link, too."""
        if event.account_id == self._row.account_id or STEP in self.under_way:
            return
        number, wanted = self._row.number, event.account_id
        self._change(lambda queue: queue.numbered(number, wanted))
        self._show_link()

    def _change(self, act: Callable[[Queue], Queue]) -> Queue | None:
        """Change the queue, and show the row as it is then; None where it cannot be saved."""
        try:
            queue = self._file.change(act)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return None
        self._row = queue.find(self._row.number) or self._row
        self.query_one("#row", Static).update(Content(say.place(self._row, queue)))
        return queue

    def _to(self, row: Row, state: RowState, words: str = "") -> Queue | None:
        at = self._stored.clock.now().wall
        return self._change(lambda queue: queue.moved(row.number, state, at, words))

    # -- the link --------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a code is checked there is nothing to send."""
        del parameters
        return STEP not in self.under_way or action not in (self.LINK_ACTIONS | {"next_row"})

    def message_names(self) -> tuple[Clean, Clean]:
        """The application's name, and what the row calls the account."""
        return self._application.name, self._row.label

    def outside(self, act: Callable[[], str]) -> None:  # type: ignore[override]
        """The link or the message leaves the terminal: the row waits for its code from now on."""
        self._to(self._row, RowState.WAITING)
        super().outside(act)

    def action_plain_link(self) -> None:
        """Print the link: the row waits, too."""
        self._to(self._row, RowState.WAITING)
        super().action_plain_link()

    def action_qr(self) -> None:
        """Show the QR code: the row waits, too."""
        self._to(self._row, RowState.WAITING)
        super().action_qr()

    # -- the code --------------------------------------------------------------------------------------

    @on(Page.GoOn)
    def _go_on(self) -> None:
        """Enter without a code opens the link; with one it is checked."""
        page = self.query_one(AuthorizePage)
        if STEP in self.under_way:
            return
        if not page.pasted.for_parsing().strip():
            self.action_open_link()
            return
        code = self.pasted_code(self._application)
        if code is not None and self._to(self._row, RowState.CODE) is not None:
            page.set_waiting(waiting=True)
            self._check(self._row, code)

    @once(STEP)
    async def _check(self, row: Row, code: Secret) -> None:
        """Exchange the code of a row and file its account; until then no other row is opened."""
        try:
            await self._exchange(row, code)
        finally:
            for page in self.query(AuthorizePage):  # none where the program ends meanwhile
                page.set_waiting(waiting=False)

    async def _exchange(self, row: Row, code: Secret) -> None:
        """Exchange the code, ask whose account it is, and file it where it belongs."""
        link = self._stored.link_shown(self._application, self._made)
        try:
            address = await self.redeem(self._application, code, self._scopes, link)
        except SmilyError as error:
            self._failed(row, error, mended_by(error, other_client=link.other_client))
            return
        whose = await self.ask_whose(address)
        self.query_one(StatusLine).clear()
        self.query_one(AuthorizePage).clear_code()
        account = self._stored.account(address)
        if account is None:
            return
        try:
            await self._file_account(row, account, whose)
        except SmilyError as error:
            self._to(row, RowState.FAILED, error.what)
            self.query_one(StatusLine).error(error)

    def _failed(self, row: Row, error: SmilyError, mend: Mend) -> None:
        """Say why; the row stays on the screen, and a code that may still be good stays in its field."""
        said = told(error, mend)
        if mend is Mend.CREDENTIALS:
            new = next(each for each in DASHBOARD if each.name == "new")
            way = say.CREDENTIALS.format(key=self.app.key_of(new), label=new.label)
            said = said.saying(next=f"{said.next} {way}")
        if mend in {Mend.SAME_CODE, Mend.CREDENTIALS}:
            self._to(row, RowState.WAITING)
        else:
            self.query_one(AuthorizePage).clear_code()
            if self._row.state is not RowState.VERIFIED:  # what is connected stays so without a new code
                self._to(row, RowState.FAILED, error.what)
        self.query_one(StatusLine).error(said)

    # -- whose account it is ---------------------------------------------------------------------------

    async def _file_account(self, row: Row, account: Account, whose: Whose) -> None:
        """File an account under this row only if it is the one that the row means."""
        verdict = judged(row, account, self._file.read())
        if verdict is Verdict.TO_ASK:
            words = say.TO_ASK.format(whose=say.whose(account), row=row.called)
            same = await self.app.push_screen_wait(Question(words, "The same", "Another"))
            verdict = Verdict.ITS_OWN if same else Verdict.ANOTHER
        if verdict is Verdict.ITS_OWN:
            await self._its_own(row, account, whose)
        elif verdict is Verdict.ANOTHER:
            await self._another(row, account, whose)
        else:
            placed = await self.place(account, account.label)
            words = say.NOT_KNOWN.format(address=placed.address, remark=whose.remark)
            self._to(row, RowState.FAILED, words)
            self.query_one(StatusLine).say(say.remarked(f"! {row.label}: {words}", whose.clock))

    async def _its_own(self, row: Row, account: Account, whose: Whose) -> None:
        """The row is done; the next one follows."""
        duplicate = self._stored.duplicate(account)
        await self.place(account, duplicate.label if duplicate else row.label)
        missing = "  ".join(connect.not_given(account))
        words = say.NOT_GIVEN.format(scopes=missing) if missing else ""
        queue = self._to(row, RowState.VERIFIED, words)
        if queue is not None:
            self._next(row, queue, whose.clock)

    async def _another(self, row: Row, account: Account, whose: Whose) -> None:
        """The code was for another account: that gets its own name or is forgotten, never this row's."""
        called = say.whose(account)
        words = say.ANOTHER.format(whose=called, row=row.called)
        keep = Question(words, f"File it as {account.label}", "Forget it", safe=True)
        self._to(row, RowState.OTHER, say.WAS_FOR.format(whose=called))
        status = self.query_one(StatusLine)
        if not await self.app.push_screen_wait(keep):
            await to_thread(self._stored.forget, account.address)
            status.say(f"{called} is forgotten here. {connect.SIGN_OUT}")
            return
        duplicate = self._stored.duplicate(account)
        await self.place(account, duplicate.label if duplicate else account.label)
        own = [each for each in self._file.read().rows if each.account_id == account.account_id]
        for each in own:
            self._to(each, RowState.VERIFIED)
        words = say.OTHER_ROW.format(whose=called) if own else f"✓ {called} is filed under its own name."
        status.done(say.remarked(words, whose.clock))

    # -- from row to row -------------------------------------------------------------------------------

    def _next(self, done: Row, queue: Queue, clock: str) -> None:
        """Tell that a row is done, and open the next one that waits; without one back to the list."""
        row = queue.next_open(after=done.number)
        if row is None:
            self.dismiss(Left(done.number, say.remarked(say.ALL_DONE.format(label=done.label), clock)))
            return
        self.open_row(row, queue)
        words = say.NEXT.format(label=done.label, next=row.label)
        self.query_one(StatusLine).done(say.remarked(words, clock))

    def action_next_row(self) -> None:
        """Leave this row as it is; go to the next one that waits."""
        status = self.query_one(StatusLine)
        try:
            queue = self._file.read()
        except SmilyError as error:
            status.error(error)
            return
        row = queue.next_open(after=self._row.number)
        if row is None:
            self.dismiss(Left(self._row.number, say.NONE_OPEN))
        elif row.number == self._row.number:
            status.say(say.ONLY_ONE)
        else:
            self.open_row(row, queue)
            status.clear()

    @on(Page.GoBack)
    def action_back(self) -> None:
        """Back to the list; a request that can be stopped is stopped."""
        if STEP not in self.under_way:
            self.dismiss(Left(self._row.number))
        elif self._helper is None or not self._helper.cancel():
            self.app.bell()


def row_screen_for(
    stored: Accounts, application: Application, row: Row, queue: Queue, demo: DemoInfo | None
) -> QueueRowScreen:
    """The screen of a row, or that of the demo."""
    if demo is None or demo.owner is None:
        return QueueRowScreen(stored, application, row, queue, demo)
    return DemoQueueRowScreen(stored, application, row, queue, demo, demo.owner)


class DemoQueueRowScreen(QueueRowScreen, PlayingOwner[Left]):
    """A row, and the owner's page in the terminal."""

    ACTIONS = (*QUEUE_ROW, *QUEUE_OWNER, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(QUEUE_OWNER)
    BE_OWNER = QUEUE_OWNER[0]

    def __init__(
        self,
        stored: Accounts,
        application: Application,
        row: Row,
        queue: Queue,
        demo: DemoInfo,
        owner: Owner,
    ) -> None:
        super().__init__(stored, application, row, queue, demo)
        self._owner = owner

    def on_mount(self) -> None:
        """Say that no browser is needed."""
        self.hint()

    def action_say_yes(self) -> None:
        """Be the account's owner here: the row waits for the code from now on."""
        self._to(self._row, RowState.WAITING)
        super().action_say_yes()
