"""Rows for the full screen: a ten-line Textual app in the same terminal is what can be had at best."""

from __future__ import annotations

import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.commands import READ_ALL, environment
from benchmarks.homes import APP, make_home
from benchmarks.pairs import Row, compare, cpu
from benchmarks.terminals import Terminal
from smily_tui.accounts import Accounts
from smily_tui.clock import SystemClock
from smily_tui.tui.arrangement import Arrangement, Searchable
from smily_tui.vault.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

OURS: Final = (sys.executable, "-m", "smily_tui", "--home")
TEN_LINES: Final = """\
from textual.app import App
from textual.widgets import Footer, Input, Static

class Ten(App):
    def compose(self):
        yield Static("smily-tui")
        yield Input()
        yield Footer()

Ten().run()
"""
TICKING: Final = """\
import sys, time
from textual.app import App
from textual.widgets import Static

class Ticking(App):
    def compose(self):
        yield from (Static("smily-tui") for _ in range(int(sys.argv[1])))

    def on_mount(self):
        self.set_interval(1.0, self.tick)

    def tick(self):
        for label in self.query(Static):
            label.update(time.strftime("%H:%M:%S"))

Ticking().run()
"""
FIRST_ROW: Final = "Home 0"
KEY_PAIRS: Final = 15
IDLE: Final = 10.0  # seconds
ROWS: Final = 20  # accounts that are seen at 80 by 24, each with a time left
FRAME: Final = 1000 / 60


def rows(folder: Path, many: int) -> Iterator[Row]:
    """Measure the screens one after the other."""
    one, all_of_them = make_home(folder / "one-more", 1), make_home(folder / "many-more", many)
    for name, code in (("ten", TEN_LINES), ("ticking", TICKING)):
        (folder / f"{name}.py").write_text(code)
    ten, ticking = ((sys.executable, str(folder / f"{name}.py")) for name in ("ten", "ticking"))

    def usable_ten() -> float:
        return usable(ten, folder)

    yield compare("usable wizard", "ten-line app", 1.6, usable_wizard, usable_ten)
    yield compare("usable dashboard", "ten-line app", 1.6, lambda: seen(one, FIRST_ROW), usable_ten)
    yield compare(
        f"first screenful of {many:,}",
        "of 1",
        1.4,
        lambda: seen(all_of_them, FIRST_ROW),
        lambda: seen(one, FIRST_ROW),
    )
    yield compare(
        f"all {many:,} listed",
        "a script that reads each file, and the first screenful",
        1.5,
        lambda: seen(all_of_them, f"{many} valid"),
        lambda: (
            seen(one, FIRST_ROW)
            + cpu((sys.executable, "-c", READ_ALL, str(all_of_them / "state" / APP)), environment(one))
        ),
        pairs=5,
    )
    yield from typed_keys(ten, folder)
    yield compare(
        f"memory, {many:,}",
        "ten-line app",
        1.5,
        lambda: at_rest(folder, Terminal.memory, *OURS, str(all_of_them)),
        lambda: at_rest(folder, Terminal.memory, *ten),
        pairs=3,
        unit="MB",
    )
    for name, count in (("a label that ticks", 1), (f"{ROWS} labels that tick", ROWS)):
        yield compare(
            f"idle CPU in {IDLE:.0f} s, {many:,}",
            name,
            1.3,
            lambda: at_rest(folder, idle_cpu, *OURS, str(all_of_them)),
            partial(at_rest, folder, idle_cpu, *ticking, str(count)),
            pairs=3,
        )
    yield compare(
        f"idle bytes in {IDLE:.0f} s, {many:,}",
        f"{ROWS} labels that tick",
        2.0,
        lambda: at_rest(folder, idle_bytes, *OURS, str(all_of_them)),
        lambda: at_rest(folder, idle_bytes, *ticking, str(ROWS)),
        pairs=3,
        unit="B",
    )
    yield searching(all_of_them, many)


def usable(command: Sequence[str], home: Path) -> float:
    """Return the milliseconds until a key is taken."""
    with Terminal(command, terminal_environment(home)) as terminal:
        return terminal.until_usable()


def usable_wizard() -> float:
    """Return the milliseconds until the wizard of a new home takes a key."""
    with tempfile.TemporaryDirectory() as home:
        return usable((*OURS, home), Path(home))


def seen(home: Path, text: str) -> float:
    """Return the milliseconds until a text is on the dashboard."""
    with Terminal((*OURS, str(home)), terminal_environment(home)) as terminal:
        return terminal.until(text)


def terminal_environment(home: Path) -> dict[str, str]:
    """Return the environment of a terminal with colours."""
    return environment(home) | {"TERM": "xterm-256color"}


def typed_keys(ten: Sequence[str], folder: Path) -> Iterator[Row]:
    """Measure from key to screen in the wizard's first field."""

    def keys(command: Sequence[str]) -> list[float]:
        with Terminal(command, terminal_environment(folder)) as terminal:
            terminal.until_usable()
            terminal.clear()
            return terminal.keys()

    pairs = []
    for _ in range(KEY_PAIRS):
        with tempfile.TemporaryDirectory() as home:
            pairs.append((keys(ten), keys((*OURS, home))))
    for name, limit, cut in (("p50", 1.2, 9), ("p95", 1.3, 18)):
        points = [[statistics.quantiles(times, n=20)[cut] for times in pair] for pair in pairs]
        ratios = tuple(ours / theirs for theirs, ours in points)
        baseline = statistics.median(theirs for theirs, _ in points)
        yield Row(f"key to screen, {name}", "ten-line app", ratios, limit, baseline)


def at_rest(folder: Path, measure: Callable[[Terminal], float], *command: str) -> float:
    """Measure a program that has come to rest."""
    with Terminal(command, terminal_environment(folder)) as terminal:
        terminal.until("smily-tui")
        terminal.read_for(6.0)
        return measure(terminal)


def idle_cpu(terminal: Terminal) -> float:
    """Return the CPU of a while without a key."""
    before = terminal.cpu()
    terminal.read_for(IDLE)
    return max(terminal.cpu() - before, 1.0)


def idle_bytes(terminal: Terminal) -> float:
    """Return what is written in a while without a key."""
    return terminal.read_for(IDLE)


def searching(home: Path, many: int) -> Row:
    """Measure a search for each beginning of a name, against one frame."""
    accounts, now = Searchable(Accounts(Home.at(home)).accounts()), SystemClock().now()
    times = []
    for length in range(1, 11):
        began = SystemClock().now()
        Arrangement(words="home 00012"[:length]).of(accounts, now)
        times.append(SystemClock().now().since(began) * 1000 / FRAME)
    return Row(f"a letter of a search in {many:,}", "a frame at 60 Hz", tuple(times), 1.0, FRAME)
