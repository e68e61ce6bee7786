"""Accounts pane: the list of accounts and the details of one, kept in step with what is stored."""

from __future__ import annotations

from asyncio import to_thread
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import Horizontal
from textual.message import Message

from smily_tui.errors import SmilyError
from smily_tui.messages import accounts as say
from smily_tui.tui.actions import DASHBOARD
from smily_tui.tui.arrangement import FOREVER, Arrangement, Order, Searchable
from smily_tui.tui.tally import Tally
from smily_tui.tui.widgets.account_detail import AccountDetail
from smily_tui.tui.widgets.tables import AccountTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.app import ComposeResult

    from smily_tui.clock import Instant
    from smily_tui.tui.base_app import BaseApp
    from smily_tui.vault.model import Account, Address, Application
    from smily_tui.vault.store import Mark

SCREENFUL: Final = 60


class AccountsPane(Horizontal):
    """List and details; each second only what was changed is read, and only what can be seen is drawn."""

    app: BaseApp

    class Listed(Message):
        """List drawn again; `tally`, `title` and `order` may have changed."""

    class Counted(Message):
        """Other counts in `tally`, by the clock alone."""

    class Unreadable(Message):
        """Store that cannot be read."""

        def __init__(self, error: SmilyError) -> None:
            super().__init__()
            self.error = error

    class Readable(Message):
        """Store whose missing key is there again."""

    class ChangedOutside(Message):
        """Another program refreshed the account that the person is looking at."""

        def __init__(self, account: Account) -> None:
            super().__init__()
            self.account = account

    class Expired(Message):
        """Access tokens expired while they were listed."""

        def __init__(self, accounts: Sequence[Account]) -> None:
            super().__init__()
            self.accounts = accounts

    def __init__(self) -> None:
        super().__init__(id="both")
        self.accounts: tuple[Account, ...] = ()
        self.arrangement = Arrangement(order=Order.named(self.app.order))
        self.tally, self._searchable = Tally((), self.app.clock.now()), Searchable(())
        self.has_none = False
        self._applications: dict[str, Application] = {}
        self._reading = ""
        self._busy: frozenset[Address] = frozenset()
        self._ended: set[Address] = set()
        self._arranged_at: Instant | None = None
        self._lasts = FOREVER
        self._key_missing = self._is_reading = False
        self._detailed: tuple[object, ...] = ()
        self._mark: Mark | None = None

    def compose(self) -> ComposeResult:
        yield AccountTable()
        yield AccountDetail(large=self.app.presenter)

    def on_mount(self) -> None:
        self._show_first()
        self.set_interval(1.0, self.tick)
        # cells take their colours from the theme when they are drawn, not from the style sheet
        self.app.theme_changed_signal.subscribe(self, lambda _: self.tick())

    @property
    def chosen(self) -> Account | None:
        """Account under the cursor."""
        return self.table.chosen

    @property
    def table(self) -> AccountTable:
        """List of the accounts."""
        return self.query_one(AccountTable)

    @property
    def selected(self) -> list[Account]:
        """Selected accounts; the one under the cursor where none is."""
        chosen = self.table.selection.among(self.accounts) if self.table.selection else []
        return chosen or ([self.chosen] if self.chosen else [])

    @property
    def title(self) -> str:
        """Number of accounts, and of those listed where a search or a filter hides some."""
        return self._reading or say.title(len(self.accounts), self.table.row_count)

    def go_to(self, address: Address) -> None:
        """Put the cursor on an account."""
        self.table.go_to(address)

    def list_as(self, arrangement: Arrangement) -> None:
        """List other accounts, or in another order."""
        self.arrangement = arrangement
        self._show()

    # -- reading ---------------------------------------------------------------------------------------

    def _show_first(self) -> None:
        """Show a screenful at once, and have the others read beside the screen."""
        total = 0
        try:
            self.accounts, total = self.app.stored.first_and_total(SCREENFUL)
        except SmilyError as error:
            self.post_message(self.Unreadable(error))
        if len(self.accounts) < SCREENFUL:
            self.load()
            return
        self._reading = say.READING.format(number=len(self.accounts), total=total)
        self._count()
        self._show()
        self.screen.run_worker(self._load_anew(), exit_on_error=False)

    def load(self, mark: Mark | None = None, accounts: tuple[Account, ...] | None = None) -> None:
        """Show `accounts`, which were just read after `mark`; else read what was changed, and show it."""
        stored = self.app.stored
        try:
            # the mark first: what is saved while it is read will be read once more
            self._mark = mark or stored.mark()
            self.accounts = stored.accounts() if accounts is None else accounts
            self._applications = {application.key: application for application in stored.apps.all()}
            self.has_none = not self.accounts
        except SmilyError as error:
            self.post_message(self.Unreadable(error))
        self._reading = ""
        self._count()
        self.table.selection.keep(self.accounts)
        self.table.apps = {key: application.name for key, application in self._applications.items()}
        self._busy -= self._ended
        self._ended.clear()
        self._show()

    def _count(self) -> None:
        self.tally = Tally(self.accounts, self.app.clock.now())
        self._searchable = Searchable(self.accounts)

    def tick(self) -> None:
        """Count down; read and arrange anew where that may show something else."""
        now = self.app.clock.now()
        if self._key_missing or self._is_changed():
            # a worker of the screen, which says so where one fails: Textual tells that to its node alone
            self.screen.run_worker(self._load_anew(), exit_on_error=False)
        elif self._arranged_at and now.since(self._arranged_at) >= self._lasts:
            self._show()
        else:
            if self._advance(now):
                self.post_message(self.Counted())
            self.table.tick(now, self._busy)
            self._count_down(now)

    def _count_down(self, now: Instant) -> None:
        """Show the time that is left, and the other details where they have changed."""
        account = self.chosen
        if account is None or self.app.wire_open or self._detailed != _detailed(account, now):
            self._show_detail()
        else:
            self.query_one(AccountDetail).count_down(account, now)

    def _is_changed(self) -> bool:
        """Say that there is something to read, or to complain of."""
        try:
            return self.app.stored.mark() != self._mark
        except SmilyError:
            return True

    async def _load_anew(self) -> None:
        """Read what was changed beside the screen, which asks the keyring where that needs a key."""
        if self._is_reading:
            return
        self._is_reading = True
        try:
            await to_thread(self.app.stored.at_rest.check)
        except SmilyError as error:
            self._key_missing = True
            self.post_message(self.Unreadable(error))
        else:
            if self._key_missing:
                self.post_message(self.Readable())
            self._key_missing = False
            mark = accounts = None
            with suppress(SmilyError):  # which `load` says
                mark = self.app.stored.mark()
                accounts = await to_thread(self.app.stored.accounts)
            self._load_and_tell(mark, accounts)
        finally:
            self._is_reading = False

    def _load_and_tell(self, mark: Mark | None, accounts: tuple[Account, ...] | None) -> None:
        """Load, and tell if another program refreshed the chosen account meanwhile."""
        before, ours = self.chosen, self._busy
        self.load(mark, accounts)
        after = self.chosen
        if before is None or after is None or before.address in ours:
            return
        if after.address == before.address and after.generation > before.generation:
            self.post_message(self.ChangedOutside(after))

    # -- accounts that are being refreshed -------------------------------------------------------------

    def is_busy(self, account: Account) -> bool:
        """Return whether an account is being refreshed from here."""
        return account.address in self._busy

    def begin(self, addresses: Iterable[Address]) -> None:
        """Show accounts as being refreshed."""
        self._busy |= frozenset(addresses)
        self.table.tick(self.app.clock.now(), self._busy)

    def end(self, address: Address) -> None:
        """Show the outcome of a refresh with the next load, with all that ended meanwhile."""
        self._ended.add(address)

    # -- showing ---------------------------------------------------------------------------------------

    def _show(self) -> None:
        now = self.app.clock.now()
        self._advance(now)
        self._arranged_at = now
        self._lasts = self.tally.until_change(now) if self.arrangement.follows_clock else FOREVER
        table = self.table
        table.show(self.arrangement.of(self._searchable, now), now, self.arrangement.order)
        table.tick(now, self._busy)
        self._show_detail()
        self.post_message(self.Listed())

    def _advance(self, now: Instant) -> bool:
        """Count until now, and tell which access tokens expired before a person's eyes."""
        changed = self.tally.advance(now)
        if expired := [account for account in self.tally.expired if not self.is_busy(account)]:
            self.post_message(self.Expired(expired))
        return changed

    @on(AccountTable.Pointed)
    def _another_account(self) -> None:
        self._show_detail()

    def _show_detail(self) -> None:
        account, now, keys = self.chosen, self.app.clock.now(), self.app.keys_of(DASHBOARD)
        detail = self.query_one(AccountDetail)
        if account is None:
            detail.show_nothing(say.NOT_FOUND.format_map(keys) if self.accounts else "")
            return
        key = account.address.application
        application = self._applications.get(key)
        name = application.name if application else key
        elsewhere = self.app.stored.is_elsewhere(account)
        detail.show(account, name, now, keys, elsewhere=elsewhere)
        self._detailed = _detailed(account, now)
        # it ticks behind the wizard, too, whose request the wire view shows then
        if self.app.wire_open and self.screen.is_active:
            self.foresee()

    def foresee(self) -> None:
        """Have the wire view show what a refresh of the chosen account would send."""
        account = self.chosen
        if account is not None:
            application = self._applications.get(account.address.application)
            client_id = application.client_id if application else ""
            self.app.wire.may_refresh(str(account.address), account.server, client_id)


def _detailed(account: Account, now: Instant) -> tuple[object, ...]:
    """Return what the details of an account depend on, but for the time that it has left."""
    return account, account.state(now), say.sentence(account, now), int(now.wall // 60)
