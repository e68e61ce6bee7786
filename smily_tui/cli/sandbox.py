"""`smily-tui sandbox`: a Smily-like OAuth server on this machine."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING

from smily_tui.errors import UsageError
from smily_tui.text import clean

if TYPE_CHECKING:
    from smily_tui.sandbox.server import Listening, Sandbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, metavar="N", help="0, the default: any free one")
    parser.add_argument(
        "--rotation",
        choices=["on-use", "immediate"],
        default="on-use",
        help="when a refresh ends the old tokens: when the new one is first used, or at once",
    )
    parser.add_argument(
        "--expires-in", type=int, default=7200, metavar="S", help="seconds that a token lives"
    )
    parser.add_argument(
        "--latency-ms", type=int, default=0, metavar="MS", help="milliseconds that an answer takes"
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Serve until a signal; one JSON line on stdout when it listens, a line a request on stderr."""
    from smily_tui.sandbox.server import Options, Sandbox

    if not (0 <= options.port < 65536 and options.expires_in > 0 and options.latency_ms >= 0):
        raise UsageError("--port is 0 to 65535, --expires-in 1 or more, --latency-ms 0 or more.")
    try:
        sandbox = Sandbox(
            Options(options.port, options.rotation, options.expires_in, options.latency_ms), log=_log
        )
    except OSError as error:
        raise UsageError(
            f"Cannot listen on port {options.port}: {os.strerror(error.errno or 0)}.",
            next="Choose another port, or none: then any free one is taken.",
        ) from None
    if options.until_stdin_closes:
        threading.Thread(target=_obey_stdin, args=(sandbox,), daemon=True).start()
    sandbox.run(_announce)
    return 0


def _announce(listening: Listening) -> None:
    sys.stdout.write(listening.as_json_line() + "\n")
    sys.stdout.flush()


def _log(line: str) -> None:
    with contextlib.suppress(OSError):  # nobody reads it any more: the answers go on
        sys.stderr.write(clean(line) + "\n")
        sys.stderr.flush()


def _obey_stdin(sandbox: Sandbox) -> None:
    """Apply orders for faults or a faster clock, one a line; stop the sandbox at their end."""
    from smily_tui.sandbox.orders import apply_order

    for line in sys.stdin:
        apply_order(line, sandbox.state)
    sandbox.stop()
