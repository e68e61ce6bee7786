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
from smily_tui.tokens.errors import Cancelled, HelperFailed
from smily_tui.tokens.jobs import IdentifyJob, Outcome

if TYPE_CHECKING:
    from smily_tui.clock import SimulatedTime
    from smily_tui.tokens.jobs import Job
    from smily_tui.wire.redaction import Exchange


LONGEST_LINE = 1 << 20
_COMMAND = (sys.executable, "-P", "-m", "smily_tui.tokens.worker")


class Listener(Protocol):
    """Somebody who watches a helper at work."""

    def step(self, name: str) -> None:
        """The helper has come to a step: lock, sending, asking."""
        ...

    def exchange(self, exchange: Exchange) -> None:
        """A request was answered, or not."""
        ...


class Running:
    """One job in a process and a session of its own: it goes on when the program that started it ends."""

    def __init__(self, job: Job, lapse: SimulatedTime | None = None) -> None:
        """Start the helper and hand it the job; secrets go through the pipe, never through argv.

        A `lapse` is the clock that the helper goes by, where it is not the machine's.

        Raises:
            SystemRefused: the system starts no more processes.
        """
        self._harmless = isinstance(job, IdentifyJob)
        self._sending = False
        self._cancelled = False
        self._said: dict[str, Any] = {}
        self._listener: Listener | None = None
        self._process = _started()
        _hand_over(self._process.stdin, job.as_dict() | ({} if lapse is None else {"lapse": lapse.as_list()}))

    def wait(self) -> Outcome:
        """Wait for the end of the job.

        Raises:
            SmilyError: the one that the helper met, in its words.
            Cancelled: `cancel` stopped it in time.
            HelperFailed: it ended without a word.
        """
        with self._pipe as lines:
            for line in lines:
                self._hear(line)
        return self._outcome()

    async def ended(self) -> Outcome:
        """Wait as `wait` does, without a thread: a program that quits meanwhile is not held up."""
        import asyncio

        reader = asyncio.StreamReader(LONGEST_LINE)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._pipe)
        try:
            async for line in reader:
                self._hear(line)
        finally:
            transport.close()
        return self._outcome()

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._process.stdout is not None  # noqa: S101 - it was opened as a pipe
        return self._process.stdout

    def tell(self, listener: Listener) -> None:
        """From now on somebody watches."""
        self._listener = listener

    def _hear(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except ValueError:  # it was killed while it wrote this: its last line
            return
        listener = self._listener
        if "exchange" in said:
            if listener is not None:
                from smily_tui.wire.redaction import Exchange

                listener.exchange(Exchange.from_dict(said["exchange"]))
            return
        self._said = said
        self._sending = self._sending or said.get("step") == "sending"
        if listener is not None and "step" in said:
            listener.step(said["step"])

    def _outcome(self) -> Outcome:
        """What the helper's last line says; it has closed its side of the pipe, so it is ending now."""
        status, said = self._process.wait(), self._said
        if "done" in said:
            return Outcome.from_dict(said["done"])
        if "error" in said:
            raise _error(said["error"])
        if self._cancelled and status == -signal.SIGTERM:
            raise Cancelled("Stopped.")
        raise HelperFailed(f"The helper process ended without a word (status {status}).")

    def can_cancel(self) -> bool:
        """Whether stopping it can still not cost a code or a refresh token."""
        return self._harmless or not self._sending

    def cancel(self) -> bool:
        """Stop it where that is safe; False where it is too late and the job goes on.

        The helper holds the signal back as soon as it has a journal open, so this can never be too fast.
        """
        if not self.can_cancel():
            return False
        self._cancelled = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGTERM)
        return True


def _started() -> subprocess.Popen[bytes]:
    from smily_tui.oauth.trust import with_absolute_paths

    try:
        return subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            env=with_absolute_paths(os.environ),
        )
    except OSError as error:
        raise SystemRefused.behind(error) or error from None


def _hand_over(pipe: IO[bytes] | None, stated: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError):
        assert pipe is not None  # noqa: S101 - it was opened as a pipe
        with pipe:
            pipe.write(json.dumps(stated).encode())


def _error(said: dict[str, Any]) -> SmilyError:
    """The error that the helper met; all rooms' errors are known here."""
    import smily_tui.oauth.errors
    import smily_tui.vault.errors  # noqa: F401

    return SmilyError.from_dict(said)
