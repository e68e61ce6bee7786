"""Request of the API that a screen holds: one at a time, its progress on the status line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smily_tui.api_call import send
from smily_tui.errors import SmilyError
from smily_tui.messages import api_call as say
from smily_tui.oauth.api import ROOT
from smily_tui.tokens.errors import Cancelled

if TYPE_CHECKING:
    from smily_tui.accounts import Accounts
    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.running import Running
    from smily_tui.tui.screens.base import StatusScreen
    from smily_tui.vault.model import Account, Address


class ApiCall:
    """GET requests with the token of an account.

    Args:
        accounts: the stored accounts.
        screen: shows progress and errors on its status line; its app's wire log hears the requests.
    """

    def __init__(self, accounts: Accounts, screen: StatusScreen[Any]) -> None:
        self._accounts = accounts
        self._screen = screen
        self._running: Running | None = None

    async def send(self, account: Account, path: str) -> ApiAnswer | None:
        """GET a path below /api/v3/; None, with the reason on the status line, where no answer came."""
        status = self._screen.status
        self._screen.app.wire.will_call(account.server, ROOT + path)
        try:
            answer = await self._answer(account.address, path)
        except Cancelled:
            status.say(say.STOPPED)
        except SmilyError as error:
            status.error(error)
        else:
            status.clear()
            return answer
        return None

    async def _answer(self, address: Address, path: str) -> ApiAnswer:
        steps = send(self._accounts, address, path)
        try:
            doing, running = next(steps)
            while True:
                doing, running = steps.send(await self._finish(running, doing))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    async def _finish(self, running: Running, doing: str) -> Outcome:
        """Wait for a worker process while the status line counts the seconds."""
        self._running = running
        self._screen.app.wire.follow(running)
        self._screen.status.busy(doing, running)
        try:
            return await running.ended()
        finally:
            self._running = None

    def cancel(self) -> bool:
        """Stop the request; False where none runs, or the token is being refreshed and that goes on."""
        return self._running is not None and self._running.cancel()
