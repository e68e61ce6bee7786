"""Base page of the wizard: a scrolling column that ends in buttons."""

from __future__ import annotations

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Collapsible, Static

from smily_tui.tui.widgets.error_card import ErrorCard
from smily_tui.tui.widgets.inputs import Button, ButtonRow


class Page(VerticalScroll):
    """Page that shows and collects; the screen decides."""

    DEFAULT_CSS = """
    Page { padding: 0 2; height: 1fr; scrollbar-size-vertical: 1; }
    Page .heading { text-style: bold; margin-top: 1; }
    Page .why { color: $text-muted; }
    Page .label { margin-top: 1; }
    Page .finding { color: $text-error; height: auto; }
    Page .remark { color: $text-warning; height: auto; }
    Page Collapsible { margin: 1 0 0 0; }
    """

    can_focus = False

    class GoOn(Message):
        """Go to the next step."""

    class GoBack(Message):
        """Go to the step before."""

    def on_resize(self) -> None:
        # a longer status line leaves less room
        focused = self.screen.focused
        if focused is not None and self in focused.ancestors:
            self.call_after_refresh(focused.scroll_visible, animate=False)

    def watch_show_vertical_scrollbar(self, is_visible: bool) -> None:
        """Move a scroll bar that comes back to where the page is."""
        if is_visible:  # Textual 8.2.8 moves only a bar that is visible
            self.vertical_scrollbar.position = self.scroll_y

    def on_collapsible_expanded(self, event: Collapsible.Expanded) -> None:
        self.call_after_refresh(event.collapsible.scroll_visible, animate=False)

    def action_causes(self) -> None:
        """Show the less likely causes of an error, or hide them."""
        self.query_one(ErrorCard).unfold()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.has_class("go-on"):
            event.stop()
            self.post_message(self.GoOn())
        elif event.button.has_class("go-back"):
            event.stop()
            self.post_message(self.GoBack())


def line(text: str, kind: str = "why", *, id: str | None = None) -> Static:  # noqa: A002
    """Return a static text of the page."""
    return Static(text, classes=kind, markup=False, id=id)


def buttons(go_on: str) -> ButtonRow:
    """Return the buttons to go on and back."""
    back = Button("‹ Back", classes="go-back")
    back.can_focus = False  # Esc goes back; Tab leads to the next field
    return ButtonRow(Button(Content(go_on), variant="primary", classes="go-on"), back)
