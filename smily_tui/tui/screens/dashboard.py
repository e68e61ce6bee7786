"""The dashboard: all accounts with their time left, one of them in full."""

from __future__ import annotations

from asyncio import Semaphore, gather, to_thread
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Horizontal
from textual.events import Resize
from textual.widgets import DataTable, Input

from smily_tui.errors import SmilyError
from smily_tui.refresh.decision import Need
from smily_tui.tui.actions import DASHBOARD, EVERYWHERE, WIRE, bindings
from smily_tui.tui.screens.base import StatusScreen
from smily_tui.tui.screens.dialogs import HistoryScreen, NameDialog, Question
from smily_tui.tui.screens.wizard import Start, WizardScreen
from smily_tui.tui.widgets.account_detail import AccountDetail
from smily_tui.tui.widgets.account_table import AccountTable
from smily_tui.tui.widgets.fields import PasteInput
from smily_tui.tui.widgets.key_line import KeyLine
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.title_bar import TitleBar
from smily_tui.tui.words import day_and_time, in_words
from smily_tui.vault.account import SOON
from smily_tui.words import questions
from smily_tui.words.account import count, due

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.timer import Timer

    from smily_tui.demo import DemoInfo
    from smily_tui.refresh.authorizations import Authorizations
    from smily_tui.text import Clean
    from smily_tui.vault.account import Account, Address

REVEALED_FOR = 30.0
AT_ONCE = 4


