"""Windows 10 and later: files by ACL, processes without signals, and no /proc.

`platform.platform()` and `os.uname()` are not asked: the first starts a WMI query that may take seconds.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import msvcrt
import os
import shlex
import signal
import stat
import sys
import threading
import time
import winreg
from ctypes import byref, wintypes
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from smily_tui.system import windows_acl as acl

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence

    from smily_tui.system.interface import Exposure

assert sys.platform == "win32"  # for types

SYNCS_FOLDERS: Final = False
FOLDER: Final = 0
# byte 0 is what filelock 4 locks, and no other process can read a locked byte
SIGNATURE_AT: Final = 1
ROOT: Final = os.environ.get("SYSTEMDRIVE", "C:") + "\\"
CAN_BLOCK_SIGNALS: Final = False
TERMINATED: Final = int(signal.SIGTERM)  # os.kill ends a process with the signal's number as its status
TIMED_OUT: Final = 142
HAS_TERM: Final = False
HANGUP: Final = signal.SIGBREAK  # the C library's signal for a console that is closed
CHECKS_CERTIFICATES: Final = True
KEYRINGS: Final = (("keyring.backends.Windows", "WinVaultKeyring"),)
MAKE_WRITABLE: Final = ("attrib", "-r")
SET_CLOCK: Final = "Turn on “Set time automatically” in Settings, Time & language, Date & time."
FIX_CLIPBOARD: Final = "Close programs that may hold the clipboard open, such as a clipboard manager."
USE_UTF_8: Final = "Set PYTHONUTF8 to 1 to see every name correctly."

PATIENCE: Final = 2.0  # seconds that another program, such as a virus scanner, may keep a file open
BETWEEN: Final = 0.01
_kernel32: Final = ctypes.WinDLL("kernel32", use_last_error=True)
_advapi32: Final = ctypes.WinDLL("advapi32")
_kernel32.OpenProcess.restype = wintypes.HANDLE
_kernel32.GetTickCount64.restype = ctypes.c_uint64
_kernel32.CreateToolhelp32Snapshot.restype = wintypes.HANDLE

# -- files ---------------------------------------------------------------------------------------------


def _patiently(act: Callable[[], int | None]) -> int:
    """Do it, again for a moment where another program has the file open; raises the last OSError."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return act() or 0
        except PermissionError:
            if time.monotonic() > ends:
                raise
            time.sleep(BETWEEN)


def open_file(path: Path, flags: int, mode: int, *, follow: bool = False) -> int:
    """Open a file in binary mode; a new private one is given to this user alone."""
    if not follow and (_is_link(path)):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    is_new = bool(flags & os.O_CREAT) and not path.exists()
    descriptor = _patiently(lambda: os.open(path, flags | os.O_BINARY | os.O_NOINHERIT, mode))
    if is_new and not mode & 0o077:
        acl.make_private(path)
    return descriptor


def _is_link(path: Path) -> bool:
    """Return whether a path is a link or a junction; other reparse points, as of OneDrive, are files."""
    try:
        return path.lstat().st_reparse_tag in (stat.IO_REPARSE_TAG_SYMLINK, stat.IO_REPARSE_TAG_MOUNT_POINT)
    except OSError:
        return False


def fsync(descriptor: int) -> None:
    """Call FlushFileBuffers, as the C library's _commit does."""
    os.fsync(descriptor)


def set_mode(descriptor: int, mode: int) -> None:
    """Change nothing: there are no mode bits, and `open_file` has set the ACL."""


