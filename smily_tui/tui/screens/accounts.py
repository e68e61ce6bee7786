"""Accounts screen: the list, its filter and its search."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Horizontal
from textual.events import Resize

from smily_tui.errors import SmilyError
from smily_tui.messages import accounts
from smily_tui.messages.accounts import count
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.tui.actions import DASHBOARD
from smily_tui.tui.arrangement import FOREVER, Arrangement, Only
from smily_tui.tui.screens.base import StatusScreen
from smily_tui.tui.widgets.account_detail import AccountDetail
from smily_tui.tui.widgets.bars import KeyLine, RenewalBar, TitleBar
from smily_tui.tui.widgets.inputs import FindField
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.tables import AccountTable

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

    from smily_tui.accounts import Accounts
    from smily_tui.clock import Instant
    from smily_tui.demo import DemoInfo
    from smily_tui.text import Clean
    from smily_tui.vault.model import Account, Address


class AccountsScreen(StatusScreen[None]):
    """Shows what is stored; each second only what was changed is read, and only what can be seen is drawn."""

    def __init__(self, authorizations: Accounts, demo: DemoInfo | None = None) -> None:
        super().__init__()
        self._stored = authorizations
        self._demo = demo
        self._all: tuple[Account, ...] = ()
        self._names: dict[str, Clean] = {}
        self._clients: dict[str, str] = {}
        self._busy: frozenset[Address] = frozenset()
        self._ended: set[Address] = set()
        self._revealed: Timer | None = None
        self._arrangement = Arrangement()
        self._arranged: Instant | None = None
        self._lasts = FOREVER
        self._counted: tuple[str, ...] = ()
        self._keyless = self._looking = False

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield TitleBar("accounts", TITLE_BADGE if self._demo else "")
        yield FindField("a part of a name, address or state")
        with Horizontal(id="both"):
            yield AccountTable()
            yield AccountDetail(large=self.app.presenter)
        yield RenewalBar()
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what is stored, and look for changes each second."""
        self.query_one(AccountTable).focus()
        self.load()
        self.set_interval(1.0, self._tick)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._tick())

    @property
    def _keys(self) -> dict[str, str]:
        """The keys of what can be done here, by the names of the actions."""
        return self.app.keys_of(DASHBOARD)

    # -- showing ---------------------------------------------------------------------------------------

    def load(self) -> None:
        """Read what was changed, and show it."""
        try:
            self._all = self._stored.accounts()
            applications = self._stored.apps.all()
            self._names = {each.key: each.name for each in applications}
            self._clients = {each.key: each.client_id for each in applications}
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
        self._counted = count(self._all, self._stored.clock.now())
        self._busy -= self._ended
        self._ended.clear()
        self._show()

    @work(exit_on_error=False)
    async def _load_anew(self) -> None:
        """Read what was changed; where that needs a key, the keyring is asked beside the screen."""
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
            self._load_and_tell()
        finally:
            self._looking = False

    def _load_and_tell(self) -> None:
        """Another program may have renewed the account that the person is looking at."""
        before, ours = self.query_one(AccountTable).chosen, self._busy
        self.load()
        after = self.query_one(AccountTable).chosen
        if before is None or after is None or before.address in ours:
            return
        if after.address == before.address and after.generation > before.generation:
            self.query_one(StatusLine).say(accounts.RENEWED_BY_ANOTHER.format(label=after.label))

    def _show(self) -> None:
        now = self._stored.clock.now()
        found = self._arrangement.of(self._all, now)
        self._arranged, self._lasts = now, self._arrangement.lasts(self._all, now)
        table = self.query_one(AccountTable)
        table.show(found, now, self._arrangement.order)
        table.tick(now, self._busy)
        self._title()
        self._detail()

    def _title(self) -> None:
        said = self._counted
        if not self._arrangement.is_whole:
            shown = self.query_one(AccountTable).row_count
            said = (*said, accounts.shown(shown, self._arrangement.only.value, self._arrangement.words))
        self.query_one(TitleBar).say(" · ".join(said))

    def _detail(self) -> None:
        account = self.query_one(AccountTable).chosen
        detail, now = self.query_one(AccountDetail), self._stored.clock.now()
        if account is None:
            words = accounts.NOT_FOUND if self._all else accounts.NOTHING
            detail.show_nothing(words.format_map(self._keys))
            return
        name = self._names.get(account.address.application, account.address.application)
        elsewhere = self._stored.is_elsewhere(account)
        detail.show(account, name, now, self._keys, revealed=self._revealed is not None, elsewhere=elsewhere)
        if self.is_active:
            client_id = self._clients.get(account.address.application, "")
            self.app.wire.may_refresh(str(account.address), account.server, client_id)

    @on(Resize)
    def _resized(self) -> None:
        """Long values are broken where the pane now ends."""
        self.call_after_refresh(self._detail)

    def _tick(self) -> None:
        now = self._stored.clock.now()
        if self._keyless or self._is_changed():
            self._load_anew()
        elif self._arranged and now.since(self._arranged) >= self._lasts:
            self._show()
        else:
            self.query_one(AccountTable).tick(now, self._busy)
            self._detail()

    def _is_changed(self) -> bool:
        """Whether there is something to read, or to complain of."""
        try:
            return self._stored.changed()
        except SmilyError:
            return True

    @on(AccountTable.Pointed)
    def _other_account(self) -> None:
        self._hide()
        self._detail()

    def _hide(self) -> None:
        if self._revealed is not None:
            self._revealed.stop()
            self._revealed = None
            self._detail()

    # -- finding and sorting ---------------------------------------------------------------------------

    def action_sort(self) -> None:
        """Sort by the next thing: name, state, time left."""
        self._arrange(self._arrangement.next_order())
        words = accounts.SORTED.format(order=self._arrangement.order.value, **self._keys)
        self.query_one(StatusLine).say(words)

    def action_only(self) -> None:
        """Show the next kind of account alone: needs you, expiring, expired, valid; then all again."""
        self._arrange(self._arrangement.next_only())
        self.query_one(StatusLine).say(accounts.ONLY.format(kind=self._arrangement.only.value, **self._keys))

    def _arrange(self, arrangement: Arrangement) -> None:
        self._arrangement = arrangement
        self._show()

    def action_find(self) -> None:
        """Type a part of a name."""
        self.query_one(FindField).open()

    @on(FindField.Changed, "#find")
    def _typed(self, event: FindField.Changed) -> None:
        self._arrange(replace(self._arrangement, words=event.value))

    @on(FindField.Submitted, "#find")
    def _found(self) -> None:
        self.query_one(AccountTable).focus()

    def action_show_all(self) -> None:
        """End the search and the filter."""
        self.query_one(FindField).close()
        self.query_one(AccountTable).focus()
        self._arrange(replace(self._arrangement, words="", only=Only.ALL))
