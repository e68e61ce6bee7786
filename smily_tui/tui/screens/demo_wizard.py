"""The wizard of the demo: where there is no browser, the person can be the account's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.tui.actions import EVERYWHERE, OWNER, WIRE, WIZARD, bindings
from smily_tui.tui.playing_owner import PlayingOwner
from smily_tui.tui.screens.wizard import Start, WizardScreen
from smily_tui.vault.model import Address

if TYPE_CHECKING:
    from smily_tui.accounts import Authorizations
    from smily_tui.clock import Instant
    from smily_tui.sandbox.owner import Owner
    from smily_tui.tui.demo import DemoInfo


def wizard_for(stored: Authorizations, start: Start, demo: DemoInfo | None = None) -> WizardScreen:
    """The wizard, or that of the demo."""
    if demo is None or demo.owner is None:
        return WizardScreen(stored, start, demo)
    return DemoWizardScreen(stored, start, demo, demo.owner)


class DemoWizardScreen(WizardScreen, PlayingOwner[Address | None]):
    """The wizard, and the owner's page in the terminal."""

    ACTIONS = (*WIZARD, *OWNER, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(OWNER)
    BE_OWNER = OWNER[0]

    def __init__(self, stored: Authorizations, start: Start, demo: DemoInfo, owner: Owner) -> None:
        super().__init__(stored, start, demo)
        self._owner = owner

    def _to_authorize(self, made: Instant | None = None) -> None:
        super()._to_authorize(made)
        self.hint()
