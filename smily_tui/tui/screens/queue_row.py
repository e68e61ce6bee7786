"""Queue row: the authorization of one account of the queue."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Key, Paste
from textual.widgets import Input, Static

from smily_tui.errors import SmilyError
from smily_tui.messages import connect
from smily_tui.messages import queue as say
from smily_tui.queue.queue import Queue, Row, RowState, Verdict, judged
from smily_tui.tui import actions
from smily_tui.tui.flow import AuthorizationFlow, AuthorizationRequest, Consent, Recovery, with_recovery
from smily_tui.tui.pages.authorize import AuthorizePage
from smily_tui.tui.pages.page import Page
from smily_tui.tui.screens.base import STEP, StatusScreen, once
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.screens.link_dialogs import MessageScreen
from smily_tui.tui.widgets.bars import KeyLine
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.status_line import PageColumn, StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.secret import Secret
    from smily_tui.tui.flow import IdentityRemarks
    from smily_tui.vault.model import Account, Application


@dataclass(frozen=True)
class LastRow:
    """Row at which the person left.

    Attributes:
        number: its number.
        message: for the status line of the queue; empty where there is none.
    """

    number: int
    message: str = ""


class QueueRowScreen(StatusScreen[LastRow]):
    """Goes from open row to open row until none is left, or the person goes back.

    Args:
        stored: the stored accounts.
        application: the application of the queue.
        row: the row to begin with.
        queue: the queue as it is now.
        demo: the demo's consent page for the terminal; None outside of it.

    Attributes:
        row: the row on the screen.
    """

    ABOUT = (
        "Connect one account of the queue. Press Enter to open its link, or send the owner a message. Then "
        "paste the code and press Enter. The next row opens by itself. A code for another account is never "
        "saved under this row."
    )
    ACTIONS: Sequence[actions.Action] = (*actions.QUEUE_ROW, *actions.WIRE, *actions.EVERYWHERE)
    STYLES = ("queue",)
    BINDINGS = actions.bindings((*ACTIONS, *actions.QUEUE_OWNER))

    def __init__(
        self, stored: Accounts, application: Application, row: Row, queue: Queue, demo: DemoInfo | None = None
    ) -> None:
        super().__init__()
        self._stored = stored
        self._application = application
        self._file = stored.queue(application.key)
        self.row, self._queue_at_first = row, queue
        self._demo = demo
        consent = Consent(demo.owner, actions.QUEUE_OWNER[0]) if demo and demo.owner else None
        if consent is not None:  # help and palette list these; elsewhere `check_action` disables the key
            self.ACTIONS = (*actions.QUEUE_ROW, *actions.QUEUE_OWNER, *actions.WIRE, *actions.EVERYWHERE)
        self.flow = AuthorizationFlow(stored, self, consent)

    def compose(self) -> ComposeResult:
        yield TitleBar(f"queue · {self._application.name}", connect.TITLE_BADGE if self._demo else "")
        with Horizontal(id="row"):
            yield Static("", id="owner", markup=False)
            yield Static("", id="place", markup=False)
        with PageColumn():
            yield AuthorizePage(id="authorize")
            yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one("#private", Static).update(Content(say.PRIVATE_WINDOW_HINT))
        self.query_one("#code", Input).placeholder = say.ENTER_OPENS
        self.open_row(self.row, self._queue_at_first)
        self.flow.offer_consent(self.query_one(AuthorizePage))

    def open_row(self, row: Row, queue: Queue) -> None:
        """Show a row of the queue and its URL, and wait for its code."""
        self.row = row
        self.query_one(AuthorizePage).clear_code()
        scopes = row.scopes or self._application.scopes
        now = self._stored.clock.now()
        self._show_url(AuthorizationRequest(self._application, scopes, now, row.account_id))
        self._show_row(queue)

    def _show_url(self, request: AuthorizationRequest) -> None:
        self.flow.show(request, self.query_one(AuthorizePage))

    def _show_row(self, queue: Queue) -> None:
        number = "" if self.row.account_id is None else f"  account {self.row.account_id}"
        owner = Content.assemble((self.row.name, "bold"), number)
        self.query_one("#owner", Static).update(owner)
        self.query_one("#place", Static).update(Content(say.place(self.row, queue)))
        self.query_one(TitleBar).say(say.title(queue, "" if self._demo else self._application.name))

    def _change(self, act: Callable[[], Queue]) -> Queue | None:
        """Change the queue, and show the row as it is then; None where it cannot be saved."""
        try:
            queue = act()
        except SmilyError as error:
            self.status.error(error)
            return None
        self.row = queue.find(self.row.number) or self.row
        self._show_row(queue)
        return queue

    def _move(self, row: Row, state: RowState, note: str = "") -> Queue | None:
        return self._change(lambda: self._file.move(row, state, note))

    # -- URL -------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse to send a URL or to go on while a code is checked."""
        del parameters
        if action == actions.QUEUE_OWNER[0].name and not self.flow.has_consent:
            return False
        return STEP not in self.under_way or action not in (actions.LINK_ACTIONS | {"next_row"})

    @on(AuthorizePage.ActionPressed)
    async def _run_pressed(self, event: AuthorizePage.ActionPressed) -> None:
        await self.app.run_action(event.action, self)

    def _await_code(self) -> None:
        """Note that the URL leaves the terminal."""
        self._move(self.row, RowState.WAITING)

    def action_open_link(self) -> None:
        self._await_code()
        self.flow.open(self.query_one(AuthorizePage))

    def action_copy_link(self) -> None:
        self._await_code()
        self.flow.copy()

    def action_plain_link(self) -> None:
        self._await_code()
        self.flow.print()
        self.query_one("#code").focus()

    def action_qr(self) -> None:
        self._await_code()
        self.flow.show_qr()

    @once()
    async def action_message(self) -> None:
        """Offer a message to an owner elsewhere, who opens the URL and sends the code back."""
        dialog = MessageScreen(self._application.name, self.row.label, self.flow.url)
        message = await self.app.push_screen_wait(dialog)
        if message:
            self._await_code()
            self.flow.copy(message, "Message: ")

    def action_answer_as_owner(self) -> None:
        self._await_code()
        self._show_consent()

    @once()
    async def _show_consent(self) -> None:
        await self.flow.consent(self.query_one(AuthorizePage))

    @on(AuthorizePage.AccountChosen)
    def _account_chosen(self, event: AuthorizePage.AccountChosen) -> None:
        """Give the row, and its URL, another account number."""
        if event.account_id == self.row.account_id or STEP in self.under_way:
            return
        row = replace(self.row, account_id=event.account_id)
        self._change(lambda: self._file.edit(row))
        self._show_url(self.flow.request._replace(account_id=self.row.account_id))

    # -- code ------------------------------------------------------------------------------------------

    @on(Key)
    @on(Paste)
    def _entered_beside_fields(self, event: Key | Paste) -> None:
        # Textual bubbles both up to the screen where no field takes them
        self.query_one(AuthorizePage).take(event)

    @on(Page.GoOn)
    def _go_on(self) -> None:
        """Open the URL while there is no code; else check it."""
        page = self.query_one(AuthorizePage)
        if STEP in self.under_way:
            return
        if not page.pasted.for_parsing().strip():
            self.action_open_link()
            return
        code = self.flow.code_from(page)
        if code is not None and self._move(self.row, RowState.CODE) is not None:
            page.set_waiting(waiting=True)
            self._check(self.row, code)

    @once(STEP)
    async def _check(self, row: Row, code: Secret) -> None:
        """Exchange the code of a row and file its account; until then no other row is opened."""
        try:
            await self._redeem(row, code)
        finally:
            for page in self.query(AuthorizePage):  # none where the program ends meanwhile
                page.set_waiting(waiting=False)

    async def _redeem(self, row: Row, code: Secret) -> None:
        """Exchange the code, ask for the account's owner, and file it where it belongs."""
        try:
            address = await self.flow.redeem(code)
        except SmilyError as error:
            self._code_failed(row, error)
            return
        remarks = await self.flow.identify(address)
        self.status.clear()
        self.query_one(AuthorizePage).clear_code()
        account = self._stored.account(address)
        if account is None:
            return
        try:
            await self.file_account(row, account, remarks)
        except SmilyError as error:
            self._move(row, RowState.FAILED, error.what)
            self.status.error(error)

    def _code_failed(self, row: Row, error: SmilyError) -> None:
        """Say why; the row stays on the screen, and a code that may still be good stays in its field."""
        recovery = self.flow.recovery_for(error)
        explained = with_recovery(error, recovery)
        if recovery is Recovery.CREDENTIALS:
            new = next(action for action in actions.DASHBOARD if action.name == "new")
            way = say.CREDENTIALS.format(key=self.app.key_of(new), label=new.label)
            explained = explained.saying(next=f"{explained.next} {way}")
        if recovery in {Recovery.SAME_CODE, Recovery.CREDENTIALS}:
            self._await_code()
        else:
            self.query_one(AuthorizePage).clear_code()
            self._move(row, RowState.FAILED, error.what)
        self.status.clear()
        self.query_one(AuthorizePage).show_error(explained)

    # -- account ---------------------------------------------------------------------------------------

    async def file_account(self, row: Row, account: Account, remarks: IdentityRemarks) -> None:
        """File an account under this row only if it is the one that the row means."""
        verdict = judged(row, account, self._file.read())
        if verdict is Verdict.TO_ASK:
            question = say.TO_ASK.format(account=say.called(account), row=row.called)
            same = await self.app.push_screen_wait(Question(question, "Same account", "Another account"))
            verdict = Verdict.ITS_OWN if same else Verdict.ANOTHER
        if verdict is Verdict.ITS_OWN:
            await self._file_own(row, account, remarks.clock)
        elif verdict is Verdict.ANOTHER:
            await self._file_other(row, account, remarks.clock)
        else:
            placed = await self.flow.place(account, account.label)
            note = say.NOT_KNOWN.format(address=placed.address, remark=remarks.name)
            self._move(row, RowState.FAILED, note)
            self.status.say(say.remarked(f"! {row.name}: {note}", remarks.clock))

    async def _file_own(self, row: Row, account: Account, clock: str) -> None:
        """Finish the row, and open the next one."""
        duplicate = self._stored.duplicate(account)
        await self.flow.place(account, duplicate.label if duplicate else row.label)
        queue = self._move(row, RowState.VERIFIED, say.not_granted_note(account))
        if queue is not None:
            self._open_next(row, queue, clock)

    async def _file_other(self, row: Row, account: Account, clock: str) -> None:
        """File another account than the row's under its own name, or forget it; never under this row."""
        called = say.called(account)
        question = say.ANOTHER.format(account=called, row=row.called)
        keep = Question(question, f"Save as {account.label}", "Discard", safe=True)
        self._move(row, RowState.OTHER, say.WAS_FOR.format(account=called))
        status = self.status
        if not await self.app.push_screen_wait(keep):
            await to_thread(self._stored.forget, account.address)
            status.say(f"Discarded {called}. {connect.SIGN_OUT_HINT}")
            return
        duplicate = self._stored.duplicate(account)
        await self.flow.place(account, duplicate.label if duplicate else account.label)
        queue = self._change(lambda: self._file.connect(account))
        filed = say.OTHER_ROW if queue and queue.has(account.account_id) else say.OTHER_SAVED
        status.done(say.remarked(filed.format(account=called), clock))

    # -- from row to row -------------------------------------------------------------------------------

    def _open_next(self, done: Row, queue: Queue, clock: str) -> None:
        """Open the next row that waits, and say that this one is done; without one go back to the list."""
        row = queue.next_open(after=done.number)
        if row is None:
            self.dismiss(LastRow(done.number, say.remarked(say.ALL_DONE.format(label=done.name), clock)))
            return
        self.open_row(row, queue)
        message = say.NEXT.format(label=done.name, next=row.name)
        self.status.done(say.remarked(message, clock))

    def action_next_row(self) -> None:
        """Leave this row as it is; go to the next one that waits."""
        try:
            queue = self._file.read()
        except SmilyError as error:
            self.status.error(error)
            return
        row = queue.next_open(after=self.row.number)
        if row is None:
            self.dismiss(LastRow(self.row.number, say.NONE_OPEN))
        elif row.number == self.row.number:
            self.status.say(say.ONLY_ONE)
        else:
            self.open_row(row, queue)
            self.status.clear()

    @on(Page.GoBack)
    def action_back(self) -> None:
        """Go back to the list; stop a request that can be stopped."""
        if STEP not in self.under_way:
            self.dismiss(LastRow(self.row.number))
        elif not self.flow.cancel():
            self.app.bell()
