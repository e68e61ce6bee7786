"""Help: the purpose and the keys of the screen below, in two columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from smily_tui.desktop.terminal import terminal_of
from smily_tui.tui.actions import HELP, Action, Group, bindings
from smily_tui.tui.screens.dialogs import ReadingDialog
from smily_tui.tui.widgets.drawn import Hanging, Hung

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


MOVES: Final = (
    ("↑ ↓", "Choose", "Choose in a list."),
    ("Tab", "Next field", "Go to the next field or button. Shift+Tab goes back."),
    ("enter", "Press", "Press the button, or open the row."),
)
PALETTE: Final = ("^p", "Commands", "Find any command by its name.")
CHANGE_KEYS: Final = "Change keys in config.toml. The mouse works everywhere."
SIDES: Final = 6  # cells on both sides of the text: margin, border and padding
WIDEST: Final = 116
GAP: Final = 2
ABOUT: Final = 6  # lines that the purpose and the end take at most, where the keys leave them any
FRAME: Final = 4  # lines of the border, and of the footer with the one above it
BUTTON: Final = 10  # cells
UNEVEN: Final = 8  # lines that one column may be longer than the other
_ONE_COLUMN: Final = 76  # cells; below, the columns stand below each other

Row = tuple[str, str]  # keys and text


# not Textual's HelpPanel: it takes 30 of 80 columns, and lists each key that moves a cursor
class HelpScreen(ReadingDialog):
    """Purpose and keys of the screen below; sentences where they fit, else a word or two for each key.

    Args:
        about: purpose of the screen.
        actions: its actions.
        subject: what one row of it is, such as account.
    """

    ACTIONS = HELP
    BINDINGS = bindings(ACTIONS)

    def __init__(self, about: str, actions: Sequence[Action], subject: str = "account") -> None:
        super().__init__()
        self._about, self._actions, self._subject = about, tuple(actions), subject

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(Content(self._about), id="about")
            with Horizontal(id="columns"):
                yield Hanging(id="left")
                yield Hanging(id="right")
            with Horizontal(id="end"):
                yield Static(_ending(), classes="why", markup=False)
                yield self.button("close")

    def on_mount(self) -> None:
        self._arrange()

    def on_resize(self) -> None:
        super().on_resize()
        self._arrange()

    def _arrange(self) -> None:
        """Fill the columns for the size of the terminal."""
        size = self.app.size
        width = min(size.width, WIDEST) - SIDES
        column = width if width + SIDES < _ONE_COLUMN else (width - GAP) // 2
        texts = ((self._about, width), (_ending(), width - BUTTON))
        rows = size.height - FRAME - sum(len(Content(text).wrap(max(room, 1))) for text, room in texts)
        for in_sentences, gaps in ((True, True), (False, True), (False, False)):
            left, right = _halves(grouped(self._actions, self._subject, in_sentences=in_sentences), gaps=gaps)
            height = max(_height(left, column), _height(right, column))
            if height <= rows:
                break
        self.set_class(height > max(rows, size.height - FRAME - ABOUT), "-tight")
        self.query_one("#left", Hanging).hang(left)
        self.query_one("#right", Hanging).hang(right)


def _ending() -> str:
    """Return hints for all screens, and on the keys that this terminal keeps for itself."""
    return f"{CHANGE_KEYS} {terminal_of().about_keys}".rstrip()


def grouped(actions: Sequence[Action], subject: str, *, in_sentences: bool) -> dict[str, list[Row]]:
    """Return the rows of each group by its title; no label or sentence stands twice in one."""
    groups: dict[str, list[Row]] = {}
    for group in Group:
        entries = [(act.keys, act.label, act.help) for act in actions if act.group is group]
        if group is Group.MOVE:
            used = {keys for keys, _, _ in entries}
            entries = [*(move for move in MOVES if move[0] not in used), *entries]
        elif group is Group.PROGRAM:
            entries.append(PALETTE)
        keys_of: dict[str, list[str]] = {}
        for keys, label, sentence in entries:
            keys_of.setdefault(sentence if in_sentences else label, []).append(keys)
        if keys_of:
            rows = [(" ".join(dict.fromkeys(keys)), text) for text, keys in keys_of.items()]
            groups[group.value.format(subject)] = rows
    return groups


def _halves(groups: dict[str, list[Row]], *, gaps: bool) -> tuple[list[Hung], list[Hung]]:
    """Return the lines of two columns about as high as each other; with `gaps` titles stand apart."""
    widest = max(len(keys) for rows in groups.values() for keys, _ in rows)
    blank = [(Content(""), Content(""))] if gaps else []
    blocks = [
        [
            *blank,
            (Content(""), Content.styled(title, "bold $text-primary")),
            *(_line(row, widest) for row in rows),
        ]
        for title, rows in groups.items()
    ]
    lines = [line for block in blocks for line in block]
    # whole groups, unless that makes one column much longer
    ends = [sum(map(len, blocks[: index + 1])) for index in range(len(blocks))]
    half = min(ends, key=lambda end: abs(2 * end - len(lines)))
    if abs(2 * half - len(lines)) > UNEVEN:
        half = (len(lines) + 1) // 2
        return lines[:half], [*blank, *lines[half:]]
    return lines[:half], lines[half:]


def _line(row: Row, widest: int) -> Hung:
    keys, text = row
    return Content.styled(f"{keys:<{widest}}  ", "bold $text-accent"), Content(text)


def _height(lines: Sequence[Hung], width: int) -> int:
    return sum(len(text.wrap(max(width - lead.cell_length, 1))) for lead, text in lines)
