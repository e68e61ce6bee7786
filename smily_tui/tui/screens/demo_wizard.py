"""The wizard of the demo: where there is no browser, the person can be the account's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import work

from smily_tui.errors import SmilyError
from smily_tui.tui.actions import EVERYWHERE, OWNER, WIRE, WIZARD, bindings
from smily_tui.tui.screens.consent import HINT, ask_owner
from smily_tui.tui.screens.wizard import Start, WizardScreen
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wizard.authorize_page import AuthorizePage

if TYPE_CHECKING:
    from smily_tui.clock import Instant
    from smily_tui.refresh.authorizations import Authorizations
    from smily_tui.sandbox.owner import Owner
    from smily_tui.tui.demo import DemoInfo


def wizard_for(stored: Authorizations, start: Start, demo: DemoInfo | None = None) -> WizardScreen:
    """The wizard, or that of the demo."""
    if demo is None or demo.owner is None:
        return WizardScreen(stored, start, demo)
    return DemoWizardScreen(stored, start, demo, demo.owner)


class DemoWizardScreen(WizardScreen):
    """The wizard, and the owner's page in the terminal."""

    ACTIONS = (*WIZARD, *OWNER, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(OWNER)
    LINK_ACTIONS = WizardScreen.LINK_ACTIONS | {"say_yes"}

    def __init__(self, stored: Authorizations, start: Start, demo: DemoInfo, owner: Owner) -> None:
        super().__init__(stored, start, demo)
        self._owner = owner

    def _to_authorize(self, made: Instant | None = None) -> None:
        super()._to_authorize(made)
        self.query_one(StatusLine).say(HINT)

    @work(exit_on_error=False)
    async def action_say_yes(self) -> None:
        """Be the account's owner here."""
        self.app.wire.opened()
        try:
            answered = await ask_owner(self.app, self._owner, self._link)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        self.query_one(StatusLine).say(answered.words)
        if answered.code is not None:
            self.query_one(AuthorizePage).put(answered.code)
