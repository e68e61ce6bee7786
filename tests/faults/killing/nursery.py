"""Processes to be killed, forked from one that has imported everything: a kill costs no start of Python.

`python -m tests.faults.killing.nursery` reads a line of JSON each: {"run": NAME, ...}; it forks a child
that does that, and answers with the child's number.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import IO, Any, Self

ROOT = Path(__file__).parents[3]


class Nursery:
    """The nursery, seen from the test."""

    def __init__(self, environ: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.killing.nursery"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def start(self, name: str, **what: Any) -> int:
        """Start a child; its number."""
        self._in.write(json.dumps({"run": name} | what) + "\n")
        return int(self._out.readline())

    def end(self, pid: int, number: int = signal.SIGKILL) -> None:
        """Kill a child that may have ended by itself, and wait until it is gone."""
        self._in.write(json.dumps({"kill": pid, "signal": int(number)}) + "\n")
        assert int(self._out.readline()) == pid

    def wait(self, pid: int) -> None:
        """Wait until a child has ended by itself."""
        self._in.write(json.dumps({"wait": pid}) + "\n")
        assert int(self._out.readline()) == pid

    @property
    def _in(self) -> IO[str]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _out(self) -> IO[str]:
        assert self._process.stdout is not None
        return self._process.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._in.close()
        self._process.wait(60)
        self._out.close()


def _front_end(what: dict[str, Any]) -> None:
    """`smily-tui`, as a shell would start it."""
    from smily_tui.cli import entry

    os.environ.update(what["environ"])
    # the nursery's own has been read from, and the program would refuse to set its encoding
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115
    entry.main(what["arguments"])


def _helper(what: dict[str, Any]) -> None:
    """The helper, with a job on its standard input."""
    from smily_tui.tokens import worker

    os.setsid()
    sys.stdin = io.TextIOWrapper(io.BytesIO(json.dumps(what["job"]).encode()))
    worker.main()


def _naive(what: dict[str, Any]) -> None:
    """What most programs do: ask, then write the file."""
    from tests.faults.killing.naive import refresh

    refresh(Path(what["path"]), what["server"], what["client"], lock=what["lock"])


_RUNS = {"front end": _front_end, "helper": _helper, "naive": _naive}


def main() -> None:
    """Serve until standard input ends; children that still run are killed then."""
    import httpx  # noqa: F401 - imported once, for all children

    import tests.faults.killing.naive  # noqa: F401

    children: set[int] = set()
    for line in sys.stdin:
        what = json.loads(line)
        if "run" in what:
            pid = _fork(what)
            children.add(pid)
        else:
            pid = what.get("kill") or what["wait"]
            if "kill" in what:
                os.kill(pid, what["signal"])  # not reaped yet, so the number is still its own
            os.waitpid(pid, 0)
            children.discard(pid)
        print(pid, flush=True)  # noqa: T201
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork(what: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):
            os.dup2(null, descriptor)
        _RUNS[what["run"]](what)
    except BaseException:  # noqa: BLE001 - the child must never return into its parent's loop
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
