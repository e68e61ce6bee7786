"""Messages of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smily_tui.messages.accounts import MESSAGES_TITLE, NO_MESSAGES, time_of_day
from smily_tui.tui.actions import READING, bindings
from smily_tui.tui.screens.dialogs import ReadingDialog
from smily_tui.tui.widgets.button import Button
from smily_tui.tui.widgets.inputs import ButtonRow
from smily_tui.tui.widgets.status_line import Hanging, Hung

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.tui.message_log import Logged, MessageLog

_COLOURS: Final = {"-error": "$text-error", "-done": "$text-success"}


class MessageLogScreen(ReadingDialog):
    """Messages of the status line, newest first."""

    ABOUT = "The messages of this session, newest first. They are not stored."
    ACTIONS = READING
    BINDINGS = bindings(ACTIONS)

    def __init__(self, log: MessageLog) -> None:
        super().__init__()
        self._messages = list(log.newest_first())

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(MESSAGES_TITLE if self._messages else NO_MESSAGES))
            yield Hanging([line for message in self._messages for line in _lines(message)])
            yield ButtonRow(Button("Close"))


def _lines(message: Logged) -> list[Hung]:
    first, *further = message.text.split("\n")
    lead = f"{time_of_day(message.at)}  "
    style = _COLOURS.get(message.kind, "")
    rows = [(Content.styled(lead, "$text-muted"), Content.styled(first, style))]
    return rows + [(Content(" " * len(lead)), Content(line)) for line in further]
