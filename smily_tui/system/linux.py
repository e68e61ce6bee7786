"""Linux, and other systems by POSIX: what the kernel tells in /proc, and nothing where that is missing."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smily_tui.system.posix import *  # noqa: F403 - the rest of the interface

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

assert sys.platform != "win32"  # for types

CHECKS_CERTIFICATES: Final = False
KEYRINGS: Final = (
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
)
SET_CLOCK: Final = "Correct it: timedatectl set-ntp true"
FIX_CLIPBOARD: Final = "Install wl-clipboard (Wayland) or xclip (X11)."
USE_UTF_8: Final = "Set LANG to a UTF-8 locale, such as C.UTF-8, to see every name correctly."
PR_SET_DUMPABLE: Final = 4
# What Linux desktops offer, best first; they take the link as their only argument.
GRAPHICAL: Final = ("xdg-open", "x-www-browser", "firefox", "firefox-esr", "chromium", "google-chrome")
# explorer.exe opens links as well, but ends as if it had failed
OF_WSL: Final = ("wslview", "rundll32.exe url.dll,FileProtocolHandler")

_ID_FILES: Final = ("/etc/machine-id", "/var/lib/dbus/machine-id")
_NETWORK_FILE_SYSTEMS: Final = {
    "9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "lustre", "ncpfs",
    "nfs", "nfs4", "smb3", "smbfs", "vboxsf", "virtiofs",
}  # fmt: skip


def fsync(descriptor: int) -> None:
    """Wait until the disk holds what was written."""
    os.fsync(descriptor)


def network_file_system(folder: Path) -> str:
    """Look `folder` up among the mounts."""
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


def private_folders() -> tuple[Path, ...]:
    """Return the folders of the usual variables."""
    user = os.geteuid()
    runtime = (Path(f"/run/user/{user}"), Path(f"/tmp/runtime-{user}"))  # noqa: S108
    temporary = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108
    return (
        *(folder / "smily-tui" for folder in runtime),
        *(folder / f"smily-tui-{user}" for folder in temporary),
    )


def machine_id() -> bytes:
    """Return machine-id(5)."""
    for file in _ID_FILES:
        with contextlib.suppress(OSError):
            if content := Path(file).read_bytes().strip():
                return content
    return b""


def boot() -> str:
    """Return the kernel's boot id."""
    # on Linux alone; its CLOCK_MONOTONIC stands still while the machine sleeps
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return ""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
    except OSError:
        return ""


def boottime() -> float:
    """Return CLOCK_BOOTTIME."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def began(pid: int) -> int:
    """Return when a process began, in ticks after the start of the machine (proc(5), starttime)."""
    fields = _status(pid)
    # a zombie (Z) has ended, and holds no lock; it only waits for its parent to ask for the exit code
    return int(fields[19]) if len(fields) > 19 and fields[0] != "Z" else 0


def age() -> float:
    """Return the seconds since this process began, in steps of 10 ms."""
    ticks = began(os.getpid())
    return boottime() - ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0


def parent(pid: int) -> tuple[str, int] | None:
    """Read name and parent in /proc."""
    fields = _status(pid)
    return (_name(pid), int(fields[1])) if len(fields) > 1 else None


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


def no_core_dump() -> None:
    """Set the limits, and on Linux the flag, too."""
    with contextlib.suppress(ImportError, OSError, ValueError, AttributeError):
        import ctypes
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # RLIMIT_CORE is ignored if core_pattern pipes dumps to a program (core(5)); this is not, and it
        # keeps other programs of the same user from attaching a debugger, too (prctl(2))
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def browsers(environ: Mapping[str, str]) -> Sequence[str]:
    """Return the browsers of a Linux desktop, or those of the Windows around it."""
    if environ.get("WSL_DISTRO_NAME"):
        return OF_WSL
    has_screen = environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    return GRAPHICAL if has_screen else ()
