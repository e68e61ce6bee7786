"""Undo of the last change to stored accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.messages import accounts as say
from smily_tui.text import Clean, Untrusted, clean
from smily_tui.vault.model import LONGEST_NAME, Account

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.accounts import Accounts
    from smily_tui.vault.trash import Forgotten


class Changes:
    """Changes to stored accounts that a person makes; the last one can be undone.

    Every method may wait for another process, which holds an account's lock.

    Args:
        stored: does them.
    """

    def __init__(self, stored: Accounts) -> None:
        self._stored = stored
        self._undo: Callable[[], str] | None = None

    def remember(self, undo: Callable[[], str]) -> None:
        """Have `undo` take back a change that was made elsewhere; it returns what it did, in words."""
        self._undo = undo

    def undo(self) -> str:
        """Take the last change back, and return what was done; after an error it can be tried again."""
        if self._undo is None:
            return say.NOTHING_TO_UNDO
        sentence = self._undo()
        self._undo = None
        return sentence

    def rename(self, account: Account, label: str | Untrusted) -> str:
        """Give an account another name; raises VaultError."""
        renamed = self._stored.rename(account.address, label)
        before = account.label
        self._undo = lambda: self._rename_back(renamed, before)
        return say.RENAMED.format(before=before, label=renamed.label)

    def _rename_back(self, renamed: Account, before: Clean) -> str:
        now = self._stored.account(renamed.address)
        if now is None:
            return say.GONE_SINCE.format(label=renamed.label)
        if now.label != renamed.label:
            return say.RENAMED_SINCE.format(label=now.label)
        self._stored.rename(now.address, clean(before, LONGEST_NAME))
        return say.RENAMED.format(before=renamed.label, label=before)

    def forget(self, accounts: Sequence[Account]) -> str:
        """Move those accounts to the trash that are still stored; raises VaultError.

        After an error those before it can be restored.
        """
        stored = [account for account in accounts if self._stored.account(account.address) is not None]
        forgotten: list[Forgotten] = []
        for account in stored:
            forgotten.append(self._stored.forget(account.address))
            self._undo = lambda: self._restore_all(forgotten)
        return say.forgot(stored) if stored else say.GONE_SINCE.format(label=say.names(accounts))

    def _restore_all(self, forgotten: list[Forgotten]) -> str:
        restored = []
        while forgotten:
            restored.append(self._stored.restore(forgotten[-1]))
            forgotten.pop()
        return say.restored(restored[::-1])

    def restore(self, forgotten: Forgotten) -> Account:
        """Bring an account back from the trash; raises NoSuchAccount, VaultError."""
        account = self._stored.restore(forgotten)
        self._undo = lambda: self._forget_again(account)
        return account

    def _forget_again(self, account: Account) -> str:
        if self._stored.account(account.address) is None:
            return say.GONE_SINCE.format(label=account.label)
        self._stored.forget(account.address)
        return say.forgot([account])
