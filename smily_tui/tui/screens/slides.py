"""Slides: the demo's story for an audience, one step at a time."""

from __future__ import annotations

import time
from functools import partialmethod
from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from smily_tui.demo import TROUBLES, DemoInfo, Trouble
from smily_tui.messages.accounts import countdown
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.tui.actions import EVERYWHERE, FAULT_KEYS, SLIDES, bindings
from smily_tui.tui.arrangement import URGENCY
from smily_tui.tui.screens.base import STEP, StatusScreen, once
from smily_tui.tui.slides import STEPS, Story
from smily_tui.tui.widgets.bars import KeyLine
from smily_tui.tui.widgets.drawn import Drawn
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.inputs import Button, ButtonRow
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wire.log import Progress, large_picture
from smily_tui.tui.wire.panel import NOTHING, in_full

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.clock import Instant
    from smily_tui.vault.model import Account, Address

TICK: Final = 0.2  # seconds
SCROLLED: Final = 4  # rows
QUIET_FOR: Final = 1.0  # seconds
WAITING: Final = "… Waiting for the answer ({seconds} s)"
ORDERED: Final = "Ordered: {effects}"
AT_THE_END: Final = "This was the last step. Press Home to start again."


class LargeDiagram(Widget):
    """Arrows so far, as large as there is room."""

    DEFAULT_CSS = "LargeDiagram { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._progress: Progress | None = None

    def draw(self, progress: Progress) -> None:
        """Show progress."""
        if progress != self._progress:
            self._progress = progress
            self.refresh()

    def render(self) -> Content:
        if self._progress is None or not self.size:
            return Content("")
        return large_picture(self._progress, self.size.width, self.size.height)


