"""The system has no process or file left, or the helper dies: named, with an exit code of the contract."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.errors import Exhausted, named
from smily_tui.tokens.errors import WorkerFailed
from smily_tui.vault.home import Home
from tests.support.person import Person
from tests.support.processes import PROGRAM, workers_of
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.bent_server import BentServer, Reply

NOBODY = ("setpriv", "--reuid=65534", "--clear-groups")
# for its own processes alone: this Python below a home of root that anybody may enter
OPENED = f"""
set -e
mount --make-rprivate /
mount --bind {shlex.quote(sys.base_prefix)} /mnt
mount -t tmpfs -o mode=755 none ~root
mkdir -p {shlex.quote(sys.base_prefix)}
mount --bind /mnt {shlex.quote(sys.base_prefix)}
umount /mnt
exec "$@"
"""
IN_OPENED = ("unshare", "--mount", "sh", "-c", OPENED, "sh", *NOBODY)


def _as_another() -> tuple[str, ...] | None:
    """How to run a program as somebody whom limits hold, unlike root; None where there is no way."""
    ways = (NOBODY, IN_OPENED) if os.geteuid() == 0 else ((),)
    for way in ways:
        with contextlib.suppress(FileNotFoundError):
            tried = subprocess.run([*way, "env", sys.executable, "-c", ""], capture_output=True, check=False)
            if tried.returncode == 0:
                return way
    return None


NAMED = ("The system refused", "Could not")

if not shutil.which("prlimit"):
    pytest.skip("no prlimit (Debian: util-linux)", allow_module_level=True)
if (another := _as_another()) is None:
    pytest.skip("root is not limited, and nobody else may run this Python", allow_module_level=True)
AS_ANOTHER = another


@pytest.fixture
def limited(server: BentServer) -> Iterator[Person]:
    """A person whom limits hold, with an account; others may not enter the folders of pytest."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        person = Person(Path(folder), server)
        person.connect()
        for path in (Path(folder), *Path(folder).rglob("*")) if AS_ANOTHER else ():
            os.chown(path, 65534, 0)
        yield person


def _run_limited(person: Person, limit: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*AS_ANOTHER, "prlimit", limit, *PROGRAM, *arguments],
        env=person.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", [["refresh"], ["refresh", "--all"], ["token", "--min-valid", "99999"]])
def test_no_process_is_left(limited: Person, server: BentServer, command: list[str]) -> None:
    posts = len(server.posts)
    ended = _run_limited(limited, "--nproc=1", *command)
    assert ended.returncode == 7, ended.stderr
    assert "The system refused: Resource temporarily unavailable." in ended.stderr
    assert ended.stdout == ""
    assert len(server.posts) == posts


@pytest.mark.no_cover  # which opens files, too
@pytest.mark.parametrize("files", [5, 6, 7, 8, 9, 10, 12])
def test_no_file_is_left(limited: Person, files: int) -> None:
    for command in (["accounts"], ["refresh"], ["refresh", "--all"]):
        ended = _run_limited(limited, f"--nofile={files}", *command)
        assert "bug" not in ended.stderr
        assert "Traceback" not in ended.stderr
        assert ended.returncode in (0, 7), ended.stderr
        assert ended.returncode == 0 or any(words in ended.stderr for words in NAMED), ended.stderr


def test_doctor_names_what_the_system_refuses_and_goes_on(limited: Person) -> None:
    """From no room for the interpreter to enough for all: somewhere between a check has too little."""
    runs = [_run_limited(limited, f"--as={megabytes << 20}", "doctor") for megabytes in range(24, 80, 4)]
    assert [line for ended in runs for line in ended.stdout.splitlines() if "A bug" in line] == []
    short = [ended for ended in runs if "The system refused: Cannot allocate memory." in ended.stdout]
    assert short
    assert all(ended.returncode == 7 and "Clipboard: " in ended.stdout for ended in short)


