"""A row of the demo's queue: where there is no browser, the person can be the account's owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.queue.queue import RowState
from smily_tui.tui.actions import EVERYWHERE, QUEUE_OWNER, QUEUE_ROW, WIRE, bindings
from smily_tui.tui.playing_owner import PlayingOwner
from smily_tui.tui.screens.queue_row import Left, QueueRowScreen

if TYPE_CHECKING:
    from smily_tui.accounts import Authorizations
    from smily_tui.demo import DemoInfo
    from smily_tui.queue.queue import Queue, Row
    from smily_tui.sandbox.owner import Owner
    from smily_tui.vault.model import Application


def row_screen_for(
    stored: Authorizations, application: Application, row: Row, queue: Queue, demo: DemoInfo | None
) -> QueueRowScreen:
    """The screen of a row, or that of the demo."""
    if demo is None or demo.owner is None:
        return QueueRowScreen(stored, application, row, queue, demo)
    return DemoQueueRowScreen(stored, application, row, queue, demo, demo.owner)


class DemoQueueRowScreen(QueueRowScreen, PlayingOwner[Left]):
    """A row, and the owner's page in the terminal."""

    ACTIONS = (*QUEUE_ROW, *QUEUE_OWNER, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(QUEUE_OWNER)
    BE_OWNER = QUEUE_OWNER[0]

    def __init__(
        self,
        stored: Authorizations,
        application: Application,
        row: Row,
        queue: Queue,
        demo: DemoInfo,
        owner: Owner,
    ) -> None:
        super().__init__(stored, application, row, queue, demo)
        self._owner = owner

    def on_mount(self) -> None:
        """Say that no browser is needed."""
        self.hint()

    def action_say_yes(self) -> None:
        """Be the account's owner here: the row waits for the code from now on."""
        self._to(self._row, RowState.WAITING)
        super().action_say_yes()
