"""One-line widgets: bars of what is left, keys, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from rich.cells import cell_len
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from smily_tui.messages.accounts import under_way
from smily_tui.messages.connect import STEPS, STEPS_ABOUT, TAKES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.binding import Binding
    from textual.events import MouseDown, MouseMove
    from textual.screen import Screen


class LifeBar(Widget):
    """One line from empty to full; the class of a state, such as `state-expiring`, gives it its colour."""

    DEFAULT_CSS = """
    LifeBar { height: 1; color: $primary; }
    """
    share: reactive[float] = reactive(0.0, repaint=False)  # from 0 to 1

    def watch_share(self, before: float, now: float) -> None:
        """Draw it where it looks different: a second seldom changes it."""
        if self._full(before) != self._full(now):
            self.refresh()

    def _full(self, share: float) -> int:
        return min(max(round(share * self.size.width), 0), self.size.width)

    def render(self) -> Content:
        full = self._full(self.share)
        return Content.assemble("━" * full, ("─" * (self.size.width - full), "$rule"))


STOPS = "Press esc to stop"
STOPPING = "Stopping after the running ones"


class RefreshBar(Horizontal):
    """Hidden while nothing is under way."""

    DEFAULT_CSS = """
    RefreshBar { display: none; height: auto; padding: 0 2; }
    RefreshBar LifeBar { width: 1fr; margin-right: 2; }
    RefreshBar Static { width: auto; max-width: 75%; color: $text-warning; }
    """

    def compose(self) -> ComposeResult:
        yield LifeBar()
        yield Static("", markup=False)

    def show(
        self, total: int, ended: int, failed: int, *, stopping: bool, reason: str = "", left: str = ""
    ) -> None:
        """So many have ended, so many of them badly; why the newest did, and how long the rest takes."""
        self.display = True
        self.query_one(LifeBar).share = ended / total
        hint = STOPPING if stopping else STOPS
        parts = (under_way(total, ended, failed, reason), left, hint)
        self.query_one(Static).update("   ".join(filter(None, parts)))

    def hide(self) -> None:
        """Hide it: the refresh is over."""
        self.display = False


class KeyHint(NamedTuple):
    """Key of the footer, as Textual and as people name it, with what it does in a word and in a sentence."""

    key: str
    display: str
    label: str
    help: str

    @property
    def width(self) -> int:
        """Cells that it takes."""
        return cell_len(f" {self.display} {self.label} ")


class KeyLine(Widget):
    """Keys of the screen in one line; what does not fit is left to the help and the palette.

    Not Textual's `Footer` (8.2.8): it makes a widget of each key once the screen is drawn, for which all of
    the screen is laid out again. It also cuts what does not fit.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyLine { dock: bottom; height: 1; background: $footer-background; }
    KeyLine.-pointed { pointer: pointer; }
    """
    _hints: tuple[KeyHint, ...] | None = None
    _pointed: KeyHint | None = None

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._look_again)

    def _look_again(self, _: Screen[Any]) -> None:
        """Draw the keys where others work now; while another window has the focus, they stay."""
        if self.app.app_focus and (hints := tuple(self._active())) != self._hints:
            self._hints = hints
            self.refresh()

    def _active(self) -> Iterator[KeyHint]:
        """Yield the keys that work, one for each action, the palette's last."""
        active, actions = self.screen.active_bindings, set()
        for _, binding, _, _ in active.values():
            if binding.show and binding.action not in actions:
                actions.add(binding.action)
                yield self._hint(binding)
        if palette := active.get(self.app.COMMAND_PALETTE_BINDING):
            yield self._hint(palette.binding)

    def _hint(self, binding: Binding) -> KeyHint:
        display = self.app.get_key_display(binding)
        return KeyHint(binding.key, display, binding.description, binding.tooltip)

    @property
    def hints(self) -> list[KeyHint]:
        """Keys that fit."""
        if self._hints is None:
            self._hints = tuple(self._active())
        # the last two, help and palette, have what is left out
        fits = fitting([self._width(hint) for hint in self._hints], self.size.width, kept=2)
        return [self._hints[index] for index in fits]

    def _is_palette(self, hint: KeyHint) -> bool:
        return hint.key == self.app.COMMAND_PALETTE_BINDING

    def _width(self, hint: KeyHint) -> int:
        return hint.width + (EDGE if self._is_palette(hint) else 0)

    # -- drawing ---------------------------------------------------------------------------------------

    def render(self) -> Content:
        return Content("").join(piece for _, piece in self._pieces())

    def _pieces(self) -> Iterator[tuple[KeyHint | None, Content]]:
        """Yield the line from left to right, with the key that each piece belongs to."""
        room, ends = self.size.width, []
        for hint in self.hints:
            piece = self._piece(hint)
            room -= piece.cell_length
            if self._is_palette(hint):
                ends.append((hint, piece))
            else:
                yield hint, piece
        yield None, Content(" " * room)
        yield from ends

    def _piece(self, hint: KeyHint) -> Content:
        key, label = "bold $footer-key-foreground", "$footer-description-foreground"
        if self._is_palette(hint):
            edge, name = ("▏", "$foreground 20%"), (hint.display, key)
            piece = Content.assemble(edge, name, (f" {hint.label}", label), " ")
        else:
            piece = Content.assemble((f" {hint.display} ", key), (f"{hint.label} ", label))
        return piece.stylize_before("on $block-hover-background") if hint == self._pointed else piece

    # -- the mouse -------------------------------------------------------------------------------------

    def _hint_at(self, x: int) -> KeyHint | None:
        for hint, piece in self._pieces():
            x -= piece.cell_length
            if x < 0:
                return hint
        return None

    def on_mouse_down(self, event: MouseDown) -> None:
        if (hint := self._hint_at(event.x)) is not None:
            self.app.simulate_key(hint.key)

    def on_mouse_move(self, event: MouseMove) -> None:
        self._point_at(self._hint_at(event.x))

    def on_leave(self) -> None:
        self._point_at(None)

    def _point_at(self, hint: KeyHint | None) -> None:
        if hint != self._pointed:
            self._pointed = hint
            self.tooltip = hint.help if hint else None
            self.set_class(hint is not None, "-pointed")
            self.refresh()


