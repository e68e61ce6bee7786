"""`smily-tui demo`: the same program against a sandbox of its own and a store that is thrown away."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smily_tui import signals
from smily_tui.cli.front import check_terminal, is_plain, show
from smily_tui.demo import TRY_DEMO
from smily_tui.errors import SmilyError, UsageError
from smily_tui.secret import Secret
from smily_tui.vault.home import Home

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from smily_tui.accounts import Accounts
    from smily_tui.text import Untrusted


class SandboxFailed(SmilyError):
    """Sandbox of the demo did not start."""

    default_next = "Run smily-tui sandbox to see why."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--presenter",
        action="store_true",
        help="slides for a projector: each performs its step, tokens stay hidden",
    )


def run(options: argparse.Namespace) -> int:
    """Run the demo; nothing of it stays, also where a signal ends it."""
    check_terminal(options)
    if options.presenter and is_plain(options):
        raise UsageError("--presenter needs the full screen.", next="Use --presenter or --plain, not both.")
    return _run(options, presenter=options.presenter)


def show_with_demo(
    stored: Accounts,
    options: argparse.Namespace,
    *,
    connect: bool = False,
    application: Untrusted | None = None,
) -> int:
    """Run the front end as `show` does, and the demo where its first screen asks for that.

    One after the other in the same terminal: Textual 8.2 suspends an app for a shell, but not on every
    system, and two stores in one app would have to be told apart everywhere.
    """
    while (code := show(stored, options, connect=connect, application=application)) == TRY_DEMO:
        if code := _run(options, goes_back=True):
            return code
    return code


def _run(options: argparse.Namespace, *, presenter: bool = False, goes_back: bool = False) -> int:
    import tempfile

    from smily_tui.accounts import Accounts
    from smily_tui.clock import SimulatedClock
    from smily_tui.demo import DemoInfo
    from smily_tui.sandbox.owner import Owner

    with (
        signals.ending(),
        _sandbox() as (listening, order),
        tempfile.TemporaryDirectory(prefix="smily-tui-demo-") as folder,
    ):
        clock, secret = SimulatedClock(), Secret(listening["client_secret"])
        stored = Accounts(Home.at(Path(folder)), server=listening["server"], clock=clock)
        owner = Owner(listening["server"])
        demo = DemoInfo(
            listening["client_id"], secret, listening["server"],
            order=order, clock=clock, owner=owner, goes_back=goes_back,
        )  # fmt: skip
        return show(stored, options, demo=demo, presenter=presenter)


@contextlib.contextmanager
def _sandbox() -> Iterator[tuple[dict[str, Any], Callable[[dict[str, Any]], None]]]:
    """Start a sandbox in a process of its own, which ends when this process does, however that happens.

    Yields what the sandbox says of itself, and a function that sends it an order.
    """
    import json
    import subprocess

    from smily_tui.demo import APP_NAME

    # the pipe, not a signal, ends it: the kernel closes that of a killed parent, too
    command = [
        sys.executable,
        "-P",
        "-m",
        "smily_tui",
        "sandbox",
        "--until-stdin-closes",
        "--app-name",
        APP_NAME,
    ]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # its line for each request would be written over the screen
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )
    assert process.stdin is not None  # noqa: S101 - both were opened as pipes
    assert process.stdout is not None  # noqa: S101
    stdin = process.stdin

    def order(line: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # it has ended, which the next request tells
            stdin.write(json.dumps(line) + "\n")
            stdin.flush()

    with process, process.stdin, process.stdout:
        line = process.stdout.readline()
        if not line:
            raise SandboxFailed("The demo's server did not start.")
        try:
            yield json.loads(line), order
        finally:
            process.stdin.close()
            process.wait()