class DashboardScreen(StatusScreen[None]):
    """What is stored, how long it is valid, and what can be done about it."""

    ABOUT = (
        "Your connected accounts and how long each access token is still good. smily-tui renews a token when "
        "a script asks for it or when you press r; never by itself, since a refresh token that is left alone "
        "stays good."
    )
    ACTIONS = (*DASHBOARD, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, authorizations: Authorizations, demo: DemoInfo | None = None) -> None:
        super().__init__()
        self._stored = authorizations
        self._demo = demo
        self._all: tuple[Account, ...] = ()
        self._names: dict[str, Clean] = {}
        self._clients: dict[str, str] = {}
        self._busy: frozenset[Address] = frozenset()
        self._revealed: Timer | None = None
        self._copies_agreed = False
        self._keyless = self._looking = False

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield TitleBar("accounts", "DEMO · no real account" if self._demo else "")
        yield PasteInput(placeholder="find: a part of a name, address or state; esc ends", id="find")
        with Horizontal(id="both"):
            yield AccountTable()
            yield AccountDetail(large=self.app.presenter)
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what is stored, and look for changes each second."""
        self.query_one("#find").display = False
        self.query_one(AccountTable).focus()
        self.load()
        self.set_interval(1.0, self._tick)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._tick())

    # -- showing ---------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read the accounts again and show them."""
        try:
            self._all = self._stored.accounts()
            applications = self._stored.applications()
            self._names = {each.key: each.name for each in applications}
            self._clients = {each.key: each.client_id for each in applications}
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
        self._show()

    @work(exit_on_error=False)
    async def _load_anew(self) -> None:
        """Read the accounts again; where that needs a key, the keyring is asked beside the screen."""
        if self._looking:
            return
        self._looking = True
        try:
            await to_thread(self._stored.at_rest.check)
        except SmilyError as error:
            self._keyless = True
            self.query_one(StatusLine).error(error)
        else:
            if self._keyless:
                self.query_one(StatusLine).clear()
            self._keyless = False
            self.load()
        finally:
            self._looking = False

    def _show(self) -> None:
        now = self._stored.clock.now()
        words = self.query_one("#find", Input).value.casefold().split()
        found = [each for each in self._all if all(word in _searched(each) for word in words)]
        self.query_one(AccountTable).show(found, now)
        self._title()
        self._detail()

    def _title(self) -> None:
        now = self._stored.clock.now()
        self.query_one(TitleBar).say(" · ".join(count(self._all, now)))

    def _detail(self) -> None:
        account = self.query_one(AccountTable).chosen
        name = self._names.get(account.address.application, account.address.application) if account else ""
        now = self._stored.clock.now()
        self.query_one(AccountDetail).show(account, name, now, revealed=self._revealed is not None)
        if account is not None and self.is_active:
            client_id = self._clients.get(account.address.application, "")
            self.app.wire.may_refresh(str(account.address), account.server, client_id)

    @on(Resize)
    def _resized(self) -> None:
        """Long values are broken where the pane now ends."""
        self.call_after_refresh(self._detail)

    def _tick(self) -> None:
        if self._stored.changed() or self._keyless:
            self._load_anew()
        self.query_one(AccountTable).tick(self._stored.clock.now(), self._busy)
        self._detail()

    @on(DataTable.RowHighlighted)
    def _other_account(self) -> None:
        self._hide()
        self._detail()

    # -- connecting ------------------------------------------------------------------------------------

    def action_add(self) -> None:
        """Connect one more account with the application of the chosen one."""
        chosen = self.query_one(AccountTable).chosen
        applications = self._stored.applications()
        key = chosen.address.application if chosen else None
        usable = [each for each in applications if self._stored.client_secret(each.key)]
        application = next((each for each in usable if each.key == key), next(iter(usable), None))
        if application is None:
            self.action_new()
        else:
            self._wizard(Start(application, application.scopes))

    def action_new(self) -> None:
        """Connect an account with an application that is not stored yet."""
        self._wizard(Start())

    def action_again(self) -> None:
        """Ask the owner of this account once more, with the same permissions."""
        account = self.query_one(AccountTable).chosen
        applications = {each.key: each for each in self._stored.applications()}
        if account is None or account.address.application not in applications:
            return
        scopes = tuple(account.asked) or ("public",)
        self._wizard(Start(applications[account.address.application], scopes, account.account_id))

    def _wizard(self, start: Start) -> None:
        self.app.push_screen(WizardScreen(self._stored, start, self._demo), self.connected)

    def connected(self, address: Address | None) -> None:
        """The wizard has ended: show what there is now, at the account that it connected."""
        self.load()
        if address is not None:
            self.query_one(AccountTable).go_to(address)

    # -- renewing --------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_refresh(self) -> None:
        """Renew the chosen account now."""
        account = self.query_one(AccountTable).chosen
        if account is None or account.unreadable:
            return
        elsewhere = self._stored.is_elsewhere(account)
        question = questions.OTHER_COMPUTER.format(label=account.label, machine=account.machine.name)
        if elsewhere and not await self.app.push_screen_wait(Question(question, "Only this one", "Leave it")):
            return
        self._renew([account], here=elsewhere)

    def action_refresh_due(self) -> None:
        """Renew every account with little time left."""
        now = self._stored.clock.now()
        found = due(self._all, now, SOON)
        if found:
            self._renew(found)
        else:
            self.query_one(StatusLine).say(questions.NONE_DUE)

    @work(exit_on_error=False)
    async def _renew(self, accounts: list[Account], *, here: bool = False) -> None:
        """Helpers do the work, a few at a time; leaving meanwhile stops none that has begun."""
        self._busy |= {each.address for each in accounts}
        self.query_one(AccountTable).tick(self._stored.clock.now(), self._busy)
        one = accounts[0].label if len(accounts) == 1 else f"{len(accounts)} accounts"
        self.query_one(StatusLine).busy(f"Refreshing {one}")
        room = Semaphore(AT_ONCE)
        failures = await gather(*(self._renew_one(account, room, here=here) for account in accounts))
        self._renewed(accounts, [each for each in failures if each is not None])

    async def _renew_one(self, account: Account, room: Semaphore, *, here: bool) -> SmilyError | None:
        need = Need(force=True, seen=account.generation, here=here)
        async with room:
            try:
                running = self._stored.refresh(account.address, need)
                self.app.wire.follow(running)
                await running.ended()
            except SmilyError as error:
                return error
            finally:
                self._not_busy(account.address)
        return None

    def _not_busy(self, address: Address) -> None:
        self._busy -= {address}
        self.load()
        self.query_one(AccountTable).tick(self._stored.clock.now(), self._busy)

    def _renewed(self, accounts: list[Account], failures: list[SmilyError]) -> None:
        status = self.query_one(StatusLine)
        if failures:
            status.error(failures[0])
        elif len(accounts) == 1:
            account = self._stored.account(accounts[0].address) or accounts[0]
            left = in_words(account.left(self._stored.clock.now()))
            status.done(f"✓ {account.label}: new tokens, valid for {left}.")
        else:
            status.done(f"✓ {len(accounts)} accounts have new tokens.")
        self.load()

    # -- secrets ---------------------------------------------------------------------------------------

    def action_reveal(self) -> None:
        """Show the tokens for half a minute; again hides them."""
        if self.app.presenter:
            self.query_one(StatusLine).say("Tokens stay hidden while you present.")
        elif self._revealed is not None:
            self._hide()
        elif self.query_one(AccountTable).chosen is not None:
            self._revealed = self.set_timer(REVEALED_FOR, self._hide)
        self._detail()

    def _hide(self) -> None:
        if self._revealed is not None:
            self._revealed.stop()
            self._revealed = None
            self._detail()

    @work(exit_on_error=False)
    async def action_copy(self) -> None:
        """Copy the access token; asked once, since clipboards remember."""
        account = self.query_one(AccountTable).chosen
        if account is None or account.unreadable:
            return
        if not self._copies_agreed:
            self._copies_agreed = await self.app.push_screen_wait(
                Question(questions.COPY, "Copy", "Leave it")
            )
        if self._copies_agreed:
            self._copy(account)

    @work(thread=True, exit_on_error=False)
    def _copy(self, account: Account) -> None:
        words = self.app.copy_outside(account.access)
        self.app.call_from_thread(self.query_one(StatusLine).say, f"Access token of {account.label}: {words}")

    # -- keeping ---------------------------------------------------------------------------------------

    @work(exit_on_error=False)
    async def action_rename(self) -> None:
        """Give the chosen account another name."""
        account = self.query_one(AccountTable).chosen
        if account is None or account.unreadable:
            return
        name = await self.app.push_screen_wait(NameDialog(account.label))
        if name:
            await self._change(lambda: self._stored.rename(account.address, name), "Renamed.")

    @work(exit_on_error=False)
    async def action_forget(self) -> None:
        """Move what is stored for the chosen account to the trash; asks first."""
        account = self.query_one(AccountTable).chosen
        if account is None:
            return
        question = (
            f"Forget {account.label}?\n\nIts tokens go to the trash for a month; “Restore” in the palette "
            f"(^p) brings them back. {questions.NOT_REVOKED}"
        )
        if await self.app.push_screen_wait(Question(question, "Forget it", "Keep it")):
            words = f"{account.label} is forgotten here."
            await self._change(lambda: self._stored.forget(account.address), words)

    @work(exit_on_error=False)
    async def action_restore(self) -> None:
        """Bring the account that was forgotten last back from the trash; asks first."""
        try:
            forgotten = self._stored.forgotten()
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        if not forgotten:
            self.query_one(StatusLine).say("The trash is empty.")
            return
        newest = forgotten[0]
        at = day_and_time(newest.at, self._stored.clock.now().wall)
        question = questions.RESTORE.format(address=newest.address, at=at)
        if await self.app.push_screen_wait(Question(question, "Restore it", "Leave it")):
            await self._change(lambda: self._stored.restore(newest.address), f"{newest.address} is back.")

    @work(exit_on_error=False)
    async def action_history(self) -> None:
        """Show each use of the chosen account's refresh token."""
        account = self.query_one(AccountTable).chosen
        if account is None:
            return
        try:
            found = self._stored.history(account.address)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        await self.app.push_screen_wait(HistoryScreen(account.label, found, self._stored.clock.now().wall))

    async def _change(self, act: Callable[[], object], words: str) -> None:
        """Beside the screen: another process may hold the account's lock for a while."""
        try:
            await to_thread(act)
            self.query_one(StatusLine).say(words)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
        self.load()

    # -- finding ---------------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Type a part of a name."""
        field = self.query_one("#find", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#find")
    def _typed(self) -> None:
        self._show()

    @on(Input.Submitted, "#find")
    def _found(self) -> None:
        self.query_one(AccountTable).focus()

    def key_escape(self) -> None:
        """Esc ends the search and shows all again."""
        field = self.query_one("#find", Input)
        if field.display:
            field.value = ""
            field.display = False
            self.query_one(AccountTable).focus()


def _searched(account: Account) -> str:
    return f"{account.label} {account.address} {account.account_id}".casefold()
