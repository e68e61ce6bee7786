"""`smily-tui sandbox`: a Smily-like OAuth server on this machine."""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import shlex
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from smily_tui.errors import UsageError
from smily_tui.system import command
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.sandbox.server import Listening, Options, Sandbox


SCOPES: Final = "public bookings_read rentals_read"
WIDTH: Final = 78  # cells of the first screen's lines, but for their indent
UNREAD_LINES: Final = 1000
LAST_LINES: Final = 1.0  # seconds for the log's last lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    _add_server_arguments(parser)
    _add_app_arguments(parser)
    parser.add_argument("--env", action="store_true", help="print BOOKINGSYNC_… lines, not one JSON line")
    parser.add_argument("--quiet", action="store_true", help="no log and no welcome on stderr")
    parser.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)


def _add_server_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port (default 0: any free one)")
    parser.add_argument(
        "--rotation",
        choices=["on-use", "immediate"],
        default="on-use",
        help="when the old tokens stop working: when the new one is used, or at once",
    )
    parser.add_argument(
        "--expires-in",
        type=int,
        default=7200,
        metavar="S",
        help="lifetime of a token in seconds (default 7200)",
    )
    parser.add_argument(
        "--latency-ms", type=int, default=0, metavar="MS", help="delay of each answer in milliseconds"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="make other invented records (default 1)"
    )
    parser.add_argument("--pkce", action="store_true", help="check code_challenge and code_verifier")
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME",
        help="make something fail once (repeatable). The page /sandbox/faults lists the names.",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="also answer this host name, such as that of a TLS proxy (repeatable)",
    )


def _add_app_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--app-name", metavar="NAME", help="name on the consent page")
    parser.add_argument("--client-id", default="", metavar="ID", help="Client ID (default: random)")
    parser.add_argument(
        "--client-secret",
        default="",
        metavar="S",
        help="Client Secret for this sandbox only (default: random). Never use a real one.",
    )
    parser.add_argument(
        "--redirect-uri",
        action="append",
        default=[],
        metavar="URI",
        help="where codes are sent: http on this computer, or https (repeatable)",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until a signal; one JSON line on stdout when it listens, a line a request on stderr."""
    from smily_tui.sandbox.server import Sandbox

    log = None if options.quiet else LogWriter()
    try:
        sandbox = Sandbox(_options(options), log=log.add if log else None)
    except OSError as error:
        raise UsageError(
            f"Cannot listen on port {options.port}: {os.strerror(error.errno or 0)}.",
            next="Choose another port, or leave out --port for any free one.",
        ) from None
    if options.until_stdin_closes:
        threading.Thread(target=_obey_stdin, args=(sandbox,), daemon=True).start()
    sandbox.run(_announcement(options))
    if log is not None:
        log.close()
    return 0


def _options(options: argparse.Namespace) -> Options:
    from smily_tui.sandbox.server import Options

    if not (0 <= options.port < 65536 and options.expires_in > 0 and options.latency_ms >= 0):
        raise UsageError("--port must be 0 to 65535, --expires-in at least 1, --latency-ms at least 0.")
    if options.env and set("'\\") & set(options.client_id + options.client_secret):
        raise UsageError(
            "--env cannot write ' or \\ for shells and .env files alike.",
            next="Choose a Client ID and Client Secret without them.",
        )
    names: dict[str, Any] = {} if options.app_name is None else {"app_name": options.app_name}
    return Options(
        port=options.port,
        rotation=options.rotation,
        expires_in=options.expires_in,
        latency_ms=options.latency_ms,
        world_seed=options.seed,
        client_id=options.client_id,
        client_secret=options.client_secret,
        redirect_uris=tuple(options.redirect_uri),
        pkce=options.pkce,
        allow_hosts=tuple(options.allow_host),
        faults=tuple(options.fault),
        **names,
    )


def _announcement(options: argparse.Namespace) -> Callable[[Listening], None]:
    def announce(listening: Listening) -> None:
        sys.stdout.write(_environment(listening) if options.env else listening.as_json_line() + "\n")
        sys.stdout.flush()
        if sys.stderr.isatty() and not options.quiet:
            sys.stderr.write(_welcome(listening))
            sys.stderr.flush()

    return announce


def _environment(listening: Listening) -> str:
    """Write the variables of the official gems, as a shell and a .env file read them."""
    values = {
        "BOOKINGSYNC_URL": listening.server,
        "BOOKINGSYNC_APP_ID": listening.client_id,
        "BOOKINGSYNC_APP_SECRET": listening.client_secret.reveal(),
        "BOOKINGSYNC_SCOPE": SCOPES,
        "BOOKINGSYNC_VERIFY_SSL": "false",
    }
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


def _welcome(listening: Listening) -> str:
    from smily_tui.api_call import CurlCommand

    home = Path(tempfile.gettempdir()) / "smily-sandbox"
    program = command("smily-tui", "--server", listening.server, "--home", home)
    grant = [f"client_id={listening.client_id}", f"client_secret={listening.client_secret.reveal()}"]
    pieces = [command("curl", f"{listening.server}/oauth/token", "-d", "grant_type=client_credentials")]
    pieces += [command("--data-urlencode", pair) for pair in grant]
    # broken between arguments: a terminal would break it within a word
    ask = "\n  ".join(CurlCommand(tuple(pieces)).rows(WIDTH))
    return f"""
The sandbox is running. It behaves like Smily, with invented accounts.

  Server        {listening.server}
  Client ID     {listening.client_id}
  Client Secret {listening.client_secret.reveal()}
  Make it fail  {listening.server}/sandbox/faults

Try in another terminal:

  # connect an account: paste the Client ID and Client Secret
  {program} connect

  # call the API
  {program} api me

  # or get a token yourself
  {ask}

Press Ctrl+C to stop. The sandbox then forgets everything.

"""


class LogWriter:
    """Writer of the request log.

    A thread of its own writes to stderr: a reader that stops reading must not stop the answers. Lines that
    do not fit are dropped.
    """

    def __init__(self) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue(UNREAD_LINES)
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def add(self, line: str) -> None:
        """Write a line soon."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(clean(line))

    def close(self) -> None:
        """Wait a moment for the last lines."""
        with contextlib.suppress(queue.Full):
            self._lines.put(None, timeout=LAST_LINES)
            self._thread.join(LAST_LINES)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            with contextlib.suppress(OSError):  # nobody reads it any more
                sys.stderr.write(line + "\n")
                sys.stderr.flush()


def _obey_stdin(sandbox: Sandbox) -> None:
    """Apply orders for faults or a faster clock, one a line; stop the sandbox at their end."""
    for line in sys.stdin:
        sandbox.state.apply_order(line)
    sandbox.stop()
