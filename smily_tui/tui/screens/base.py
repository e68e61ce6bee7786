"""Base screens: stale sizes ignored, too small ones covered, one step at a time, a status line."""

from __future__ import annotations

from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, ParamSpec, TypeVar

from textual import on
from textual._compositor import Compositor
from textual.await_complete import AwaitComplete
from textual.content import Content
from textual.events import DescendantFocus, Resize, ScreenResume
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from smily_tui.errors import named
from smily_tui.tui.widgets.bars import KeyLine
from smily_tui.tui.widgets.inputs import Button
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wire import WIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from textual.geometry import Region
    from textual.widgets.button import ButtonVariant

    from smily_tui.tui.actions import Action
    from smily_tui.tui.base_app import BaseApp


_Result = TypeVar("_Result")


_Screen = TypeVar("_Screen", bound="SizedScreen[Any]")
_Parameters = ParamSpec("_Parameters")
WIDTH, HEIGHT = 40, 10  # the smallest terminal that has room for a screen
STEP = "step"
STYLE_FOLDER = Path(__file__).parents[1] / "styles"
SETTLED = 0.1  # seconds after a resize until its layouts are done


def once(
    job: str = "",
) -> Callable[
    [Callable[Concatenate[_Screen, _Parameters], Coroutine[Any, Any, None]]],
    Callable[Concatenate[_Screen, _Parameters], None],
]:
    """Run a method of a screen in a worker, unless its job is under way there.

    Textual starts a worker in a task of its own, after messages that wait; a second Enter may be among them.
    So the job is noted when it is asked for, not when it begins.

    Args:
        job: methods with the same one exclude each other; empty: the method's own name.
    """

    def decorate(
        act: Callable[Concatenate[_Screen, _Parameters], Coroutine[Any, Any, None]],
    ) -> Callable[Concatenate[_Screen, _Parameters], None]:
        name = job or act.__name__

        def begin(screen: _Screen, /, *args: _Parameters.args, **kwargs: _Parameters.kwargs) -> None:
            if name in screen.under_way:
                return

            async def run() -> None:
                try:
                    await act(screen, *args, **kwargs)
                finally:
                    screen.under_way.remove(name)

            screen.under_way.add(name)
            # Textual's default ends the app when a worker fails; `StatusScreen` tells it instead
            screen.run_worker(run(), name=act.__name__, exit_on_error=False)

        update_wrapper(begin, act)
        return begin

    return decorate


class TooSmall(Widget):
    """Sentence that covers a screen on a small terminal; the screen keeps its focus and its fields."""

    DEFAULT_CSS = """
    TooSmall {
        display: none; layer: above; dock: top; width: 100%; height: 100%;
        background: $background; color: $foreground;
    }
    """

    def render(self) -> Content:
        width, height = self.app.size
        return Content(
            f"smily-tui needs {WIDTH}x{HEIGHT}. This terminal is {width}x{height}. Nothing is lost."
        )


class NarrowCompositor(Compositor):
    """Compositor that draws only the widgets that overlap what has changed.

    Textual 8.2.8 draws each widget whose container overlaps it: the whole screen for one letter in a field.
    """

    _whole: Mapping[Widget, tuple[Region, Region]] | None = None
    _narrow: dict[Widget, tuple[Region, Region]]

    @property
    def visible_widgets(self) -> dict[Widget, tuple[Region, Region]]:
        """Widgets in sight, each with its region and the part of it that is seen."""
        whole = super().visible_widgets
        if whole is not self._whole:  # Textual makes it anew after each layout
            self._whole = whole
            self._narrow = {
                widget: (region, clip.intersection(region)) for widget, (region, clip) in whole.items()
            }
        return self._narrow


