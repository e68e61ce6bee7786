"""Worker process as its parent sees it: start, progress, outcome, end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import IO, TYPE_CHECKING, Any, Protocol

from smily_tui.errors import SmilyError, SystemRefused
from smily_tui.oauth.trust_variables import with_absolute_paths
from smily_tui.records import Record, decode
from smily_tui.system import here, reaped
from smily_tui.tokens.errors import Cancelled, WorkerFailed
from smily_tui.tokens.jobs import CallJob, IdentifyJob, Job, Outcome, SecretJob, encode_job

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from smily_tui.clock import SimulatedTime
    from smily_tui.wire.redaction import Exchange


# asyncio's StreamReader takes lines of 64 KiB by default; an exchange with its body is longer
LONGEST_LINE = 1 << 20
# -P: a file of the current folder must not be imported in place of a module
_COMMAND = (sys.executable, "-P", "-m", "smily_tui.tokens.worker")


class Listener(Protocol):
    """Receiver of a worker's progress."""

    def step(self, name: str) -> None:
        """Receive the step that the worker has come to: lock, sending, asking."""
        ...

    def exchange(self, exchange: Exchange) -> None:
        """Receive a request with its answer, if there was one."""
        ...


class Worker:
    """Process in a session of its own that does jobs: it goes on when the program that started it ends.

    It starts with its first job. If it has ended by the next one, it starts again.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: AsyncGenerator[bytes, None] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """Process that has the present job."""
        assert self._process is not None  # noqa: S101 - `hand_over` started it
        return self._process

    @property
    def pipe(self) -> IO[bytes]:
        """Pipe that the process writes to."""
        assert self.process.stdout is not None  # noqa: S101 - it was opened as a pipe
        return self.process.stdout

    @property
    def lines(self) -> AsyncGenerator[bytes, None]:
        """Lines that the process writes, job after job."""
        if self._lines is None:
            self._lines = here.lines_of(self.pipe, LONGEST_LINE)
        return self._lines

    def hand_over(self, stated: dict[str, Any]) -> None:
        """Hand over a job; secrets go through the pipe, never through argv.

        Raises:
            SystemRefused: the system starts no more processes.
        """
        if self._process is None:
            self._process = _started()
        # a process that died at once says so by its exit status
        with contextlib.suppress(OSError):
            self._stdin.write(json.dumps(stated).encode() + b"\n")
            self._stdin.flush()

    def end(self) -> None:
        """Let it end after the present job."""
        with contextlib.suppress(OSError):
            self._stdin.close()

    @property
    def waits_for_more(self) -> bool:
        """Whether it waits for another job after the present one."""
        return not self._stdin.closed

    @property
    def _stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None  # noqa: S101 - it was opened as a pipe
        return self.process.stdin

    async def aclose(self) -> None:
        """Let it end, without waiting for it."""
        if self._process is not None:
            with reaped(self._process):
                self.end()
                await self.lines.aclose()
            self._process = self._lines = None


class Running:
    """Job that a worker does."""

    def __init__(self, job: Job, lapse: SimulatedTime | None = None, worker: Worker | None = None) -> None:
        """Hand the job to the worker, which waits for more after it; without one, to a worker of its own.

        `lapse` is the worker's clock, if it is not the machine's.

        Raises:
            SystemRefused: the system starts no more processes.
        """
        self._harmless = isinstance(job, IdentifyJob | CallJob | SecretJob)
        # one that has had a job before may have blocked its signals already
        self._sending = worker is not None
        self._cancelled = False
        self._last_line: dict[str, Any] = {}
        self._listener: Listener | None = None
        self._worker = worker or Worker()
        self._worker.hand_over(encode_job(job) | ({} if lapse is None else {"lapse": lapse.as_list()}))
        self._process = self._worker.process
        if worker is None:
            self._worker.end()

    def wait(self) -> Outcome:
        """Wait for the end of the job in a worker of its own.

        Raises:
            SmilyError: as the worker reported it.
            Cancelled: `cancel` stopped it in time.
            WorkerFailed: it ended without a report.
        """
        # a person who leaves does not end the job
        with reaped(self._process), self._worker.pipe as lines:
            for line in lines:
                self._hear(line)
            return self._outcome(self._process.wait())  # its pipe is closed, so it is ending

    async def ended(self) -> Outcome:
        """Wait as `wait` does, without a thread: a program that quits meanwhile is not held up."""
        worker, stays = self._worker, False
        try:
            async for line in worker.lines:
                self._hear(line)
                stays = worker.waits_for_more and self._is_over
                if stays:
                    break
            return self._outcome(None if stays else self._process.wait())
        finally:
            if not stays:
                await worker.aclose()

    def tell(self, listener: Listener) -> None:
        """Report to this listener from now on."""
        self._listener = listener

    def _hear(self, line: bytes) -> None:
        try:
            report = json.loads(line)
        except ValueError:
            # a torn last line: the worker was killed while it wrote
            return
        listener = self._listener
        if "exchange" in report:
            if listener is not None:
                from smily_tui.wire.redaction import Exchange

                listener.exchange(decode(Exchange, Record(report["exchange"])))
            return
        self._last_line = report
        self._sending = self._sending or report.get("step") == "sending"
        if listener is not None and "step" in report:
            listener.step(report["step"])

    @property
    def _is_over(self) -> bool:
        return not self._last_line.keys().isdisjoint(("done", "error"))

    def _outcome(self, status: int | None) -> Outcome:
        """Return the outcome in the worker's last line, after which it ended with `status` or goes on."""
        report = self._last_line
        if "done" in report:
            return decode(Outcome, Record(report["done"]))
        if "error" in report:
            raise _error(report["error"])
        if self._cancelled and status == here.TERMINATED:
            raise Cancelled("Stopped.")
        raise WorkerFailed(f"The worker process ended without a result (status {status}).")

    def can_cancel(self) -> bool:
        """Return whether it can be stopped without costing a code or a refresh token."""
        return self._harmless or (here.CAN_BLOCK_SIGNALS and not self._sending)

    def cancel(self) -> bool:
        """Stop it if that is safe; False if it is too late and the job goes on.

        The worker blocks the signal before it writes its journal, so this can never come too early.
        """
        if not self.can_cancel():
            return False
        self._cancelled = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGTERM)
        return True


def _started() -> subprocess.Popen[bytes]:
    try:
        return here.start_detached(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=here.ROOT,
            env=with_absolute_paths(os.environ),
        )
    except OSError as error:
        raise SystemRefused.behind(error) or error from None


def _error(report: dict[str, Any]) -> SmilyError:
    """Return the error that the worker reported."""
    # SmilyError finds its subclasses by name: those of all rooms have to be imported
    import smily_tui.oauth.errors
    import smily_tui.vault.errors  # noqa: F401

    return SmilyError.from_dict(report)
