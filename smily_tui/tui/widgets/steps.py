"""Where the person is in the wizard: a list of steps where there is room, one line where there is not."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from smily_tui.messages.connect import STEPS

NAMES = STEPS


class StepLine(Static):
    """One line: Step 2 of 4  ■■□□  Permissions."""

    DEFAULT_CSS = "StepLine { height: 1; padding: 0 2; color: $text-primary; text-style: bold; }"
    step: reactive[int] = reactive(1)

    def render(self) -> Content:
        """The line for the present step."""
        bar = "■" * self.step + "□" * (len(NAMES) - self.step)
        return Content(f"Step {self.step} of {len(NAMES)}  {bar}  {NAMES[self.step - 1]}")


class StepList(Static):
    """The named steps, each with its state in a sign and in place."""

    DEFAULT_CSS = "StepList { width: 26; height: 1fr; padding: 1 2; background: $surface; }"
    step: reactive[int] = reactive(1)

    def render(self) -> Content:
        """The list for the present step."""
        lines = []
        for number, name in enumerate(NAMES, 1):
            sign = "✓" if number < self.step else "▶" if number == self.step else " "
            style = "bold $text-primary" if number == self.step else "$text-muted"
            lines.append(Content.assemble((f"{sign} {number}  {name}", style)))
        return Content("\n\n").join(lines)