def write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write at an offset."""
    os.lseek(descriptor, offset, os.SEEK_SET)
    os.write(descriptor, data)


def replace(source: Path, target: Path) -> None:
    """Rename a file, and return once the disk has the new name."""
    replace_existing, write_through = 0x1, 0x8

    def move() -> None:
        if not _kernel32.MoveFileExW(str(source), str(target), replace_existing | write_through):
            raise ctypes.WinError(ctypes.get_last_error())

    _patiently(move)


def unlink(path: Path) -> None:
    """Delete a file."""
    _patiently(path.unlink)


def make_folder(path: Path) -> None:
    """Make one folder with an ACL for this user alone, which what is made below it inherits."""
    path.mkdir(0o700)
    acl.make_private(path)


def statuses(folder: Path, names: Iterable[str]) -> Iterator[os.stat_result | None]:
    """Yield the status of each of these files; None where there is none."""
    return map(_status, (f"{folder}\\{name}" for name in names))


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 - thousands of names need no paths
    except OSError:
        return None


def exposure(path: Path, status: os.stat_result, private: str) -> Exposure | None:
    """Judge owner and ACL."""
    return acl.exposure(path)


def network_file_system(folder: Path) -> str:
    """Ask for the type of the drive; a path of a share has none."""
    drive = Path(os.path.realpath(folder)).drive
    remote = 4
    is_remote = drive.startswith("\\\\") or _kernel32.GetDriveTypeW(f"{drive}\\") == remote
    return "network drive" if is_remote else ""


def private_folders() -> tuple[Path, ...]:
    """Return none but those of this process: each user has a temporary folder of its own."""
    return ()


# -- computer and processes ----------------------------------------------------------------------------


def machine_id() -> bytes:
    """Return the MachineGuid, which the installation of Windows has made."""
    view = winreg.KEY_READ | winreg.KEY_WOW64_64KEY
    with (
        contextlib.suppress(OSError),
        winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography", 0, view) as key,
    ):
        return str(winreg.QueryValueEx(key, "MachineGuid")[0]).encode()
    return b""


def host() -> str:
    """Return the name of this computer."""
    import socket

    return socket.gethostname()


_SESSION: Final = r"Software\smily-tui\Session"


def boot() -> str:
    """Return a mark that no restart outlives; Windows has no documented one, so it is made here.

    A volatile key of the registry is in memory alone: it goes with the user's log-out at the latest.
    """
    with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, _SESSION) as key:
        return str(winreg.QueryValueEx(key, "Id")[0])
    with contextlib.suppress(OSError):
        return _new_boot()
    return ""


def _new_boot() -> str:
    import uuid

    # the parent must stay in the registry, and only the last part is volatile
    winreg.CreateKey(winreg.HKEY_CURRENT_USER, _SESSION.rpartition("\\")[0]).Close()
    key, outcome = wintypes.HKEY(), wintypes.DWORD()
    volatile, created_new, all_access = 1, 1, 0xF003F
    failed = _advapi32.RegCreateKeyExW(
        wintypes.HKEY(winreg.HKEY_CURRENT_USER), _SESSION, 0, None, volatile, all_access, None,
        byref(key), byref(outcome),
    )  # fmt: skip
    if failed:
        raise ctypes.WinError(failed)
    _advapi32.RegCloseKey(key)
    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _SESSION, 0, winreg.KEY_ALL_ACCESS) as opened:
        if outcome.value != created_new:
            # another process makes it at this moment
            return str(winreg.QueryValueEx(opened, "Id")[0])
        mark = str(uuid.uuid4())
        winreg.SetValueEx(opened, "Id", 0, winreg.REG_SZ, mark)
        return mark


def boottime() -> float:
    """Return the seconds since the start of the machine, which count time asleep."""
    return float(_kernel32.GetTickCount64()) / 1000


_TICKS: Final = 10_000_000  # of a FILETIME in a second
_UNIX: Final = 11_644_473_600  # seconds from 1601 to 1970
_STILL_ACTIVE: Final = 259


def began(pid: int) -> int:
    """Return when a process began, in 100 ns since 1601."""
    limited_information = 0x1000
    process = wintypes.HANDLE(_kernel32.OpenProcess(limited_information, 0, pid))
    if not process:
        return 0
    times, status = (wintypes.FILETIME * 4)(), wintypes.DWORD()
    created, exited, kernel, user_time = (byref(time_) for time_ in times)
    try:
        # whoever holds a handle of a process that has ended can still ask for its times
        if not _kernel32.GetExitCodeProcess(process, byref(status)) or status.value != _STILL_ACTIVE:
            return 0
        if not _kernel32.GetProcessTimes(process, created, exited, kernel, user_time):
            return 0
    finally:
        _kernel32.CloseHandle(process)
    return int(times[0].dwHighDateTime) << 32 | int(times[0].dwLowDateTime)


def age() -> float:
    """Return the seconds since this process began."""
    started = began(os.getpid())
    return max(0.0, time.time() - (started / _TICKS - _UNIX)) if started else 0.0


class _Entry(ctypes.Structure):
    """PROCESSENTRY32W (tlhelp32.h)."""

    _fields_ = (
        ("size", wintypes.DWORD), ("usage", wintypes.DWORD), ("pid", wintypes.DWORD),
        ("heap", ctypes.c_void_p), ("module", wintypes.DWORD), ("threads", wintypes.DWORD),
        ("parent", wintypes.DWORD), ("priority", wintypes.LONG), ("flags", wintypes.DWORD),
        ("name", wintypes.WCHAR * 260),
    )  # fmt: skip


def parent(pid: int) -> tuple[str, int] | None:
    """Look a process up in a snapshot of all."""
    processes = 0x2
    snapshot = wintypes.HANDLE(_kernel32.CreateToolhelp32Snapshot(processes, 0))
    entry = _Entry(size=ctypes.sizeof(_Entry))
    try:
        has_entry = _kernel32.Process32FirstW(snapshot, byref(entry))
        while has_entry and entry.pid != pid:
            has_entry = _kernel32.Process32NextW(snapshot, byref(entry))
    finally:
        _kernel32.CloseHandle(snapshot)
    return (entry.name.removesuffix(".exe"), entry.parent) if has_entry else None


def user() -> str:
    """Return the user's security identifier."""
    return acl.user_sid()


