"""One-line widgets: bars of what is left, keys, steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Footer, Static
from textual.widgets._footer import FooterKey  # Textual 8.2 exports the footer only, not its keys

from smily_tui.messages.accounts import under_way
from smily_tui.messages.connect import STEPS, STEPS_ABOUT, TAKES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


class LifeBar(Widget):
    """One line from empty to full; the class of a state, such as `state-expiring`, gives it its colour."""

    DEFAULT_CSS = """
    LifeBar { height: 1; color: $primary; }
    """
    share: reactive[float] = reactive(0.0)  # from 0 to 1

    def render(self) -> Content:
        width = self.size.width
        full = min(max(round(self.share * width), 0), width)
        return Content.assemble("━" * full, ("─" * (width - full), "$rule"))


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


_PALETTE = "-command-palette"


class KeyLine(Footer):
    """Footer that leaves what does not fit to the help and the palette; Textual's cuts it."""

    def compose(self) -> ComposeResult:
        """Build the line for the present width."""
        keys = [key for key in super().compose() if isinstance(key, FooterKey)]
        # the last two, help and palette, have what is left out
        fits = fitting([_width(key) for key in keys], self.app.size.width, kept=2)
        for key in (keys[index] for index in fits):
            if not key.has_class(_PALETTE):  # else Textual styles it as compact first, and again as it is
                key.set_reactive(FooterKey.compact, self.compact)
            yield key

    async def recompose(self) -> None:
        """Build the line anew where it has to change: the focus moves far more often than the keys do."""
        # as Textual's own does: the footer may be on its way out when a change of bindings arrives
        if not self.is_attached or self._pruning:
            return
        keys = [key for key in self.compose() if isinstance(key, FooterKey)]
        if [_seen(key) for key in keys] == [_seen(key) for key in self.query(FooterKey)]:
            return
        async with self.batch():
            await self.remove_children()
            if self.is_attached:
                await self.mount_all(keys)

    def on_resize(self) -> None:
        """More or fewer keys fit now."""
        self.call_later(self.recompose)  # below a dialog nothing is refreshed


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


def _seen(key: FooterKey) -> tuple[str, str, str, str, bool, str]:
    """Return what a person sees of a key, and its action."""
    return (
        key.key, key.key_display, key.description, key.action,
        key.has_class("-disabled"), str(key.tooltip),
    )  # fmt: skip


def _width(key: FooterKey) -> int:
    # Textual 8.2.8 draws a border on the palette's left, and a blank on its right
    edge = 2 if key.has_class(_PALETTE) else 0
    return cell_len(f" {key.key_display} {key.description} ") + edge


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
