"""What screens for support staff share: the way to the queue, and today's list."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, TypeVar

from smily_tui.errors import SmilyError
from smily_tui.text import Clean
from smily_tui.tui.screens.base import StatusScreen, once
from smily_tui.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.vault.model import Application

_Result = TypeVar("_Result")


class SupportScreen(StatusScreen[_Result]):
    """A screen from which many accounts are connected."""

    _stored: Accounts
    _demo: DemoInfo | None = None

    def load(self) -> None:
        """Read what is stored now, and show it."""

    def application_at_hand(self) -> str | None:
        """The key of the application that the person is at; None: at none."""
        return None

    def usable_application(self) -> Application | None:
        """The stored application that is at hand, else the first one whose secret is stored, too."""
        at_hand = self.application_at_hand()
        usable = self._stored.usable_applications()
        return next((each for each in usable if each.key == at_hand), next(iter(usable), None))

    def action_queue(self) -> None:
        """Open the queue of the application that is at hand."""
        from smily_tui.messages.queue import NO_APPLICATION
        from smily_tui.tui.screens.queue import QueueScreen

        application = self.usable_application()
        if application is None:
            self.query_one(StatusLine).say(NO_APPLICATION.format(new="n"))
            return
        # what the queue has read already does not count as changed here
        self.app.push_screen(QueueScreen(self._stored, application, self._demo), lambda _: self.load())

    @once()
    async def action_export_today(self) -> None:
        """Show what was authorized today, and write it into a file if the person wants that."""
        from smily_tui.desktop.files import save_text
        from smily_tui.messages.queue import TODAY_SAVED
        from smily_tui.queue.today import as_csv, file_name
        from smily_tui.tui.screens.dialogs import ListFolderDialog, TodayScreen

        status = self.query_one(StatusLine)
        try:
            entries = await to_thread(self._stored.authorized_today)
        except SmilyError as error:
            status.error(error)
            return
        now = self._stored.clock.now().wall
        if not await self.app.push_screen_wait(TodayScreen(entries)):
            return
        folder = await self.app.push_screen_wait(ListFolderDialog(Clean("~")))
        if not folder:
            return
        try:
            path = await to_thread(save_text, folder, file_name(now), as_csv(entries))
        except SmilyError as error:
            status.error(error)
        else:
            status.done(TODAY_SAVED.format(path=path))