def start_detached(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Start a process with a hidden console of its own, outside of the job of this one where it may leave.

    Not DETACHED_PROCESS: the programs that it starts would open windows.
    """
    import subprocess

    flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    leaving = flags | subprocess.CREATE_BREAKAWAY_FROM_JOB
    with contextlib.suppress(PermissionError):
        return subprocess.Popen(command, creationflags=leaving, **options)
    return subprocess.Popen(command, creationflags=flags, **options)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process alone."""
    with contextlib.suppress(OSError):
        process.kill()


async def lines_of(pipe: IO[bytes], longest: int) -> AsyncGenerator[bytes, None]:
    """Read in a daemon thread: the event loop cannot watch such a pipe."""
    import asyncio

    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes] = asyncio.Queue()

    def read() -> None:
        # the thread closes the pipe, since who waited for the lines may have left long before
        with pipe, contextlib.suppress(RuntimeError):  # the program is ending already
            for line in _lines_in(pipe.fileno()):
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, b"")

    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        yield line


def _lines_in(descriptor: int) -> Iterator[bytes]:
    # not by the pipe's buffer, whose lock the end of the program would wait for
    unfinished = b""
    with contextlib.suppress(OSError):
        while piece := os.read(descriptor, 1 << 16):
            *lines, unfinished = (unfinished + piece).split(b"\n")
            yield from (line + b"\n" for line in lines)
    if unfinished:
        yield unfinished


def block_signals() -> None:
    """Ignore what a console sends; TerminateProcess cannot be held back."""
    for number in (signal.SIGINT, signal.SIGBREAK):
        signal.signal(number, signal.SIG_IGN)


def no_core_dump() -> None:
    """Show no dialog when this process crashes; dumps that an administrator has set up stay possible."""
    no_fault_box, fail_critical_errors = 0x2, 0x1
    _kernel32.SetErrorMode(no_fault_box | fail_critical_errors)


_watchdogs: Final[list[threading.Timer]] = []


def end_after(seconds: float) -> None:
    """End this process from a thread of its own."""
    watchdog = threading.Timer(seconds, os._exit, (TIMED_OUT,))
    watchdog.daemon = True
    watchdog.start()
    _watchdogs.append(watchdog)


def call_off() -> None:
    """Stop the threads."""
    while _watchdogs:
        _watchdogs.pop().cancel()


# -- terminal and desktop ------------------------------------------------------------------------------


@contextlib.contextmanager
def without_echo(prompt: Callable[[], str]) -> Iterator[None]:
    """Change the console's mode."""
    from smily_tui import signals

    echo, mode = 0x4, wintypes.DWORD()
    console = wintypes.HANDLE(msvcrt.get_osfhandle(sys.stdin.fileno()))
    with signals.ending():
        is_console = _kernel32.GetConsoleMode(console, byref(mode))
        if is_console:
            drop_typed()
            _kernel32.SetConsoleMode(console, mode.value & ~echo)
        try:
            yield
        finally:
            if is_console:
                drop_typed()
                _kernel32.SetConsoleMode(console, mode.value)


def drop_typed() -> None:
    """Flush the console's input."""
    with contextlib.suppress(OSError):
        _kernel32.FlushConsoleInputBuffer(wintypes.HANDLE(msvcrt.get_osfhandle(sys.stdin.fileno())))


def browsers(environ: Mapping[str, str]) -> Sequence[str]:
    """Return what hands a link to the system; `start` would be a shell's."""
    return ("rundll32.exe url.dll,FileProtocolHandler",)


def split(line: str) -> list[str]:
    r"""Split at blanks, but within quotes; a backslash is part of a path."""
    return [word[1:-1] if word[:1] == word[-1:] == '"' else word for word in shlex.split(line, posix=False)]


def quote(word: str) -> str:
    """Quote as PowerShell reads it."""
    from smily_tui.system.shells import quote_powershell

    return quote_powershell(word)
