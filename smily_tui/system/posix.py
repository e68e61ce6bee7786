"""Systems by POSIX: what Linux and macOS share."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from smily_tui.system.interface import Exposure

assert sys.platform != "win32"  # for types

SYNCS_FOLDERS: Final = True
FOLDER: Final = os.O_DIRECTORY
SIGNATURE_AT: Final = 0
ROOT: Final = "/"
CAN_BLOCK_SIGNALS: Final = True
# the numbers that POSIX has ("kill"): `signal` takes a while to import
TERMINATED: Final = -15
TIMED_OUT: Final = -14
HAS_TERM: Final = True
HANGUP: Final = 1
MAKE_WRITABLE: Final = ("chmod", "u+w")

GROUP: Final = "SMILY_TUI_GROUP"  # the variable that lets the group in
ITS_GROUP: Final = 0o070
OTHERS: Final = 0o007
GROUP_MOUNT: Final = (
    f"If the mount sets these rights (Kubernetes fsGroup, CIFS), {GROUP}=allow lets the group in."
)
OPEN_MOUNT: Final = (
    "If the mount sets these rights (CIFS, WSL's drvfs), mount it with umask=077, or use --home."
)

# -- files ---------------------------------------------------------------------------------------------


def open_file(path: Path, flags: int, mode: int, *, follow: bool = False) -> int:
    """Open a file; without O_NONBLOCK the opening of a FIFO waits for somebody who writes."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW), mode)


def set_mode(descriptor: int, mode: int) -> None:
    """Set the mode bits."""
    os.fchmod(descriptor, mode)


def write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write at an offset."""
    os.pwrite(descriptor, data, offset)


def replace(source: Path, target: Path) -> None:
    """Rename a file."""
    os.replace(source, target)  # noqa: PTH105 - the call itself


def unlink(path: Path) -> None:
    """Delete a file."""
    os.unlink(path)  # noqa: PTH108 - as above


def make_folder(path: Path) -> None:
    """Make one folder with mode 0700."""
    os.mkdir(path, 0o700)  # noqa: PTH102 - as above


def statuses(folder: Path, names: Iterable[str]) -> Iterator[os.stat_result | None]:
    """Yield the status of each of these files; None where there is none."""
    # by the folder's descriptor: its path is not walked for each of thousands
    try:
        descriptor = os.open(folder, os.O_RDONLY | FOLDER | os.O_CLOEXEC)
    except OSError:
        yield from (None for _ in names)
        return
    try:
        yield from (_status(name, descriptor) for name in names)
    finally:
        os.close(descriptor)


def _status(name: str, folder: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder)
    except OSError:
        return None


def exposure(path: Path, status: os.stat_result, private: str) -> Exposure | None:
    """Judge owner and mode bits."""
    if status.st_uid != os.geteuid():
        return _foreign(path, status.st_uid)
    mode = stat.S_IMODE(status.st_mode)
    loose = mode & (OTHERS | ITS_GROUP)
    if loose and os.environ.get(GROUP) == "allow":
        loose &= OTHERS
    if not loose:
        return None
    from smily_tui.text import clean

    who, mount = ("Other users", OPEN_MOUNT) if loose & OTHERS else ("Users of its group", GROUP_MOUNT)
    return (
        f"{who} can read {clean(path)} (mode {mode:o}).",
        f"{mount} Otherwise make it private:",
        ("chmod", private, path),
    )


def _foreign(path: Path, owner: int) -> Exposure:
    from smily_tui.text import clean

    # what root takes or makes here, its owner could not use any more
    if os.geteuid() == 0:
        return (
            f"{clean(path)} belongs to user {owner}, and you are root.",
            "Choose another folder with --home, or run it as that user:",
            ("sudo", "-u", f"#{owner}", "smily-tui"),
        )
    return (
        f"{clean(path)} belongs to another user.",
        "Was smily-tui run with sudo? Take it back:",
        ("sudo", "chown", os.geteuid(), path),
    )


# -- processes ----------------------------------------------------------------------------------------


def host() -> str:
    """Return the name of this computer; the module `socket` would cost 2 ms."""
    return os.uname().nodename


def user() -> str:
    """Return the user's number."""
    return str(os.geteuid())


def start_detached(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own."""
    import subprocess

    return subprocess.Popen(command, start_new_session=True, **options)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process group."""
    import signal

    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def lines_of(pipe: IO[bytes], longest: int) -> AsyncGenerator[bytes, None]:
    """Have the event loop watch the pipe."""
    import asyncio

    reader = asyncio.StreamReader(longest)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        async for line in reader:
            yield line
    finally:
        transport.close()


def block_signals() -> None:
    """Block every signal but SIGKILL and SIGSTOP; if the process is killed the kernel frees its lock.

    A real fault (SIGSEGV, SIGBUS) still ends it: POSIX leaves blocking these undefined, and Linux kills.
    """
    import signal

    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        # above the soft limit of processor time Linux sends SIGXCPU every second; at the hard one it kills
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())


def end_after(seconds: float) -> None:
    """End this process by SIGALRM.

    Whoever started it may hold signals back or ignore them, and both are inherited.
    """
    import signal

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, seconds)


def call_off() -> None:
    """Stop the timer."""
    import signal

    signal.setitimer(signal.ITIMER_REAL, 0)


# -- terminal and desktop ------------------------------------------------------------------------------


def without_echo(prompt: Callable[[], str]) -> AbstractContextManager[None]:
    """Set the terminal's modes, and again after a stop: the shell gives it other ones."""
    from smily_tui.system.posix_echo import without_echo

    return without_echo(prompt)


def drop_typed() -> None:
    """Flush the terminal's input."""
    import termios

    # no terminal, or it is gone: the next line will tell
    with contextlib.suppress(termios.error):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def split(line: str) -> list[str]:
    """Split as POSIX shells do."""
    import shlex

    return shlex.split(line)


def quote(word: str) -> str:
    """Quote as POSIX shells read it."""
    from smily_tui.system.shells import quote_posix

    return quote_posix(word)
