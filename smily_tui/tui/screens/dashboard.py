"""The dashboard: what can be done with the accounts that are listed."""

from __future__ import annotations

import contextlib
from asyncio import to_thread
from typing import TYPE_CHECKING

from textual import work

from smily_tui.batch import EACH, Renewal
from smily_tui.clock import in_words
from smily_tui.demo import RENEWED
from smily_tui.errors import SmilyError
from smily_tui.messages import accounts
from smily_tui.messages import connect as say
from smily_tui.messages.accounts import (
    FAIL_ALIKE,
    LIST_KEY,
    MANY,
    NOT_YET,
    REFRESH_MANY,
    STILL,
    advice,
    day_and_time,
    due,
    lasts,
    none_due,
    summary,
    with_key,
)
from smily_tui.secret import Secret
from smily_tui.tokens.protocol import TokenRequirement
from smily_tui.tui.actions import DASHBOARD, EVERYWHERE, REVEAL, WIRE, bindings
from smily_tui.tui.screens.accounts import AccountsScreen
from smily_tui.tui.screens.base import once
from smily_tui.tui.screens.dialogs import HistoryScreen, NameDialog, Question
from smily_tui.tui.screens.wizard import Start, wizard_for
from smily_tui.tui.widgets.bars import RenewalBar
from smily_tui.tui.widgets.inputs import FindField
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.vault.model import SOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.tokens.running import Running
    from smily_tui.tui.screens.dialogs import Wish
    from smily_tui.vault.model import Account, Address, Application

REVEALED_FOR = 30.0


