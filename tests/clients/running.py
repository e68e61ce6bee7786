"""Foreign client on its way through the script: the driver's process, and what came of each step."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from tests.clients.steps import SCOPES, STEPS, Mode, Run, Step
from tests.support.processes import SandboxProcess, clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


ROOT: Final = Path(__file__).resolve().parents[2]


class Driver:
    """Process that plays a client, one JSON line for an order and one for its reply."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Send an order and wait for the reply; raises ValueError where the driver ended instead."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # where the driver ended, the line that does not come says so
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            raise ValueError(f"the driver ended: {self._errors.read()[-300:].strip()}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with contextlib.suppress(OSError):
                stream.close()
        self._errors.close()
        self._process.kill()
        self._process.wait()


@dataclass
class Outcome:
    """Outcome of a client in one mode.

    Attributes:
        worked: columns with at least one step that was tried.
        problems: problem of the first failed step, by column.
        missing: columns for which the client has no function.
    """

    worked: set[str] = field(default_factory=set)
    problems: dict[str, str] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)


@contextlib.contextmanager
def sandbox_for(mode: Mode, home: Path) -> Iterator[SandboxProcess]:
    """Run `smily-tui sandbox` with the flags of a mode."""
    with SandboxProcess(*mode.flags, environ=clean_environment(home)) as process:
        yield process


def go_through(command: Sequence[str], mode: Mode, sandbox: SandboxProcess) -> Outcome:
    """Take a client through the script."""
    run = Run(mode, sandbox.server, {"client_secret": sandbox.client_secret})
    outcome = Outcome()
    # the clients that insist on https outside of tests
    environ = os.environ | {"OAUTHLIB_INSECURE_TRANSPORT": "1", "AUTHLIB_INSECURE_TRANSPORT": "1"}
    with Driver(command, environ) as driver:
        for step in STEPS:
            column = step.column or mode.column
            if mode.column in outcome.problems or column in outcome.problems or column in outcome.missing:
                continue
            if step.by_redirect and not mode.redirect_uri.startswith("http"):
                continue
            _take(step, column, run, driver, outcome, sandbox)
    return outcome


def _take(
    step: Step, column: str, run: Run, driver: Driver, outcome: Outcome, sandbox: SandboxProcess
) -> None:
    fields = {name: text.format_map(run.kept) for name, text in step.fields.items()}
    order = {"order": step.order, **fields} | (_setup(run.mode, sandbox) if step.order == "begin" else {})
    try:
        reply = driver.ask(order)
    except ValueError as error:
        reply = {"error": str(error)}
    if reply.get("missing"):
        if not step.by_redirect:
            outcome.missing.add(column)
        return
    if problem := step.expects(run, reply):
        outcome.problems[column] = f"{step.order}: {problem}"
        return
    outcome.worked.add(column)
    if step.keeps:
        run.kept[step.keeps] = reply["tokens"]


def _setup(mode: Mode, sandbox: SandboxProcess) -> dict[str, Any]:
    return {
        "server": sandbox.server,
        "client_id": sandbox.client_id,
        "redirect_uri": mode.redirect_uri,
        "scopes": list(SCOPES),
        "authentication": mode.authentication,
        "pkce": mode.pkce,
    }
