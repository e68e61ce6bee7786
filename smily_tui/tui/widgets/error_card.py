"""Error at the field that it is about: a sentence, what to do, and other causes on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content

from smily_tui.messages.accounts import again_in
from smily_tui.messages.connect import OTHER_CAUSES, SERVER_SAYS
from smily_tui.oauth.server_words import QUOTING
from smily_tui.tui.actions import CAUSES
from smily_tui.tui.widgets.drawn import Hanging, hung
from smily_tui.tui.widgets.inputs import Button

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

    from smily_tui.errors import SmilyError
    from smily_tui.tui.base_app import BaseApp


class ErrorCard(Vertical):
    """Error in its own words, hidden while there is none."""

    DEFAULT_CSS = """
    ErrorCard { height: auto; display: none; border-left: outer $error; padding: 0 0 0 1; margin-left: 1; }
    ErrorCard.-open { display: block; }
    ErrorCard Hanging { height: auto; color: $text-muted; }
    ErrorCard #causes { display: none; }
    ErrorCard #causes.-open { display: block; }
    ErrorCard Button { width: auto; min-width: 0; margin-left: 1; }
    """
    app: BaseApp
    can_focus = False

    def _parts(self) -> Iterator[Widget]:
        yield Hanging(id="error")
        label = Content(f"{OTHER_CAUSES} {self.app.key_of(CAUSES)}")
        button = Button(label, id="do-causes")
        button.can_focus = False  # it has a key; Tab leads to the next field
        yield button
        yield Hanging(id="causes")

    def on_mount(self) -> None:
        self._error: SmilyError | None = None
        self._mark = self._what = self._folded = ""
        self._timer = self.set_interval(1.0, self._draw, pause=True)

    def show(self, error: SmilyError, mark: str = "✗") -> None:
        """Show an error, with its causes folded."""
        if not self.children:  # most pages are left without an error
            self.mount_all(self._parts())
        self._error, self._mark = error, mark
        message, quoting, quote = error.what.partition(QUOTING)
        self._what = self.app.explained(error.name, message)
        folded = filter(None, (error.causes, f"{SERVER_SAYS}{quote}" if quoting else ""))
        self._folded = "\n".join(f"  {sentence}" for sentence in folded)
        self.query_one("#causes", Hanging).hang(hung(Content(self._folded)))
        self.query_one("#causes").remove_class("-open")
        self.query_one("#do-causes").display = bool(self._folded)
        self.add_class("-open")
        self._draw()
        if error.again_at is not None:
            self._timer.resume()
        self.call_after_refresh(self.scroll_visible, animate=False)

    def clear(self) -> None:
        """Hide the card."""
        self._error = None
        self._timer.pause()
        self.remove_class("-open")

    def _draw(self) -> None:
        error = self._error
        if error is None:
            return
        first, stop, explanation = self._what.partition(". ")
        text = Content.assemble(
            (f"{self._mark} {first}{stop.strip()}", "bold $text-error"), f" {explanation}".rstrip()
        )
        lines = [sentence for sentence in (error.kept, error.next) if sentence]
        if error.again_at is not None:
            lines.append(again_in(error.again_at - self.app.clock.now().wall))
        self.query_one("#error", Hanging).hang(
            hung(Content("\n").join([text, *(Content(f"  {sentence}") for sentence in lines)]))
        )

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.unfold()

    def unfold(self) -> None:
        """Show the other causes, or hide them."""
        self.query_one("#causes").toggle_class("-open")
        self.call_after_refresh(self.scroll_visible, animate=False)

    @property
    def has_causes(self) -> bool:
        """Whether there are causes to unfold."""
        return self._error is not None and bool(self._folded)
