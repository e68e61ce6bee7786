"""A link as a QR code over the screen, where it fits; else which size it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from smily_tui.desktop.qr import TooLongForQr, drawings, fitting, sign
from smily_tui.tui.actions import READING, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.button_row import ButtonRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.filter import LineFilter

    from smily_tui.desktop.qr import Drawing
    from smily_tui.tui.app import SmilyApp

WORDS_HEIGHT = 3
SCAN = "Scan it with a phone and say yes there; the code comes back by hand."
TOO_SMALL = (
    "The QR code of this link needs a terminal of {least}; this one is {size}. Enlarge it, or show the link "
    "as text: there the code can scroll."
)


class QrPicture(Static):
    """Black on white in every look, and without colours, too: a camera must tell them apart."""

    DEFAULT_CSS = "QrPicture { width: auto; height: auto; }"

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The picture is shown as it is."""
        return ()


class QrScreen(Dialog[None]):
    """The QR code of a link."""

    ABOUT = "The link as a QR code: the account's owner can open it on a phone and say yes there."
    ACTIONS = READING
    BINDINGS = bindings(ACTIONS)
    app: SmilyApp

    def __init__(self, link: str) -> None:
        super().__init__()
        self._link = link

    def compose(self) -> ComposeResult:
        """Build the screen."""
        with Vertical():
            yield QrPicture("")
            yield Static("", id="words", markup=False)
            yield ButtonRow(Button("Close", compact=True))

    def on_mount(self) -> None:
        """Draw."""
        self._draw()

    def on_resize(self) -> None:
        """What fits now?"""
        self._draw()

    def _draw(self) -> None:
        width, height = self.app.size
        ascii_only = self.app.in_ascii
        words = SCAN
        try:
            found = fitting(self._link, width, height - WORDS_HEIGHT, ascii=ascii_only)
            if found is None:
                least = drawings(self._link, ascii=ascii_only)[-1]
                words = TOO_SMALL.format(
                    least=f"{least.width}x{least.height + WORDS_HEIGHT}", size=f"{width}x{height}"
                )
        except TooLongForQr as error:
            found, words = None, f"{error.what} {error.next}"
        picture = self.query_one(QrPicture)
        picture.display = found is not None
        self.set_class(found is None, "-does-not-fit")
        if found is not None:
            picture.update(_content(found))
        self.query_one("#words", Static).update(words)

    def on_button_pressed(self) -> None:
        """Close."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Close."""
        self.dismiss(None)


def _content(drawing: Drawing) -> Content:
    colours = {True: "#000000", False: "#ffffff"}
    rows = (
        Content.assemble(*((sign(cell), f"{colours[cell[0]]} on {colours[cell[1]]}") for cell in row))
        for row in drawing.rows
    )
    return Content("\n").join(rows)
