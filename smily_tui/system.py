"""Facts about this computer: processes, hosts, file systems, the terminal, and a watchdog for children."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smily_tui.errors import UsageError
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

_ID_FILES: Final = ("/etc/machine-id", "/var/lib/dbus/machine-id")
_NETWORK_FILE_SYSTEMS: Final = {
    "9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "lustre", "ncpfs",
    "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "virtiofs",
}  # fmt: skip


@dataclass(frozen=True)
class Machine:
    """Computer.

    Attributes:
        mark: tells this computer from others (from machine-id(5), hashed as that page asks); empty where
            the system does not say.
        name: its host name.
    """

    mark: str
    name: Clean

    def differs_from(self, mark: str) -> bool:
        """Return whether `mark` certainly is another computer's."""
        return bool(mark and self.mark and mark != self.mark)


def this_machine() -> Machine:
    """Identify this computer."""
    for file in _ID_FILES:
        with contextlib.suppress(OSError):
            machine_id = Path(file).read_bytes().strip()
            if machine_id:
                return Machine(hashlib.sha256(b"smily-tui " + machine_id).hexdigest()[:16], _host())
    return Machine("", _host())


def _host() -> Clean:
    return clean(socket.gethostname(), 64)


@dataclass(frozen=True)
class Process:
    """Process, told from a later one with the same number by when it began.

    Attributes:
        pid: its number.
        began: ticks after the start of the machine (proc(5), starttime); 0 where the system does not say.
    """

    pid: int
    began: int

    @classmethod
    def this(cls) -> Process:
        """Return the present process."""
        return cls(os.getpid(), began(os.getpid()))

    def is_alive(self) -> bool:
        """Return whether the process is still running on this computer."""
        return self.began > 0 and began(self.pid) == self.began


def began(pid: int) -> int:
    """Return when a process began, in ticks after the start of the machine; 0 if that cannot be found out."""
    fields = _status(pid)
    # a zombie (Z) has ended, and holds no lock; it only waits for its parent to ask for the exit code
    return int(fields[19]) if len(fields) > 19 and fields[0] != "Z" else 0


def ancestry(pid: int, generations: int = 3) -> list[str]:
    """Name a process and those that started it, youngest first; as many as can be found out."""
    names: list[str] = []
    while pid > 1 and len(names) < generations:
        fields = _status(pid)
        if len(fields) < 2:
            break
        names.append(_name(pid))
        pid = int(fields[1])
    return names


def caller() -> Clean:
    """Describe this process and what started it: such as `smily-tui 4711 < bash < tmux`."""
    name, *parents = ancestry(os.getpid()) or ["smily-tui"]
    return clean(" < ".join([f"{name} {os.getpid()}", *parents]), 120)


def _status(pid: int) -> list[str]:
    """Read the fields after the name in /proc/PID/stat; none without such a process or file."""
    try:
        # proc(5): the name stands in brackets and may hold blanks and brackets itself, so the last one counts
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        return "?"


def network_file_system(folder: Path) -> str:
    """Return the kind of network file system that `folder` is on, such as nfs4; empty for a local one.

    Kernel locks on them hold only where server and mount options play along.
    """
    try:
        mounts = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    real = os.path.realpath(folder)
    longest, kind = "", ""
    for line in mounts:
        fields = line.split(" ")
        # the kernel writes blank, tab and backslash in octal (getmntent(3))
        place = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = real == place or real.startswith(place.rstrip("/") + "/")
        # of two mounts in one place the later one covers the earlier one
        if inside and len(place) >= len(longest):
            longest, kind = place, fields[2]
    return kind if kind in _NETWORK_FILE_SYSTEMS else ""


WITHOUT: Final = "Without a terminal, use smily-tui connect --plain, token or accounts."


def is_terminal() -> bool:
    """Return whether somebody can read what is shown and type."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def why_no_full_screen(environ: Mapping[str, str] = os.environ) -> str:
    """Return why the full screen cannot be shown on this terminal; empty if it can, or there is none."""
    name = environ.get("TERM", "")
    if name not in ("", "dumb") or not is_terminal():
        return ""
    return "TERM is dumb" if name else "TERM is not set"


def has_all_letters() -> bool:
    """Return whether the terminal's encoding, which the locale names, has every letter and sign."""
    return codecs.lookup(sys.stderr.encoding or "ascii").name == "utf-8"


def check_terminal(front_end: str = "The full screen") -> None:
    """Raise UsageError unless somebody can read and type."""
    if not is_terminal():
        raise UsageError(f"{front_end} needs a terminal.", next=WITHOUT)


START: Final = (
    10.0  # seconds until such a process asks at the latest; that a machine is busy says nothing yet
)


def end_after(seconds: float) -> None:
    """End this process by SIGALRM after `seconds`.

    Whoever started it may hold signals back or ignore them, and both are inherited.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, seconds)


def call_off() -> None:
    """Let the process live: what might have hung has ended."""
    signal.setitimer(signal.ITIMER_REAL, 0)
