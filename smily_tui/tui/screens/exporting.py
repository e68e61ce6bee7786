"""Exports of the dashboard: access tokens for other programs, into files or the clipboard."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, Any

from smily_tui.errors import SmilyError
from smily_tui.messages import accounts as say
from smily_tui.messages.accounts import advice, with_key
from smily_tui.secret import Secret
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.tui.actions import DASHBOARD
from smily_tui.tui.widgets.accounts_pane import AccountsPane

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.export import Export
    from smily_tui.tui.screens.base import StatusScreen
    from smily_tui.tui.screens.dialogs import Wish
    from smily_tui.vault.model import Account, Address


class Exports:
    """Exports of a screen.

    Args:
        screen: has an `AccountsPane` and a `StatusLine`, and asks the questions.
        copy: copies a secret, and says under that name how it went.
    """

    def __init__(self, screen: StatusScreen[Any], copy: Callable[[Secret, str], object]) -> None:
        self._screen, self._copy = screen, copy

    async def export(self, accounts: Sequence[Account]) -> None:
        """Ask for the format and the place, and export there; several accounts go into a file each."""
        from smily_tui.tui.screens.dialogs import ExportDialog, may_copy

        dialog = ExportDialog(say.names(accounts), many=len(accounts) > 1)
        wish = await self._screen.app.push_screen_wait(dialog)
        saved: list[str] = []
        try:
            if wish is None or (not wish.folder and not await may_copy(self._screen.app)):
                return
            for account in accounts:
                await self._export(account.address, wish, saved)
        except SmilyError as error:
            self._screen.status.error(with_key(error, self._screen.app.keys_of(DASHBOARD)))

    async def _export(self, address: Address, wish: Wish, saved: list[str]) -> None:
        from smily_tui.desktop.files import save_text
        from smily_tui.export import as_text, file_name

        export = await self._fresh(address)
        text = as_text(export, wish.format)
        if not wish.folder:
            self._copy(Secret(text), f"Export of {export.label}")
            return
        path = await to_thread(save_text, wish.folder, file_name(export, wish.format), text)
        saved.append(str(path))
        place = f"✓ Saved to {path}" if len(saved) == 1 else f"✓ Saved {len(saved)} files, the last to {path}"
        self._screen.status.done(f"{place}\n  {advice(export)}")

    async def _fresh(self, address: Address) -> Export:
        """Refresh a token that has little time left; leaving does not stop that."""
        from smily_tui.export import export_of

        screen, need = self._screen, TokenRequirement()
        if not screen.app.stored.suffices(address, need):
            running = screen.app.stored.refresh(address, need)
            screen.app.wire.follow(running)
            screen.status.busy("Refreshing the token first")
            await running.ended()
            screen.query_one(AccountsPane).load()
        return export_of(screen.app.stored, address)
