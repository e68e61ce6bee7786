"""Refreshes of the dashboard: one account or many, with questions, progress and outcome."""

from __future__ import annotations

import contextlib
from asyncio import to_thread
from typing import TYPE_CHECKING, Any

from smily_tui.batch import EACH, BatchRefresh, due
from smily_tui.clock import in_words
from smily_tui.demo import REFRESHED
from smily_tui.errors import SmilyError
from smily_tui.messages import accounts as say
from smily_tui.messages.accounts import lasts, with_key
from smily_tui.messages.connect import DUPLICATE
from smily_tui.tui.actions import DASHBOARD
from smily_tui.tui.widgets.accounts_pane import AccountsPane
from smily_tui.tui.widgets.bars import RefreshBar
from smily_tui.vault.model import SOON, Account

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.tokens.running import Running
    from smily_tui.tui.screens.base import StatusScreen


class Refreshes:
    """Refreshes that are under way on a screen, and the outcome of the last one.

    Args:
        screen: has an `AccountsPane`, a `RefreshBar` and a `StatusLine`, and asks the questions.

    Attributes:
        many: the refresh of many that is under way; None: there is none.
    """

    def __init__(self, screen: StatusScreen[Any]) -> None:
        self.many: BatchRefresh | None = None
        self._last: BatchRefresh | None = None
        self._seconds_each = EACH
        self._screen = screen

    @property
    def _pane(self) -> AccountsPane:
        return self._screen.query_one(AccountsPane)

    @property
    def _keys(self) -> dict[str, str]:
        return self._screen.app.keys_of(DASHBOARD)

    async def _agreed(self, question: str, yes: str, no: str, *, safe: bool = False) -> bool:
        from smily_tui.tui.screens.dialogs import Question

        return await self._screen.app.push_screen_wait(Question(question, yes, no, safe=safe))

    # -- asked for by a person -------------------------------------------------------------------------

    async def chosen(self) -> None:
        """Refresh the selected accounts; for one, asks first where another computer holds its tokens."""
        accounts = [account for account in self._pane.selected if not account.unreadable]
        if len(accounts) > 1:
            await self._selected(accounts)
        elif accounts:
            await self._one(accounts[0])

    async def _selected(self, accounts: Sequence[Account]) -> None:
        if self.many is not None:
            self._screen.status.say(say.STILL_REFRESHING.format_map(self._keys))
        else:
            await self.all_of([account for account in accounts if not self._pane.is_busy(account)])

    async def _one(self, account: Account) -> None:
        elsewhere = self._screen.app.stored.is_elsewhere(account)
        question = say.ELSEWHERE_QUESTION.format(label=account.label, machine=account.machine.name)
        if elsewhere and not await self._agreed(question, "Only this computer", "Cancel"):
            return
        self.begin_one(account, here=elsewhere)

    def due(self) -> list[Account]:
        """Return the accounts that have little time left; say why where there are none to refresh."""
        now, pane = self._screen.app.clock.now(), self._pane
        accounts = [account for account in due(pane.accounts, now, SOON) if not pane.is_busy(account)]
        if self.many is not None:
            self._screen.status.say(say.STILL_REFRESHING.format_map(self._keys))
            return []
        if not accounts:
            self._screen.status.say(say.none_due(pane.accounts, now, SOON))
        return accounts

    async def all_of(self, accounts: Sequence[Account]) -> None:
        """Refresh many accounts; asks first where they are very many."""
        question = say.REFRESH_QUESTION.format(
            count=len(accounts), lasts=lasts(len(accounts) * self._seconds_each)
        )
        if len(accounts) <= say.MANY or await self._agreed(question, "Refresh", "Cancel"):
            await self._run_many(BatchRefresh(self._screen.app.stored, accounts))

    def stop(self) -> None:
        """Begin no more of many."""
        if self.many is not None:
            self.many.stop()
            self._show_progress()

    def show_last(self) -> None:
        """Show the outcome of the last refresh, account by account."""
        if self._last is None or self.many is not None:
            self._screen.status.say(
                say.NOTHING_REFRESHED if self._last is None else say.STILL_REFRESHING.format_map(self._keys)
            )
        else:
            from smily_tui.tui.screens.dialogs import ResultsScreen

            self._screen.app.push_screen(ResultsScreen(self._last), self._select_failed)

    def _select_failed(self, agreed: bool | None) -> None:
        if agreed and self._last is not None:
            self._pane.table.select([result.account.address for result in self._last.failures])

    # -- at work ---------------------------------------------------------------------------------------

    def begin_one(self, account: Account, *, here: bool = False) -> None:
        """Refresh one account, unless it is being refreshed."""
        if not self._pane.is_busy(account):
            self._pane.begin([account.address])
            self._screen.run_worker(self._run_one(account, here=here), exit_on_error=False)

    async def _run_one(self, account: Account, *, here: bool) -> None:
        batch = BatchRefresh(self._screen.app.stored, [account], here=here)
        self._screen.status.busy(f"Refreshing {account.label}")
        await batch.run(self._began, self._ended)
        await self._settle(batch)
        self.show_outcome(batch)

    async def _run_many(self, batch: BatchRefresh) -> None:
        """Run a few workers at a time; leaving meanwhile stops none that has begun."""
        self._last = self.many = batch
        try:
            self._show_progress()
            await batch.run(self._began, self._ended)
            while batch.held_back and await self._may_go_on(batch):
                batch.go_on()
                await batch.run(self._began, self._ended)
        finally:
            self.many, self._seconds_each = None, batch.seconds_each or self._seconds_each
            for bar in self._screen.query(RefreshBar):  # none where the program ends meanwhile
                bar.hide()
        await self._settle(batch)
        self.show_outcome(batch)

    async def _may_go_on(self, batch: BatchRefresh) -> bool:
        """Ask whether to begin the remaining accounts after failures that were all alike."""
        return await self._agreed(say.fail_alike(batch), "Continue", "Stop")

    async def _settle(self, batch: BatchRefresh) -> None:
        """Give those that were identified late their place; where one has a duplicate, ask first."""
        stored = self._screen.app.stored
        for before in batch.accounts:
            account = stored.account(before.address)
            if before.is_identified or account is None or account.account_id is None:
                continue
            duplicate = stored.duplicate(account)
            question = (
                ""
                if duplicate is None
                else DUPLICATE.format(label=duplicate.label, address=duplicate.address)
            )
            with contextlib.suppress(SmilyError):  # it keeps its place; the next refresh settles it
                if duplicate is None or await self._agreed(
                    question, "Update its tokens", "Keep both", safe=True
                ):
                    await to_thread(stored.settle, account.address)
                else:
                    await to_thread(stored.name, account.address, account.label)

    # -- showing ---------------------------------------------------------------------------------------

    def _began(self, account: Account, running: Running) -> None:
        self._screen.app.wire.follow(running)
        self._pane.begin([account.address])

    def _ended(self, account: Account) -> None:
        self._pane.end(account.address)
        self._show_progress()

    def _show_progress(self) -> None:
        many = self.many
        if many is not None:
            total, ended, failures = len(many.accounts), len(many.results), many.failures
            newest = failures[-1].error if failures else None
            left = lasts(many.seconds_each * many.not_begun) if many.seconds_each and total > say.MANY else ""
            self._screen.query_one(RefreshBar).show(
                total, ended, len(failures), stopping=many.stopped, left=left,
                reason=newest.what if newest else "",
            )  # fmt: skip

    def show_outcome(self, batch: BatchRefresh) -> None:
        """Show the accounts as they are after a refresh, and how it went."""
        self._pane.load()
        if self.many is None:
            self._last = batch
        failures = batch.failures
        error = failures[0].error if failures else None
        if len(batch.accounts) == 1:
            self._show_one(batch.accounts[0], error)
            return
        sentence = say.summary(len(batch.results) - len(failures), len(failures), batch.not_begun)
        if error is None:
            self._screen.status.done(f"✓ {sentence}")
        else:
            kept = f"{failures[0].account.label}: {self._screen.app.explained(error.name, error.what)}"
            hint = say.RESULTS_HINT.format_map(self._keys)
            self._screen.status.error(SmilyError(sentence, kept=kept, next=hint))

    def _show_one(self, before: Account, error: SmilyError | None) -> None:
        if error is not None:
            self._screen.status.error(with_key(error, self._keys))
            return
        account = self._screen.app.stored.account(before.address) or self._moved(before)
        left = in_words(account.left(self._screen.app.clock.now()))
        sentence = f"Refreshed {account.label}, valid for {left}."
        self._screen.status.done(f"✓ {self._screen.app.explained(REFRESHED, sentence)}")

    def _moved(self, before: Account) -> Account:
        """Return the account that was at that address until its number became known."""
        return next(
            (account for account in self._pane.accounts if before.address in account.formerly), before
        )