EDGE: Final = 2  # the line on the left of the palette's key, and a blank


def fitting(widths: Sequence[int], room: int, *, kept: int) -> list[int]:
    """Return the widths that fit, by index: the last `kept` ones, and as many as possible from the first."""
    first_kept = max(len(widths) - kept, 0)
    room -= sum(widths[first_kept:])
    fits = []
    for index in range(first_kept):
        room -= widths[index]
        if room < 0:
            break
        fits.append(index)
    return [*fits, *range(first_kept, len(widths))]


GAP, NARROW_GAP = 17, 12
ROOMY = 76  # cells for the wide gap, with a remark behind the line
DONE, HERE, LATER = "●", "◉", "○"


class StepLine(Static):
    """Four stops on a line, from an app to a token, with what each of them is."""

    DEFAULT_CSS = "StepLine { height: auto; padding: 0 2; }"
    step: reactive[int] = reactive(1, layout=True)

    def render(self) -> Content:
        if self.screen.has_class("-low"):
            at = f"Step {self.step} of {len(STEPS)}"
            return Content.assemble(
                (f"{at}  ", "bold"), *self._line(2), (f"  {STEPS[self.step - 1]}", "bold $text-primary")
            )
        gap = GAP if self.size.width >= ROOMY else NARROW_GAP
        where = TAKES if self.step == 1 and gap == GAP else f"step {self.step} of {len(STEPS)}"
        line = Content.assemble(*self._line(gap), (f"     {where}", "$text-muted"))
        lines = [line, self._names(gap)]
        if gap == GAP and (self.step == 1 or self.screen.has_class("-tall")):
            about = "".join(text.ljust(GAP) for text in STEPS_ABOUT)
            lines.append(Content.styled(about.rstrip(), "$text-muted"))
        return Content("\n").join(lines)

    def _line(self, gap: int) -> list[tuple[str, str]]:
        """Return the line in its two parts: as far as the person has come, and the remainder."""
        between = "─" * (gap - 1)
        here = DONE if self.step == len(STEPS) else HERE
        come = between.join([*[DONE] * (self.step - 1), here])
        to_come = "".join(f"{between}{LATER}" for _ in STEPS[self.step :])
        return [(come, "bold $text-primary"), (to_come, "$text-muted")]

    def _names(self, gap: int) -> Content:
        names = enumerate((name.ljust(gap) for name in STEPS), 1)
        return Content.assemble(
            *((name, "bold $text-primary" if at == self.step else "$text-muted") for at, name in names)
        ).rstrip()