def test_the_full_screen_goes_on_where_no_process_or_file_is_left(limited: Person) -> None:
    with Terminal([*AS_ANOTHER, *PROGRAM], limited.environ, columns=100) as terminal:
        terminal.wait_for("Villa Rosa")
        for limit, least in ((resource.RLIMIT_NPROC, "--nproc=1:"), (resource.RLIMIT_NOFILE, "--nofile=3:")):
            _set_limit(terminal.pid, least)
            terminal.press("r")
            terminal.wait_for("The system refused")
            usual = f"{least.split('=')[0]}={resource.getrlimit(limit)[1]}:".replace("-1", "unlimited")
            _set_limit(terminal.pid, usual)
            terminal.press("r")
            terminal.wait_for(lambda screen: "refused" not in screen)
        terminal.press("q")
        assert terminal.exit_code() == 0


def _set_limit(pid: int, limit: str) -> None:
    subprocess.run([*AS_ANOTHER, "prlimit", f"--pid={pid}", limit], check=True)


def test_the_full_screen_does_not_start_where_no_thread_is_left(limited: Person) -> None:
    with Terminal([*AS_ANOTHER, "prlimit", "--nproc=1", *PROGRAM], limited.environ) as terminal:
        assert terminal.exit_code() != 0
    assert "The system refused: Resource temporarily unavailable." in terminal.raw
    assert "bug" not in terminal.raw


@pytest.mark.skipif(not AS_ANOTHER, reason="only root can be another user")
def test_a_home_that_may_not_be_entered_is_named(limited: Person) -> None:
    """As under `sudo -u other`, which keeps HOME."""
    with tempfile.TemporaryDirectory(dir="/tmp") as closed:
        limited.environ["SMILY_TUI_HOME"] = f"{closed}/smily"
        for command in (["accounts"], ["token"], ["refresh"], ["doctor"], ["connect", "--plain", "--yes"]):
            ended = _run_limited(limited, "--nofile=1000", *command)
            assert ended.returncode == 7, (command, ended.stderr)
            assert closed in ended.stderr + ended.stdout
        for plain in ([], ["--plain"]):
            with Terminal([*AS_ANOTHER, *PROGRAM, *plain], limited.environ) as terminal:
                assert terminal.exit_code() == 7
            assert "Could not read" in terminal.raw


@pytest.mark.parametrize("written", [b'{"step": "send', b"{", b'{"done": {"kind": "refr', b"\xff\n"])
def test_a_helper_killed_while_it_writes_a_line_is_no_bug(
    person: Person, server: BentServer, written: bytes
) -> None:
    person.connect()
    before = _pipes()
    asked: list[str] = []

    def die(fields: dict[str, str], reply: Reply) -> Reply:
        asked.append(fields["grant_type"])
        [pipe] = _pipes() - before
        with pipe.open("wb") as same:  # the other end of what the helper writes
            same.write(written)
        [helper] = workers_of(os.getpid())
        os.kill(helper, signal.SIGKILL)
        return reply

    server.bend_token = die
    stored = Accounts(Home.at(person.home))
    running = stored.refresh(stored.accounts()[0].address)
    with pytest.raises(WorkerFailed, match="without a result"):
        running.wait()
    assert asked == ["refresh_token"]


def _pipes() -> set[Path]:
    """The pipes that this process holds, by their links in /proc."""
    links = Path("/proc/self/fd").iterdir()
    return {link for link in links if os.path.lexists(link) and str(link.readlink()).startswith("pipe:")}


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        SystemError("error return without exception set"),
        SystemError("<function _find_and_load at 0x7f> returned NULL without setting an exception"),
        ImportError("unicodedata.so: failed to map segment from shared object"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
    ],
)
def test_what_python_raises_without_memory_is_no_bug(error: Exception) -> None:
    """Which of them comes depends on where it ran out."""
    assert isinstance(named(error), Exhausted)
