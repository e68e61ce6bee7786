"""A screen with a link that leaves the terminal: to a browser, the clipboard, a phone, the owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual import work

from smily_tui.text import Clean, clean
from smily_tui.tui.screens.base import StatusScreen
from smily_tui.tui.under_way import once
from smily_tui.tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

_Result = TypeVar("_Result")
PLAIN = "Open this link in a browser, then press Enter here to go back:"


class LinkScreen(StatusScreen[_Result]):
    """What can be done with the link of step 3."""

    _link = ""

    def message_names(self) -> tuple[Clean, Clean]:
        """What the message to the owner calls the application and the account; empty: by no name."""
        return Clean(""), Clean("")

    def without_browser(self) -> str:
        """What to do where there is no browser; empty: as on every such machine."""
        return ""

    def action_open_link(self) -> None:
        """Ask the browser to open the link."""
        self.app.wire.opened()
        self.outside(lambda: self.app.open_link(self._link, self.without_browser()))

    def action_copy_link(self) -> None:
        """Copy the link."""
        self.outside(lambda: self.app.copy_outside(self._link))

    def action_plain_link(self) -> None:
        """Leave the full screen and print the link as one unbroken line."""
        self.app.show_plain(f"{PLAIN}\n\n{self._link}\n\n{self.app.qr_as_text(self._link)}\n", self._link)
        self.query_one("#code").focus()

    def action_qr(self) -> None:
        """Show the link as a QR code."""
        from smily_tui.tui.screens.qr import QrScreen

        self.app.push_screen(QrScreen(self._link))

    @once()
    async def action_message(self) -> None:
        """A ready message to the account's owner, who opens the link elsewhere and sends the code back."""
        from smily_tui.tui.wizard.message_screen import MessageScreen

        message = await self.app.push_screen_wait(MessageScreen(*self.message_names(), self._link))
        if message:
            self.outside(lambda: f"The message: {self.app.copy_outside(message)}")

    @work(thread=True, exit_on_error=False)
    def outside(self, act: Callable[[], str]) -> None:
        """Talk to the desktop without holding up the screen."""
        self.app.call_from_thread(self.query_one(StatusLine).say, act())


def called(account_id: int | None) -> Clean:
    """What an account is called of which only the number is known, or nothing."""
    return Clean("") if account_id is None else clean(account_id)