class SlidesScreen(StatusScreen[None]):
    """Diagram and sentence of one step; the next one is performed on demand.

    Args:
        story: the steps, and how far they have come.
        demo: makes the errors.
    """

    ABOUT = (
        "The story of a token, step by step. Press {next} to perform the next step for real, against the "
        "demo's server. Keys 1 to 9 cause an error. Press {faults} to list them. Tokens stay hidden."
    )
    ACTIONS = (*SLIDES, *FAULT_KEYS, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)
    DEFAULT_CSS = """
    SlidesScreen LargeDiagram { margin: 1 2 0 2; }
    SlidesScreen #http { display: none; height: 1fr; margin: 1 2 0 2; scrollbar-size-vertical: 1; }
    SlidesScreen.-http #http { display: block; }
    SlidesScreen.-http LargeDiagram { display: none; }
    SlidesScreen #life { height: 1; margin: 0 2; text-style: bold; }
    SlidesScreen #card { height: auto; margin: 0 2; padding: 1 3; border: round $primary; }
    SlidesScreen.-short #card, SlidesScreen.-low #card { padding: 0 3; }
    SlidesScreen #sentence { height: auto; text-style: bold; }
    SlidesScreen #advice { height: auto; margin-top: 1; color: $text-primary; }
    SlidesScreen.-short #advice, SlidesScreen.-low #advice { margin-top: 0; }
    SlidesScreen.-interrupted #card { border: round $text-error; }
    SlidesScreen .faults { display: none; margin: 0 2; }
    SlidesScreen.-faults .faults { display: block; }
    SlidesScreen.-blank > * { visibility: hidden; }
    """

    def __init__(self, story: Story, demo: DemoInfo) -> None:
        super().__init__()
        self._story, self._demo = story, demo
        self._index = story.reached
        self._began = 0.0

    def compose(self) -> ComposeResult:
        yield TitleBar("slides", TITLE_BADGE)
        yield LargeDiagram()
        with VerticalScroll(id="http", can_focus=False):
            yield Drawn(self._http, id="exchanges")
        yield Drawn(self._life, id="life")
        with Vertical(id="card"):
            yield Static("", id="sentence", markup=False)
            yield Static("", id="advice", markup=False)
        buttons = (_fault_button(key, trouble) for key, trouble in enumerate(TROUBLES, 1))
        yield ButtonRow(*buttons, classes="faults")
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        self.app.wire.changed.subscribe(self, lambda _: self._draw())
        self.set_interval(TICK, self._tick)
        self._show()

    # -- showing ---------------------------------------------------------------------------------------

    @property
    def _is_newest(self) -> bool:
        return self._index == self._story.reached

    def _show(self) -> None:
        """Show the present slide."""
        step = STEPS[self._index]
        interruption = self._story.interruption if self._is_newest else None
        self.set_class(interruption is not None, "-interrupted")
        self.query_one(TitleBar).say(f"{self._index + 1} of {len(STEPS)} · {step.title}")
        sentence = interruption.sentence if interruption else step.sentence
        self.query_one("#sentence", Static).update(Content(sentence.replace(". ", ".\n")))
        advice = self.query_one("#advice", Static)
        advice.update(Content(interruption.advice if interruption else ""))
        advice.display = bool(interruption and interruption.advice)
        self._show_ordered()
        self._draw()

    def _show_ordered(self) -> None:
        effects = " ".join(trouble.help for trouble in self._demo.ordered.pending)
        self.status.say(ORDERED.format(effects=effects) if effects else "")

    def _draw(self) -> None:
        """Draw the arrows, the time that is left, and the requests, where they can be seen."""
        if not self.is_active:  # nor read accounts behind a screen that watches for changes of the store
            return
        is_live = self._is_newest and (STEP in self.under_way or self._story.interruption is not None)
        self.query_one(LargeDiagram).draw(self._story.progress(self._index, now=is_live))
        if self.has_class("-http"):
            self.query_one("#exchanges", Drawn).draw()
        self.query_one("#life", Drawn).refresh()

    def _life(self, width: int) -> Content:
        account = self._story.account
        return _life(account, self.app.clock.now(), width) if account else Content("")

    def _http(self, width: int) -> Content:
        entries = self._story.http(self._index)
        pages = [in_full(entry, width) for entry in entries] or [Content(NOTHING)]
        return Content("\n\n").join(pages)

    def _tick(self) -> None:
        """Show the time that is left, and that a step is under way."""
        if STEP not in self.under_way or not self.is_active:
            self._draw()
            return
        seconds = time.monotonic() - self._began
        self._story.waits(seconds)
        self._index = self._story.reached
        self._show()
        if seconds > QUIET_FOR:
            self.status.say(WAITING.format(seconds=int(seconds)))

    # -- from step to step -----------------------------------------------------------------------------

    def action_next(self) -> None:
        """Perform the next step; after a look back, show the next slide."""
        if self._unblank():
            return
        if not self._is_newest:
            self._index += 1
            self._show()
        elif self._index == len(STEPS) - 1:
            self.status.say(AT_THE_END)
        else:
            self._perform()

    @once(STEP)
    async def _perform(self) -> None:
        self._began = time.monotonic()
        await self._story.go_on()
        self._index = self._story.reached
        self._show()

    def action_previous(self) -> None:
        """Show the slide before."""
        if not self._unblank() and STEP not in self.under_way and self._index:
            self._index -= 1
            self._show()

    # sent by remote controls
    key_pagedown = key_space = action_next
    key_pageup = action_previous

    def action_restart(self) -> None:
        if STEP not in self.under_way:
            self._story.restart()
            self._index = 0
            self._show()

    # -- errors ----------------------------------------------------------------------------------------

    def action_faults(self) -> None:
        self.toggle_class("-faults")

    @on(Button.Pressed, ".faults Button")
    def _pressed(self, event: Button.Pressed) -> None:
        self._order(int((event.button.id or "").removeprefix("fault-")))

    def _order(self, key: int) -> None:
        self._demo.cause(TROUBLES[key - 1])
        self.remove_class("-faults")
        self._show_ordered()

    action_cause_expired_code = partialmethod(_order, 1)
    action_cause_denied = partialmethod(_order, 2)
    action_cause_wrong_secret = partialmethod(_order, 3)
    action_cause_slow = partialmethod(_order, 4)
    action_cause_offline = partialmethod(_order, 5)
    action_cause_cut = partialmethod(_order, 6)
    action_cause_revoked = partialmethod(_order, 7)
    action_cause_missing_scope = partialmethod(_order, 8)
    action_cause_rate_limit = partialmethod(_order, 9)

    # -- beside the slides -----------------------------------------------------------------------------

    def _arrange_wire(self) -> None:
        """Have no wire view beside the slides: they show the requests of a step themselves."""

    def action_http(self) -> None:
        """Show the requests of this step in place of the diagram."""
        self.toggle_class("-http")
        self._draw()

    # not by the focus: a view that scrolls would take → and ← from the footer
    def key_up(self) -> None:
        """Scroll the requests."""
        self._scroll(-SCROLLED)

    def key_down(self) -> None:
        """Scroll the requests."""
        self._scroll(SCROLLED)

    def _scroll(self, rows: int) -> None:
        self.query_one("#http", VerticalScroll).scroll_relative(y=rows, animate=False)

    @once(STEP)  # else the wizard would have a code that is being exchanged
    async def action_page(self) -> None:
        """Open the accounts, or the wizard before there is one, in the state that the story has reached."""
        account = self._story.account
        if account is not None:
            from smily_tui.tui.screens.dashboard import DashboardScreen

            dashboard = DashboardScreen(returns=True)
            await self.app.push_screen(dashboard)
            dashboard.pane.go_to(account.address)
            return
        from smily_tui.tui.screens.wizard import Start, WizardScreen

        start = Start(self._story.application, self._story.scopes, code=self._story.code)
        self.app.push_screen(WizardScreen(self.app.stored, start, self._demo), self._came_back)

    def _came_back(self, address: Address | None) -> None:
        if address is not None:
            self._story.connected(address)
            self._index = self._story.reached
        self._show()

    def action_blank(self) -> None:
        self.toggle_class("-blank")

    def _unblank(self) -> bool:
        """Show a blank screen again; False where it was not blank."""
        was_blank = self.has_class("-blank")
        self.remove_class("-blank")
        return was_blank

    def action_leave(self) -> None:
        """Show a blank screen again, close what is open, or leave."""
        if self._unblank():
            return
        if self.has_class("-http"):
            self.action_http()
        elif self.has_class("-faults"):
            self.action_faults()
        else:
            self.dismiss(None)


def _fault_button(key: int, trouble: Trouble) -> Button:
    button = Button(Content(f"{key} {trouble.label}"), id=f"fault-{key}")
    button.can_focus = False  # each has a key
    return button


LABEL: Final = "Access token  "


def _life(account: Account, now: Instant, width: int) -> Content:
    """Write how long the access token is valid, with a bar; both in the colour of the state."""
    state, left = account.state(now), max(0.0, account.left(now))
    text = f"{countdown(left)} left  " if left else f"{state.glyph} {state.word}"
    colour = f"${URGENCY[state].colour}"
    room = max(0, width - len(LABEL) - len(text)) if left else 0
    full = round(min(1.0, left / account.lifetime) * room)
    return Content.assemble(
        (LABEL, "$text-muted"), (text, colour), ("━" * full, colour), ("─" * (room - full), "$text-muted")
    )
