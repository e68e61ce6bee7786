"""Interface between the program and its operating system; a module for each system has all of it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    import os
    import subprocess
    from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path


Exposure: TypeAlias = tuple[str, str, tuple[object, ...]]
"""Sentence on who else may use a file or folder, what to do about it, and the command for it."""


class System(Protocol):
    """Calls and facts that differ between operating systems."""

    # -- files -----------------------------------------------------------------------------------------

    @property
    def SYNCS_FOLDERS(self) -> bool:
        """True where a folder is opened and fsynced to make its names durable; else renames do it."""
        ...

    @property
    def FOLDER(self) -> int:
        """Flag that a folder is opened with."""
        ...

    @property
    def SIGNATURE_AT(self) -> int:
        """Offset in a lock file from which others may read while it is locked."""
        ...

    def open_file(self, path: Path, flags: int, mode: int, *, follow: bool = False) -> int:
        """Open a file for this process alone, not for its children; FIFOs do not block.

        A symbolic link fails with OSError unless `follow`.
        """
        ...

    def fsync(self, descriptor: int) -> None:
        """Wait until the disk itself holds what was written."""
        ...

    def set_mode(self, descriptor: int, mode: int) -> None:
        """Give an open file exactly these mode bits, whatever the umask."""
        ...

    def write_at(self, descriptor: int, data: bytes, offset: int) -> None:
        """Write at an offset."""
        ...

    def replace(self, source: Path, target: Path) -> None:
        """Rename a file; one that has the new name is replaced in the same step."""
        ...

    def unlink(self, path: Path) -> None:
        """Delete a file."""
        ...

    def make_folder(self, path: Path) -> None:
        """Make one folder, for its owner alone."""
        ...

    def statuses(self, folder: Path, names: Iterable[str]) -> Iterator[os.stat_result | None]:
        """Yield the status of each of these files; None where there is none."""
        ...

    def exposure(self, path: Path, status: os.stat_result, private: str) -> Exposure | None:
        """Return who else may use a file or folder, and what to do about it; None if it is private.

        `private` is the mode that `chmod` should give it.
        """
        ...

    @property
    def MAKE_WRITABLE(self) -> tuple[str, ...]:
        """Command that makes the file that follows it writable."""
        ...

    def network_file_system(self, folder: Path) -> str:
        """Return the kind of network file system that `folder` is on; empty for a local one."""
        ...

    def private_folders(self) -> tuple[Path, ...]:
        """Return folders that programs of this user may have kept private temporary files in."""
        ...

    # -- computer and processes ------------------------------------------------------------------------

    def machine_id(self) -> bytes:
        """Return what tells this computer from others; empty where the system does not say."""
        ...

    def host(self) -> str:
        """Return the name of this computer."""
        ...

    def boot(self) -> str:
        """Return what tells this run of the machine from earlier ones; empty where that is not known."""
        ...

    def boottime(self) -> float:
        """Return the seconds since some moment of this run of the machine, counting time asleep."""
        ...

    def began(self, pid: int) -> int:
        """Return when a process began, in the system's own unit; 0 if it has ended or that is unknown."""
        ...

    def age(self) -> float:
        """Return the seconds since this process began; 0 if unknown."""
        ...

    def parent(self, pid: int) -> tuple[str, int] | None:
        """Return the name of a process and the number of the one that started it; None if unknown."""
        ...

    def user(self) -> str:
        """Return what tells this user from others of this computer, fit for the name of a file."""
        ...

    @property
    def ROOT(self) -> str:
        """Folder that is always there, and keeps no disk from being unmounted."""
        ...

    @property
    def CAN_BLOCK_SIGNALS(self) -> bool:
        """True where a process can put off its end by another program until its work is done."""
        ...

    @property
    def TERMINATED(self) -> int:
        """Exit status of a process that `os.kill` ended with SIGTERM."""
        ...

    @property
    def TIMED_OUT(self) -> int:
        """Exit status of a process that `end_after` ended."""
        ...

    def start_detached(self, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
        """Start a process that the end of this terminal and Ctrl-C do not reach; options are of `Popen`."""
        ...

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a detached process, with those that it started where the system knows them."""
        ...

    def lines_of(self, pipe: IO[bytes], longest: int) -> AsyncGenerator[bytes, None]:
        """Yield the lines that a child writes, without holding up a program that quits."""
        ...

    def block_signals(self) -> None:
        """Let no signal end this process but those that cannot be blocked."""
        ...

    def no_core_dump(self) -> None:
        """Forbid core dumps of this process: they would hold tokens."""
        ...

    def end_after(self, seconds: float) -> None:
        """End this process after `seconds`, whatever hangs."""
        ...

    def call_off(self) -> None:
        """Let the process live: what might have hung has ended."""
        ...

    # -- terminal and desktop --------------------------------------------------------------------------

    @property
    def HAS_TERM(self) -> bool:
        """True where the variable TERM names the terminal."""
        ...

    @property
    def HANGUP(self) -> int:
        """Signal of a terminal that was closed."""
        ...

    def without_echo(self, prompt: Callable[[], str]) -> AbstractContextManager[None]:
        """Disable the echo of stdin, and throw away what was typed before or is left over.

        Signals that would end the program end it in order. The `prompt` is repeated on stderr when the
        program is continued. For the main thread only.
        """
        ...

    def drop_typed(self) -> None:
        """Throw away what was typed before it was asked for."""
        ...

    def browsers(self, environ: Mapping[str, str]) -> Sequence[str]:
        """Return commands that open a link given as their last argument, best first."""
        ...

    def split(self, line: str) -> list[str]:
        """Split a line as the system's shell does; raises ValueError where a quote has no end."""
        ...

    def quote(self, word: str) -> str:
        """Quote a word for the system's shell, without characters that a terminal would take for its own."""
        ...

    @property
    def SET_CLOCK(self) -> str:
        """Sentence on how to set the computer's clock by the network's time."""
        ...

    @property
    def FIX_CLIPBOARD(self) -> str:
        """Sentence on how to get a clipboard that can be read back."""
        ...

    @property
    def USE_UTF_8(self) -> str:
        """Sentence on how to have the terminal's encoding be UTF-8."""
        ...

    @property
    def KEYRINGS(self) -> Sequence[tuple[str, str]]:
        """Modules and classes of `keyring` for those that the system keeps, best first.

        Those of another system cost time: to find their libraries, `ctypes` starts the C compiler.
        """
        ...

    @property
    def CHECKS_CERTIFICATES(self) -> bool:
        """True where the system itself, not OpenSSL, checks certificates."""
        ...