class SizedScreen(Screen[_Result]):
    """Screen that is laid out for the size of the terminal by the style sheet."""

    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (WIDTH, "-narrow"), (80, "-normal"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (HEIGHT, "-low"), (20, "-short"), (30, "-tall")]
    STYLES: ClassVar[tuple[str, ...]] = ()
    """Style sheets in `styles/`, beside the one of the app."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = NarrowCompositor()
        for name in self.STYLES:
            self._read_styles(STYLE_FOLDER / f"{name}.tcss")
        self.under_way: set[str] = set()
        # else Textual styles and lays out all of it once more at its first Resize
        for length, breakpoints in zip(
            self.app.size, (self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), strict=True
        ):
            self.add_class([name for least, name in breakpoints if length >= least][-1], update=False)

    def _read_styles(self, path: Path) -> None:
        # not by CSS_PATH: for the style sheet of a screen Textual 8.2.8 parses all once more
        if not self.app.stylesheet.has_source(str(path)):
            self.app.stylesheet.add_source(path.read_text("utf-8"), (str(path), ""))

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Catch up with a size that changed while another screen was above."""
        if not self.stack_updates:  # shown for the first time: Textual 8.2.8 would style all of it once more
            event.refresh_styles = False
        if self.size and self.size != self.app.size:
            # Textual 8.2.8 lays it out again, but sets the classes of breakpoints at a Resize only
            self.post_message(Resize(self.app.size, self.app.size))

    def dismiss(self, result: _Result | None = None) -> AwaitComplete:
        """Leave the screen once: asked twice in a burst, Textual 8.2 takes the one below away, too."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    async def may_quit(self) -> bool:
        """Keep what the program's end would lose; False: it could not be kept, and the words say why."""
        return True

    @on(Resize)
    def _drop_past_size(self, event: Resize) -> None:
        """Drop a size that is not the terminal's any more.

        Textual 8.2 lays a screen out again for each size it hears of, and those behind a dialog with it;
        each layout of another size than the last sends word of itself. Two sizes that are on their way at
        once, as when a window is dragged, would answer each other for ever, and no key would be heard.
        The newest size comes last, and always.
        """
        if event.size != self.app.size:
            event.prevent_default()

    def on_resize(self) -> None:
        """Keep what has the focus in sight, or say that nothing can be."""
        if (self.size.width < WIDTH or self.size.height < HEIGHT) and not self.query(TooSmall):
            self.mount(TooSmall())
        self.call_after_refresh(self._show_focus)
        # and after the layouts that follow: Textual 8.2.8 gives a dialog its new height only in a later one
        self.set_timer(SETTLED, self._show_focus)

    def _show_focus(self) -> None:
        if self.focused is not None:
            self.focused.scroll_visible(animate=False)

    def set_focus(
        self,
        widget: Widget | None,
        scroll_visible: bool = True,  # noqa: ARG002 - Textual's signature
        from_app_focus: bool = False,
    ) -> None:
        """Scroll only once a page is laid out: Textual 8.2 scrolls before that, by the old layout."""
        super().set_focus(widget, scroll_visible=False, from_app_focus=from_app_focus)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """Bring what gets the focus into sight, on a page that has just been opened, too."""
        self.call_after_refresh(self._bring_into_sight, event.widget)

    def _bring_into_sight(self, widget: Widget) -> None:
        if self.focused is not widget or not widget.region:
            return
        place = self.find_widget(widget)
        if place.region.y < place.clip.y or place.region.bottom > place.clip.bottom:
            self.scroll_to_center(widget, animate=False, origin_visible=True)


class StatusScreen(SizedScreen[_Result]):
    """Screen with a status line and, on demand, the wire view."""

    WIRE_BESIDE = WIDE  # columns that leave room for the wire view beside the page
    app: BaseApp
    _had_focus: Widget | None = None

    @property
    def status(self) -> StatusLine:
        """Status line of this screen."""
        return self.query_one(StatusLine)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell that a worker failed; of a bug by the type of the error alone: its text may hold anything."""
        if event.state is WorkerState.ERROR:
            self.status.error(named(event.worker.error))

    # -- the wire view ---------------------------------------------------------------------------------

    @on(ScreenResume)
    def _wire_everywhere(self) -> None:
        """Keep the view open on all screens, or on none."""
        self.call_after_refresh(self._arrange_wire)

    @on(Resize)
    def _wire_beside(self) -> None:
        """Place the view by the width: only wide screens have room for it beside the page."""
        self.call_after_refresh(self._arrange_wire)

    @property
    def _panels(self) -> list[Widget]:
        """Wire views, without those on their way out: Textual removes a widget some messages later."""
        return [panel for panel in self.query("WirePanel") if not panel.has_class("-leaving")]

    def action_wire(self) -> None:
        """Open the wire view, or close it where it is seen."""
        self.app.wire_open = not self._panels
        self._arrange_wire()

    def _arrange_wire(self) -> None:
        if not self.app.wire_open:
            self._close_wire()
            return
        from smily_tui.tui.wire.panel import WirePanel

        beside = (
            self.app.size.width >= self.WIRE_BESIDE
        )  # a screen that has just been opened does not know its own yet
        for panel in self._panels:
            if panel.has_class("-page") != beside:
                break
            self._take_away(panel)
        else:
            if self.focused is not None and not self.query("WirePanel:focus-within"):
                self._had_focus = self.focused
            self.mount(WirePanel(self.app.wire, beside=beside), before=0)
        self.set_class(beside, "-wire")
        self.set_class(not beside, "-wire-page")

    def close_wire_page(self) -> None:
        """Close the view where it hides the page, so that what the page shows now is seen."""
        if self.has_class("-wire-page"):
            self.app.wire_open = False
            self._close_wire()

    def _close_wire(self) -> None:
        self.remove_class("-wire", "-wire-page")
        for panel in self._panels:
            self._take_away(panel)

    def _take_away(self, panel: Widget) -> None:
        """Remove a wire view and give the focus back."""
        # before the removal, at which Textual would choose the next focus itself
        if self._had_focus is not None and panel.has_focus_within:
            self._had_focus.focus()
        panel.add_class("-leaving")
        panel.remove()


class Dialog(SizedScreen[_Result], ModalScreen[_Result]):
    """Small screen over another one, with its own keys in the footer.

    A button does an action of the dialog, so that it has a key and a line in the palette, too.
    """

    ACTIONS: Sequence[Action] = ()
    STYLES: ClassVar[tuple[str, ...]] = ("dialogs",)
    app: BaseApp

    def on_mount(self) -> None:
        self.mount(KeyLine())

    def button(self, name: str, *, primary: bool = False) -> Button:
        """Return the button of an action; it shows the key as well."""
        action = next(action for action in self.ACTIONS if action.name == name)
        key = self.app.key_of(action).split()[0]
        variant: ButtonVariant = "primary" if primary else "default"
        label = Content(f"{action.label}  {key}")
        return Button(label, variant, id=name, classes="acts")

    @on(Button.Pressed, ".acts")
    async def _act(self, event: Button.Pressed) -> None:
        event.stop()
        await self.run_action(str(event.button.id))
