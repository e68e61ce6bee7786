"""Show where the time of a start goes: what imports what, which lines are running, and how cost grows.

Run: make profile. Stacks are left in .cache/profile, as flamegraph.pl and speedscope.app read them.
"""

from __future__ import annotations

import collections
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
OUT: Final = ROOT / ".cache" / "profile"
NUMBERS: Final = (1, 100, 10_000, 100_000)
EVERY: Final = 0.001  # seconds of CPU between two samples
SHOWN: Final = 0.03  # part of all samples from which on a line is shown
LONGEST: Final = 40


def main() -> int:
    """Print import tree, heaviest stacks and growth."""
    from benchmarks.commands import PROGRAM, environment
    from benchmarks.homes import APP, make_home
    from benchmarks.pairs import cpu

    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        homes = {number: make_home(Path(folder) / str(number), number) for number in NUMBERS}
        commands = {"token": ("token", f"{APP}/home-00000"), "accounts": ("accounts",)}
        # the first list of a large store writes its index
        cpu((PROGRAM, *commands["accounts"]), environment(homes[NUMBERS[-1]]))
        print("imports of `token`, self and with what it imports, in µs")
        print("\n".join(_imports(commands["token"], environment(homes[1]))))
        for name, command in commands.items():
            number = NUMBERS[-1] if name == "accounts" else 1
            print(f"\n`{name}`, {number} accounts: part of the samples, by stack")
            runs = 1 if name == "accounts" else 40  # Linux looks every 4 ms only
            print("\n".join(_stacks(name, command, environment(homes[number]), runs)))
        print("\nCPU in ms, by number of accounts")
        for name, command in commands.items():
            print(f"{name:10}", end="")
            for number, home in homes.items():
                least = min(cpu((PROGRAM, *command), environment(home)) for _ in range(3))
                print(f"{number:>8}: {least:6.0f}", end="")
            print()
    return 0


def _imports(command: tuple[str, ...], environ: dict[str, str]) -> list[str]:
    """Return the lines of the import tree that take half a millisecond or more."""
    importing = [sys.executable, "-X", "importtime", "-m", "smily_tui", *command]
    done = subprocess.run(importing, env=environ, capture_output=True, text=True, check=True)
    lines = re.findall(r"^import time: +(\d+) \| +(\d+) \| (.*)$", done.stderr, re.MULTILINE)
    return [f"{own:>7} {whole:>7} {name}" for own, whole, name in reversed(lines) if int(whole) >= 500]


def _stacks(name: str, command: tuple[str, ...], environ: dict[str, str], runs: int) -> list[str]:
    """Sample a command in processes of its own; return the heaviest lines as a tree."""
    folded = OUT / f"{name}.folded"
    folded.unlink(missing_ok=True)
    sampling = [sys.executable, __file__, str(folded), *command]
    for _ in range(runs):
        subprocess.run(
            sampling, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
        )
    weights: collections.Counter[tuple[str, ...]] = collections.Counter()
    for line in folded.read_text("utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        places = stack.split(";")
        for depth in range(1, len(places) + 1):
            weights[tuple(places[:depth])] += int(count)
    total = sum(count for stack, count in weights.items() if len(stack) == 1)
    heavy = sorted(stack for stack, count in weights.items() if count >= SHOWN * total)
    lines = [f"{weights[stack] / total:5.0%} {'  ' * (len(stack) - 1)}{stack[-1]}" for stack in heavy]
    return lines[:LONGEST]


def sample(folded: Path, arguments: list[str]) -> int:
    """Run the program, and write the stacks that it was in, by the CPU that it took."""
    from smily_tui.cli.entry import main as run

    stacks: collections.Counter[str] = collections.Counter()
    signal.signal(signal.SIGPROF, lambda _, frame: stacks.update([";".join(_places(frame))]))
    signal.setitimer(signal.ITIMER_PROF, EVERY, EVERY)
    code = run(arguments)
    signal.setitimer(signal.ITIMER_PROF, 0)
    with folded.open("a", encoding="utf-8") as file:
        file.writelines(f"{stack} {count}\n" for stack, count in stacks.items())
    return code


def _places(frame: FrameType | None) -> list[str]:
    """Return the functions of a stack, outermost first; imports are called by their modules."""
    places: list[str] = []
    while frame is not None:
        code, module = frame.f_code, frame.f_globals.get("__name__", "?")
        if not code.co_filename.startswith("<frozen") and code.co_filename != __file__:
            places.append(
                f"import {module}" if code.co_name == "<module>" else f"{module}.{code.co_qualname}"
            )
        frame = frame.f_back
    return places[::-1] or ["start"]


if __name__ == "__main__":
    sys.exit(sample(Path(sys.argv[1]), sys.argv[2:]) if len(sys.argv) > 1 else main())
