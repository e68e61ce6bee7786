"""A screen of the demo whose link the person can answer here, as the account's owner, without a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from smily_tui.demo import SAYS_NO
from smily_tui.errors import SmilyError
from smily_tui.messages.connect import NO_BROWSER, NONE_HERE
from smily_tui.tui.connecting import ConnectingScreen
from smily_tui.tui.screens.consent import ask_owner
from smily_tui.tui.under_way import once
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wizard.authorize_page import AuthorizePage

if TYPE_CHECKING:
    from smily_tui.sandbox.owner import Owner
    from smily_tui.tui.actions import Action

_Result = TypeVar("_Result")


class PlayingOwner(ConnectingScreen[_Result]):
    """Stands behind the screen that it adds to: of several bases the toolkit styles by the first alone."""

    BE_OWNER: Action
    _owner: Owner

    def without_browser(self) -> str:
        """The person can be the owner here."""
        return NONE_HERE.format(key=self.app.key_of(self.BE_OWNER))

    def hint(self) -> None:
        """Say that no browser is needed, and have a button for that."""
        self.query_one(AuthorizePage).offer_owner(self.app.key_of(self.BE_OWNER))
        words = NO_BROWSER.format(key=self.app.key_of(self.BE_OWNER))
        self.query_one(StatusLine).say(words)

    @once()
    async def action_say_yes(self) -> None:
        """Be the account's owner here."""
        self.app.wire.opened()
        try:
            answered = await ask_owner(self.app, self._owner, self._link)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        if answered is None:
            self.hint()
            return
        words = answered.words
        if answered.code is None and answered.yes:
            words = self.app.explained(SAYS_NO, words)
        self.query_one(StatusLine).say(words)
        if answered.code is not None:
            self.query_one(AuthorizePage).put(answered.code)