class DashboardScreen(AccountsScreen):
    """Connects, renews, shows, copies, names and forgets accounts; what it shows is its base's."""

    ABOUT = (
        "Your connected accounts and how long each access token is still good. smily-tui renews a token when "
        "a script asks for it or when you press {refresh}; never by itself, since a refresh token that is "
        "left alone stays good."
    )
    ACTIONS = (*DASHBOARD, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, authorizations: Accounts, demo: DemoInfo | None = None) -> None:
        super().__init__(authorizations, demo)
        self._copies_agreed = False
        self._many: Renewal | None = None
        self._last: Renewal | None = None
        self._each = EACH

    # -- connecting ------------------------------------------------------------------------------------

    def _application_at_hand(self) -> Application | None:
        """Return the application of the chosen account, else the first one whose secret is stored."""
        account = self.query_one(AccountTable).chosen
        key = account.address.application if account else None
        usable = self._stored.apps.usable()
        return next(
            (application for application in usable if application.key == key), next(iter(usable), None)
        )

    def action_add(self) -> None:
        """Connect one more account with the application of the chosen one."""
        application = self._application_at_hand()
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
        applications = {each.key: each for each in self._stored.apps.all()}
        if account is None or account.address.application not in applications:
            return
        scopes = tuple(account.asked) or ("public",)
        self._wizard(Start(applications[account.address.application], scopes, account.account_id))

    def _wizard(self, start: Start) -> None:
        self.app.push_screen(wizard_for(self._stored, start, self._demo), self.connected)

    def action_queue(self) -> None:
        """Open the queue of the application that is at hand."""
        from smily_tui.messages.queue import NO_APPLICATION
        from smily_tui.tui.screens.queue import QueueScreen

        application = self._application_at_hand()
        if application is None:
            self.query_one(StatusLine).say(NO_APPLICATION.format(new="n"))
            return
        # after the queue nothing counts as changed here that it has read already
        self.app.push_screen(QueueScreen(self._stored, application, self._demo), lambda _: self.load())

    def connected(self, address: Address | None) -> None:
        """The wizard has ended: show what there is now, at the account that it connected."""
        self.load()
        if address is not None:
            self.query_one(AccountTable).go_to(address)

    # -- renewing --------------------------------------------------------------------------------------

    @once()
    async def action_refresh(self) -> None:
        """Renew the chosen account now."""
        account = self.query_one(AccountTable).chosen
        if account is None or account.unreadable:
            return
        elsewhere = self._stored.is_elsewhere(account)
        question = accounts.OTHER_COMPUTER.format(label=account.label, machine=account.machine.name)
        if elsewhere and not await self.app.push_screen_wait(Question(question, "Only this one", "Leave it")):
            return
        self._renew(account, here=elsewhere)

    def action_refresh_due(self) -> None:
        """Renew every account with little time left."""
        found = [
            each for each in due(self._all, self._stored.clock.now(), SOON) if each.address not in self._busy
        ]
        if self._many is not None:
            self.query_one(StatusLine).say(STILL.format_map(self._keys))
        elif len(found) == 1:
            self._renew(found[0])
        elif found:
            self._refresh_many(found)
        else:
            self.query_one(StatusLine).say(none_due(self._all, self._stored.clock.now(), SOON))

    def _renew(self, account: Account, *, here: bool = False) -> None:
        """Renew one account, unless it is being renewed."""
        if account.address not in self._busy:
            self._busy |= {account.address}
            self._renew_one(account, here=here)

    @work(exit_on_error=False)
    async def _renew_one(self, account: Account, *, here: bool) -> None:
        """A helper does the work; leaving meanwhile does not stop it."""
        renewal = Renewal(self._stored, [account], here=here)
        self.query_one(StatusLine).busy(f"Refreshing {account.label}")
        await renewal.run(self._began, self._ended_one)
        await self._settle(renewal)
        self._renewed(renewal)

    @once()
    async def _refresh_many(self, accounts: list[Account]) -> None:
        """Renew all of them; asks first where they are very many."""
        words = REFRESH_MANY.format(count=len(accounts), lasts=lasts(len(accounts) * self._each))
        question = Question(words, "Refresh them", "Leave it")
        if len(accounts) <= MANY or await self.app.push_screen_wait(question):
            await self._renew_many(accounts)

    async def _renew_many(self, accounts: list[Account]) -> None:
        """A few helpers at a time; leaving meanwhile stops none that has begun."""
        renewal = self._last = self._many = Renewal(self._stored, accounts)
        try:
            self._progress()
            await renewal.run(self._began, self._ended_one)
            while renewal.held_back and await self._may_go_on(renewal):
                renewal.go_on()
                await renewal.run(self._began, self._ended_one)
        finally:
            self._many, self._each = None, renewal.each or self._each
            for bar in self.query(RenewalBar):
                bar.hide()
        await self._settle(renewal)
        self._renewed(renewal)

    async def _settle(self, renewal: Renewal) -> None:
        """Give those that were identified late their place; where one has a twin, ask first."""
        for before in renewal.accounts:
            account = self._stored.account(before.address)
            if before.is_identified or account is None or account.account_id is None:
                continue
            duplicate = self._stored.duplicate(account)
            question = (
                "" if duplicate is None else say.TWIN.format(label=duplicate.label, address=duplicate.address)
            )
            both = Question(question, "Update its tokens", "Keep both", safe=True)
            with contextlib.suppress(SmilyError):  # it keeps its place; the next refresh does it
                if duplicate is None or await self.app.push_screen_wait(both):
                    await to_thread(self._stored.settle, account.address)
                else:
                    await to_thread(self._stored.name, account.address, account.label)

    async def _may_go_on(self, renewal: Renewal) -> bool:
        """Ask whether the rest is begun after failures that were all alike."""
        what = next((each.error.what for each in reversed(renewal.failures) if each.error), "")
        words = FAIL_ALIKE.format(count=renewal.failed_alike, what=what, others=len(renewal.held_back))
        return await self.app.push_screen_wait(Question(words, "Go on", "Stop here"))

    def _began(self, account: Account, running: Running) -> None:
        self.app.wire.follow(running)
        self._busy |= {account.address}
        self.query_one(AccountTable).tick(self._stored.clock.now(), self._busy)

    def _ended_one(self, account: Account) -> None:
        """The list shows what came of it with the next tick, with all that ended meanwhile."""
        self._ended.add(account.address)
        self._progress()

    def _progress(self) -> None:
        """How far many have got."""
        many = self._many
        if many is not None:
            total, ended, failures = len(many.accounts), len(many.results), many.failures
            newest = failures[-1].error if failures else None
            left = lasts(many.each * many.not_begun) if many.each and total > MANY else ""
            self.query_one(RenewalBar).show(
                total, ended, len(failures), stopping=many.stopped, left=left,
                reason=newest.what if newest else "",
            )  # fmt: skip

    def _renewed(self, renewal: Renewal) -> None:
        self.load()
        if self._many is None:
            self._last = renewal
        status, failures = self.query_one(StatusLine), renewal.failures
        first = failures[0].error if failures else None
        if len(renewal.accounts) == 1:
            self._renewed_one(renewal.accounts[0], first)
            return
        words = summary(len(renewal.results) - len(failures), len(failures), renewal.not_begun)
        if first is None:
            status.done(f"✓ {words}")
        else:
            kept = f"{failures[0].account.label}: {self.app.explained(first.name, first.what)}"
            status.error(SmilyError(words, kept=kept, next=LIST_KEY.format_map(self._keys)))

    def _renewed_one(self, before: Account, error: SmilyError | None) -> None:
        status = self.query_one(StatusLine)
        if error is not None:
            status.error(with_key(error, self._keys))
            return
        account = self._stored.account(before.address) or self._moved(before)
        left = in_words(account.left(self._stored.clock.now()))
        words = f"{account.label}: new tokens, valid for {left}."
        status.done(f"✓ {self.app.explained(RENEWED, words)}")

    def _moved(self, before: Account) -> Account:
        """The account that was at that address until it became known whose it is."""
        return next((each for each in self._all if before.address in each.formerly), before)

    def action_results(self) -> None:
        """Show what came of the last refresh, account by account."""
        if self._last is None or self._many is not None:
            self.query_one(StatusLine).say(NOT_YET if self._last is None else STILL.format_map(self._keys))
            return
        from smily_tui.tui.screens.dialogs import ResultsScreen

        self.app.push_screen(ResultsScreen(self._last))

    def action_show_all(self) -> None:
        """Begin no more of a refresh of many; else end the search and the filter."""
        if self._many is None or self.query_one(FindField).has_focus:
            super().action_show_all()
        else:
            self._many.stop()
            self._progress()

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

    @once()
    async def action_copy(self) -> None:
        """Copy the access token; asked once, since clipboards remember."""
        account = self.query_one(AccountTable).chosen
        if account is None or account.unreadable:
            return
        from smily_tui.export import access_of

        try:
            token = access_of(account)
        except SmilyError as error:
            self.query_one(StatusLine).error(with_key(error, self._keys))
            return
        if await self._may_copy():
            instead = f"Press {self.app.key_of(REVEAL)} to show it."
            self._copy(token, f"Access token of {account.label}", instead)

    async def _may_copy(self) -> bool:
        if not self._copies_agreed:
            self._copies_agreed = await self.app.push_screen_wait(Question(accounts.COPY, "Copy", "Leave it"))
        return self._copies_agreed

    @work(thread=True, exit_on_error=False)
    def _copy(self, secret: Secret, what: str, instead: str = "") -> None:
        words = self.app.copy_outside(secret, instead)
        self.app.call_from_thread(self.query_one(StatusLine).say, f"{what}: {words}")

    @once()
    async def action_export(self) -> None:
        """Give the access token to another program: choose the form, then a file or the clipboard."""
        account = self.query_one(AccountTable).chosen
        if account is None or account.unreadable:
            return
        from smily_tui.tui.screens.dialogs import ExportDialog

        wish = await self.app.push_screen_wait(ExportDialog(account.label))
        if wish is None or (not wish.folder and not await self._may_copy()):
            return
        try:
            await self._export(account.address, wish)
        except SmilyError as error:
            self.query_one(StatusLine).error(with_key(error, self._keys))

    async def _export(self, address: Address, wish: Wish) -> None:
        """A token that has little time left is renewed first; leaving meanwhile does not stop that."""
        from smily_tui.desktop.files import save_text
        from smily_tui.export import as_text, export_of, file_name

        need = TokenRequirement()
        if not self._stored.suffices(address, need):
            running = self._stored.refresh(address, need)
            self.app.wire.follow(running)
            self.query_one(StatusLine).busy("Refreshing it first")
            await running.ended()
            self.load()
        export = export_of(self._stored, address)
        text = as_text(export, wish.format)
        if not wish.folder:
            self._copy(Secret(text), f"Export of {export.label}")
            return
        path = await to_thread(save_text, wish.folder, file_name(export, wish.format), text)
        self.query_one(StatusLine).done(f"✓ It is in {path}\n  {advice(export)}")

    # -- keeping ---------------------------------------------------------------------------------------

    @once()
    async def action_rename(self) -> None:
        """Give the chosen account another name."""
        account = self.query_one(AccountTable).chosen
        if account is None or account.unreadable:
            return
        name = await self.app.push_screen_wait(NameDialog(account.label))
        if name:
            await self._change(lambda: self._stored.rename(account.address, name), "Renamed.")

    @once()
    async def action_forget(self) -> None:
        """Move what is stored for the chosen account to the trash; asks first."""
        account = self.query_one(AccountTable).chosen
        if account is None:
            return
        question = (
            f"Forget {account.label}?\n\nIts tokens go to the trash for a month; “Restore” in the palette "
            f"(^p) brings them back. {accounts.NOT_REVOKED}"
        )
        if await self.app.push_screen_wait(Question(question, "Forget it", "Keep it")):
            words = f"{account.label} is forgotten here."
            await self._change(lambda: self._stored.forget(account.address), words)

    @once()
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
        question = accounts.RESTORE.format(address=newest.address, at=at)
        if await self.app.push_screen_wait(Question(question, "Restore it", "Leave it")):
            await self._change(lambda: self._stored.restore(newest.address), f"{newest.address} is back.")

    @once()
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
