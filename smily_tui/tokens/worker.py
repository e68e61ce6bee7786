"""Detached process that does the network work: `python -m smily_tui.tokens.worker`, with jobs on stdin.

A line of stdin is a job; they are done one after the other. The process runs in a session of its own, so that
neither the end of the terminal nor the death of its parent comes between the server's answer and the disk.
Progress, exchanges (redacted) and the outcome go to stdout as one JSON object per line, the outcome last; the
work is finished even if nobody reads them.
"""

from __future__ import annotations

import contextlib
import functools
import json
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from smily_tui.clock import Clock, SimulatedTime, SystemClock
from smily_tui.errors import SmilyError, SystemRefused
from smily_tui.records import encode
from smily_tui.system import Machine, here, this_machine
from smily_tui.tokens.context import NOBODY, Environment
from smily_tui.tokens.errors import WorkerFailed
from smily_tui.tokens.exchange import exchange, identify, identify_late
from smily_tui.tokens.handover import probe_rotation
from smily_tui.tokens.jobs import (
    CallJob,
    ExchangeJob,
    IdentifyJob,
    Job,
    Outcome,
    ProbeJob,
    SecretJob,
    decode_job,
)
from smily_tui.tokens.protocol import refresh
from smily_tui.tokens.secret_proof import replace_secret
from smily_tui.vault.journal import Answer
from smily_tui.vault.model import CREDENTIALS_KIND, Address
from smily_tui.vault.store import Slot, Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.oauth.requests import Fields, RawExchange
    from smily_tui.secret import Secret


def main() -> int:
    """Do the jobs; the exit code is that of the last one."""
    here.no_core_dump()
    code = _CUT
    for line in sys.stdin.buffer:
        code = _work(line)
    return code


_CUT: Final = 2
"""Exit code where the parent died before it had written a whole job."""


def _work(line: bytes) -> int:
    """Do one job and report; return the exit code of its error, or 0."""
    try:
        stated = json.loads(line)
        job, clock = decode_job(stated), _clock(stated.get("lapse"))
    except (KeyError, TypeError, ValueError):
        return _CUT
    exchanges: list[RawExchange] = []
    try:
        outcome, code = {"done": encode(do(job, clock, exchanges.append))}, 0
    except SmilyError as error:
        outcome, code = {"error": error.as_dict()}, error.exit_code
    except Exception as error:  # noqa: BLE001 - its text may hold a secret; only its type is reported
        failed = SystemRefused.behind(error) or WorkerFailed(f"A bug: {type(error).__name__} in the worker.")
        outcome, code = {"error": failed.saying(kept=WorkerFailed.default_kept).as_dict()}, failed.exit_code
    _write_exchanges(exchanges)
    _write_line(outcome)
    return code


def do(job: Job, clock: Clock, record: Callable[[RawExchange], None]) -> Outcome:
    """Do one job, and record its exchanges with the server; raises SmilyError."""
    machine = this_machine()
    # computers that share a store share its locks, too
    if here.network_file_system(job.home.state):
        machine = Machine("", machine.name)
    environment = Environment(
        clock=clock,
        post=functools.partial(_post, record, clock),
        is_accepted=functools.partial(_is_accepted, record),
        block_signals=here.block_signals,
        report=lambda step: _write_line({"step": step}),
        machine=machine,
        caller=getattr(job, "caller", NOBODY),  # what spends nothing is not in the history
        record=record,
    )
    store = Store(job.home)
    if isinstance(job, ExchangeJob):
        new = exchange(
            environment, store, job.application, job.code, job.requested_scopes, job.link, job.registration
        )
        return Outcome("exchanged", new.address)
    if isinstance(job, SecretJob):
        replace_secret(environment, store, job.application, job.client_secret)
        return Outcome("secret-replaced", Address(job.application, CREDENTIALS_KIND))
    slot = store.slot(job.address)
    if isinstance(job, IdentifyJob):
        return Outcome("identified", job.address, identify(environment, slot))
    if isinstance(job, CallJob):
        return Outcome("answered", job.address, answer=_call(environment, slot, job.path))
    if isinstance(job, ProbeJob):
        return Outcome(probe_rotation(environment, slot), job.address)
    if not refresh(environment, slot, job.need):
        return Outcome("still-valid", job.address)
    identify_late(environment, slot)
    return Outcome("refreshed", job.address)


def _call(environment: Environment, slot: Slot, path: str) -> ApiAnswer:
    """Send one request, whatever the token is; return the answer, also a refusal.

    Raises:
        NoSuchAccount, VaultError: nothing was sent.
        NoUsableAnswer: no whole answer came.
    """
    from smily_tui.oauth.api_answer import LARGEST_BODY, read_api_answer
    from smily_tui.oauth.http import Transport

    stored = slot.require()
    environment.report("asking")
    began = time.monotonic()
    transport = Transport(stored.server, largest=LARGEST_BODY, record=environment.record)
    response = transport.get(path, stored.current.access)
    return read_api_answer(
        response,
        path,
        time.monotonic() - began,
        granted=stored.current.scopes,
        asked=stored.requested_scopes,
        now=environment.clock.now().wall,
    )


def _clock(lapse: list[Any] | None) -> Clock:
    """Return the clock of the parent: that of a demo may run faster."""
    return SystemClock() if lapse is None else SimulatedTime.from_list(lapse)


def _post(
    record: Callable[[RawExchange], None], clock: Clock, server: str, fields: Fields, seconds: float
) -> Answer:
    from smily_tui.oauth.headers import again_at
    from smily_tui.oauth.http import Transport

    response = Transport(server, deadline=seconds, record=record).post_form("/oauth/token", fields)
    again = again_at(response.status, response.headers, clock.now().wall)
    return Answer(response.status, response.body, again, response.coding)


def _is_accepted(record: Callable[[RawExchange], None], server: str, access_token: Secret) -> bool:
    from smily_tui.oauth.api import ROOT
    from smily_tui.oauth.http import Transport

    return Transport(server, record=record).get(ROOT + "me", access_token).status != 401


def _write_exchanges(exchanges: list[RawExchange]) -> None:
    """Write the exchanges, redacted; only after the work: nothing may come between an answer and the disk."""
    if not exchanges:
        return
    with contextlib.suppress(Exception):  # an error in the wire view must not hide the outcome
        from smily_tui.wire.redaction import masked

        for recorded in masked(exchanges):
            _write_line({"exchange": encode(recorded)})


def _write_line(line: dict[str, Any]) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main())
