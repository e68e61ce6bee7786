"""Input fields: whole pastes, secrets, numbers, search; buttons and their rows."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.containers import ItemGrid
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Button as TextualButton
from textual.widgets import Input

from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.events import Key, Paste
    from textual.layout import DockArrangeResult


LONGEST = 8192  # characters of a paste, as many as `read_pasted_code` takes


class PasteInput(Input):
    """Input whose paste may begin with an empty line, be wrapped, or hold invisible characters.

    Textual 8.2 keeps the first line only. Line breaks become blanks here: what is read from the field
    knows how to join the pieces of a wrapped code.

    Attributes:
        take: gets what is pasted first; True: it has put it where it belongs.
        joins_lines: whether Enter with text right behind it is the line end of a paste, as `InOrderApp` says.
    """

    # Textual 8.2.8 lays the whole screen out anew at each key: the width of the text is the field's
    # `virtual_size`, which asks for that. Our fields are as wide as their places, whatever is in them
    virtual_size = Reactive(Size(0, 0))

    take: Callable[[Untrusted], bool] | None = None
    joins_lines = False

    class Pasted(Message):
        """A paste is in the field."""

    @property
    def typed(self) -> Untrusted:
        """Text in the field."""
        return Untrusted(self.value)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave ctrl+d, which deletes to the right, to the page where there is nothing to delete."""
        del parameters
        return bool(self.value) or action != "delete_right"

    def watch_value(self, before: str, now: str) -> None:
        """Have the keys listed anew where that one has another meaning."""
        if bool(before) != bool(now):
            self.refresh_bindings()

    def _on_paste(self, event: Paste) -> None:
        # else Textual calls the handler of `Input`, too (each class's in turn), and the text is there twice
        event.prevent_default()
        event.stop()
        if self.take is not None and self.take(Untrusted(event.text[:LONGEST])):
            return
        visible = "".join(
            " " if char.isspace() else char
            for char in event.text[:LONGEST]
            if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
        )
        if visible.strip() != self.value:  # the same once more was pasted twice by accident
            self.replace(visible.strip(), *self.selection)
            self.post_message(self.Pasted())


class NumberInput(PasteInput):
    """Field for a number; a paste that is too long for one is left to the page."""

    def _on_paste(self, event: Paste) -> None:
        # no `super()`: Textual calls the handler of `PasteInput` next, unless the default is prevented
        if self.max_length is not None and len(event.text.strip()) > self.max_length:
            event.prevent_default()


class SecretInput(PasteInput):
    """Password field that can be neither copied nor cut, not even by selecting it and pressing ctrl+c.

    What is pasted into it may be wrapped, also where a terminal sends its line ends as Enter.
    """

    joins_lines = True

    def __init__(self, *, placeholder: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(placeholder=placeholder, password=True, id=id)

    # Textual selects all of a field that gets the focus, and people press ctrl+c to quit
    def action_copy(self) -> None:
        """Do nothing: Textual would send the secret to the terminal's clipboard."""

    def action_cut(self) -> None:
        """Do nothing, for the same reason."""


class FindField(PasteInput):
    """Search field; Enter and the down key lead on to the results.

    Args:
        kinds: what can be typed, in words.
    """

    DEFAULT_CSS = """
    FindField { margin: 0 2; display: none; }
    FindField.-open { display: block; }
    """

    def __init__(self, kinds: str) -> None:
        super().__init__(placeholder=f"find by {kinds} (esc: end)", id="find")

    @property
    def words(self) -> list[str]:
        """Search words, folded for comparing."""
        return self.value.casefold().split()

    @property
    def is_open(self) -> bool:
        """Visible or not."""
        return self.has_class("-open")

    def open(self) -> None:
        """Show it, and type into it."""
        self.add_class("-open")
        self.focus()

    def close(self) -> None:
        """End the search."""
        self.value = ""
        self.remove_class("-open")

    def key_down(self) -> None:
        """From the field into what it found."""
        self.post_message(self.Submitted(self, self.value))


GAP = 2


class Button(TextualButton, inherit_css=False):
    """Textual's button with fewer rules: those of its kinds are half as long as our style sheet."""

    DEFAULT_CSS = """
    Button {
        width: auto; min-width: 16; height: auto; line-pad: 1; pointer: pointer;
        text-align: center; content-align: center middle;
    }
    Button.-active { tint: $background 30%; }
    Button:ansi.-active { tint: transparent; }
    """


class ButtonRow(ItemGrid):
    """Buttons as wide as the widest, as many beside each other as fit; left and right move between them.

    `ItemGrid(min_column_width=…)` alone (Textual 8.2) stretches the columns over the whole width where a
    button is hidden or the row is wrapped.
    """

    DEFAULT_CSS = f"""
    ButtonRow {{ height: auto; margin-top: 1; grid-gutter: 0 {GAP}; }}
    ButtonRow Button {{ width: 100%; min-width: 0; }}
    """

    def __init__(self, *buttons: Button, classes: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(*buttons, classes=classes, id=id)
        self._width = max(cell_len(str(button.label)) for button in buttons) + 2
        self.styles.max_width = len(buttons) * (self._width + GAP) - GAP

    def key_left(self, event: Key) -> None:
        """Move the focus to the button before."""
        self._move(event, -1)

    def key_right(self, event: Key) -> None:
        """Move the focus to the next button."""
        self._move(event, 1)

    def _move(self, event: Key, by: int) -> None:
        event.stop()  # else what scrolls around the row would scroll sideways
        buttons = [child for child in self.children if child.focusable]
        at = next(index for index, button in enumerate(buttons) if button.has_focus)
        buttons[min(max(at + by, 0), len(buttons) - 1)].focus()

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        """Lay out as many columns as fit, each as wide as the widest button."""
        displayed = sum(1 for button in self.children if button.display)
        columns = max(1, min(displayed, (size.width + GAP) // (self._width + GAP)))
        # never narrower than a button: Textual 8.2.8 fails to wrap a label where no cell is left for it,
        # as in the one layout before a screen that has shrunk knows its new size
        width = max(min(size.width, columns * (self._width + GAP) - GAP), self._width)
        # an assignment would ask for another layout, in the midst of this one
        self.set_reactive(ItemGrid.min_column_width, max(1, width // columns))
        return super().arrange(Size(width, size.height), optimal)
