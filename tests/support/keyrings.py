"""Keyrings for tests: stand-ins that the keyring process finds first, and a real Secret Service of one's own.

A stand-in is a package named `keyring` on the PYTHONPATH of the processes that a test starts; nothing in the
program knows of it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.polling import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD: Final = """
import json, os, pathlib, signal
FILE = pathlib.Path(__file__).with_name("entries.json")

class Keyring:
    priority = 5

    def get_password(self, service, user):
        return json.loads(FILE.read_text()).get(user) if FILE.exists() else None

    def set_password(self, service, user, password):
        entries = json.loads(FILE.read_text()) if FILE.exists() else {}
        FILE.write_text(json.dumps(entries | {user: password}))
"""
WORKS: Final = ""
HANGS: Final = (
    "    def get_password(self, *_):\n"
    "        while True:\n"
    "            signal.pause()\n"
    "    set_password = get_password\n"
)
REFUSES: Final = (
    "    def get_password(self, *_):\n        raise RuntimeError('locked')\n    set_password = get_password\n"
)
FORGETS: Final = "    def get_password(self, service, user):\n        return None\n"
CONFUSES: Final = "    def get_password(self, service, user):\n        return 'ab' * 32\n"
CRASHES: Final = "    def get_password(self, *_):\n        os.abort()\n"
TELLS: Final = (
    "    def __init__(self):\n"
    "        own = pathlib.Path('/proc/self')\n"
    "        told = own.joinpath('cmdline').read_bytes() + own.joinpath('environ').read_bytes()\n"
    "        with FILE.with_name('told').open('ab') as file:\n"
    "            file.write(told)\n"
)
SLOW_TO_LOAD: Final = "import select\nselect.select([], [], [], 2.1)  # as on a disk that is busy\n"
IS_MISSING: Final = "raise ImportError('no keyring here')\n"


class StandIn:
    """A stand-in that works until it is told otherwise.

    Args:
        folder: where its package goes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        backends = folder / "keyring" / "backends"
        backends.mkdir(parents=True)
        (folder / "keyring" / "__init__.py").touch()
        (backends / "__init__.py").touch()
        self.file = backends / "SecretService.py"
        self.entries = backends / "entries.json"
        self.told = backends / "told"
        self.becomes(WORKS)

    def becomes(self, behaviour: str) -> None:
        """From now on it behaves so."""
        self.file.write_text(behaviour if behaviour == IS_MISSING else HEAD + behaviour)
        shutil.rmtree(self.file.parent / "__pycache__", ignore_errors=True)


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """A keyring that works, for this process's children."""
    found = StandIn(tmp_path / "stand-in")
    monkeypatch.setenv("PYTHONPATH", str(found.folder))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # each of its behaviours is read anew
    return found


class SecretService:
    """gnome-keyring in a D-Bus session of its own.

    Args:
        folder: where it keeps its files.
        unlocked: whether it is open, as after a login; else it asks on a screen that is not there.
    """

    def __init__(self, folder: Path, *, unlocked: bool = True) -> None:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700, parents=True)
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        bus = self._start(["dbus-daemon", "--session", "--nofork", "--print-address=1"])
        assert bus.stdout is not None
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        how = "--unlock" if unlocked else "--start"
        daemon = self._start(["gnome-keyring-daemon", how, "--components=secrets", "--foreground"])
        assert daemon.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            daemon.stdin.write(b"a password for tests")
            daemon.stdin.close()
        self._wait_until_there()

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def _wait_until_there(self) -> None:
        ask = ["dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]
        ask += ["org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"]
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            said = subprocess.run(ask, env=self.environ, capture_output=True, check=False).stdout
            if b"boolean true" in said:
                return
        self.stop()
        _do_without("gnome-keyring does not come up here")

    def stop(self) -> None:
        """End it as the end of a desktop session would."""
        for process in reversed(self._processes):
            process.terminate()
            process.wait(20)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
        self._processes.clear()


@pytest.fixture
def secret_service(tmp_path: Path) -> Iterator[SecretService]:
    """A real keyring, unlocked; skips by name where it cannot be had, and fails in CI."""
    need_secret_service()
    found = SecretService(tmp_path / "session")
    yield found
    found.stop()


@pytest.fixture
def locked_secret_service(tmp_path: Path) -> Iterator[SecretService]:
    """The same, locked."""
    need_secret_service()
    found = SecretService(tmp_path / "locked-session", unlocked=False)
    yield found
    found.stop()


def need_secret_service() -> None:
    """Skip, or fail in CI, where gnome-keyring or D-Bus is not installed."""
    programs = ("dbus-daemon", "dbus-send", "gnome-keyring-daemon")
    missing = [each for each in programs if shutil.which(each) is None]
    if missing:
        _do_without(f"{', '.join(missing)} not installed (Debian: apt-get install dbus gnome-keyring)")


def _do_without(message: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
