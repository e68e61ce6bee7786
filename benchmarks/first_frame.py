"""Measure the time to the first frame against a ten-line Textual app: median ratio of alternating pairs.

Run: .venv/bin/python benchmarks/first_frame.py
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pexpect

TEN_LINES = """\
from textual.app import App
from textual.widgets import Footer, Static

class Ten(App):
    def compose(self):
        yield Static("smily-tui")
        yield Footer()

Ten().run()
"""
PAIRS = 15


def seconds_to_first_frame(command: list[str], home: str) -> float:
    """Start the command in a pty of 80 by 24; return the seconds until it writes its first words."""
    environ = {**os.environ, "TERM": "xterm-256color", "SMILY_TUI_HOME": home}
    # users have compiled modules from the second start on
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    child = pexpect.spawn(command[0], command[1:], env=environ, dimensions=(24, 80))
    child.expect(b"smily-tui")
    took = time.perf_counter() - began
    child.close(force=True)
    return took


def main() -> None:
    """Print both medians and the median ratio."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "ten.py"
        small.write_text(TEN_LINES)
        ten, ours = [sys.executable, str(small)], [sys.executable, "-m", "smily_tui"]
        for warm_up in (ten, ours):
            seconds_to_first_frame(warm_up, folder)
        pairs = [
            (seconds_to_first_frame(ten, folder), seconds_to_first_frame(ours, folder)) for _ in range(PAIRS)
        ]
    a, b = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(second / first for first, second in pairs)
    sys.stdout.write(f"ten-line app {a:.3f} s, smily-tui {b:.3f} s, ratio {ratio:.2f}\n")


if __name__ == "__main__":
    main()
