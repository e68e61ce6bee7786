"""Line above the accounts: the search, and the order of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from smily_tui.messages.accounts import ACTION_TEXTS, SORTED_BY
from smily_tui.tui.actions import DASHBOARD
from smily_tui.tui.widgets.inputs import FindField

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.tui.arrangement import Order
    from smily_tui.tui.base_app import BaseApp


class ActionText(Static):
    """Text whose click does an action, which has a key as well."""

    class Pressed(Message):
        """Click on the text."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, text: str, action: str, id: str) -> None:  # noqa: A002 - as in Textual
        super().__init__(text, id=id, markup=False)
        self._action = action

    def on_click(self) -> None:
        self.post_message(self.Pressed(self._action))


class FindLine(Horizontal):
    """Search field behind its key, and the order at the right; a click on either does what its key does."""

    app: BaseApp

    DEFAULT_CSS = """
    FindLine { height: 1; padding: 0 2; color: $text-muted; }
    FindLine #find-key { width: auto; }
    FindLine FindField, FindLine FindField:focus { width: 1fr; margin: 0 1; }
    FindLine.-open #find-word { display: none; }
    FindLine #find-word { width: 1fr; margin-left: 1; }
    FindLine #order { width: auto; }
    """

    def compose(self) -> ComposeResult:
        yield ActionText(self.app.keys_of(DASHBOARD)["find"], "find", "find-key")
        yield FindField("name, address or state")
        yield ActionText(ACTION_TEXTS["find"].label.lower(), "find", "find-word")
        yield ActionText("", "sort", "order")

    def open(self) -> None:
        """Type into the field."""
        self.add_class("-open")
        self.query_one(FindField).open()

    def close(self) -> None:
        """End the search."""
        self.remove_class("-open")
        self.query_one(FindField).close()

    def show_order(self, order: Order) -> None:
        """Name the order, with its key."""
        keys = self.app.keys_of(DASHBOARD)
        self.query_one("#order", Static).update(Content(SORTED_BY.format(order=order.value, **keys)))
