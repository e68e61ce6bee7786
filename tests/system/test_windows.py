"""Windows' own calls; they run on Windows, or under Wine by `make windows`."""

from __future__ import annotations

import ctypes
import os
import random
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

import pytest

from smily_tui.accounts import Accounts
from smily_tui.desktop.files import save_text
from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.system import Process, here, this_machine, windows
from smily_tui.text import Untrusted
from smily_tui.vault.disk import Disk, durable_replace, make_folder, read_private
from smily_tui.vault.errors import NotWritable, Unsafe
from smily_tui.vault.home import Home
from smily_tui.vault.keyring_process import answer
from smily_tui.vault.model import Credentials
from smily_tui.vault.store import Store
from tests.support.crowd import save_accounts

if TYPE_CHECKING:
    from pathlib import Path

assert sys.platform == "win32"  # for types

SERVER: Final = Origin("https://example.com")
HOLD: Final = 0.4  # seconds that another program has a file open


def let_in(path: Path, entries: str) -> None:
    """Give a file or folder this ACL, in the security descriptor definition language."""
    advapi32, descriptor = ctypes.WinDLL("advapi32"), ctypes.c_void_p()
    convert = advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW
    assert convert(f"D:P{entries}", 1, ctypes.byref(descriptor), None)
    assert advapi32.SetFileSecurityW(str(path), 0x4, descriptor)


def is_private(path: Path) -> bool:
    return windows.exposure(path, path.stat(), "600") is None


def test_a_new_folder_and_what_is_made_in_it_are_for_this_user_alone(tmp_path: Path) -> None:
    make_folder(tmp_path / "state" / "app", Disk())
    path = tmp_path / "state" / "app" / "villa.tokens"
    durable_replace(path, b"content", Disk())
    assert is_private(tmp_path / "state")
    assert is_private(tmp_path / "state" / "app")
    assert is_private(path)
    assert read_private(path, Disk()) == b"content"


@pytest.mark.parametrize("entry", ["(A;;FA;;;WD)", "(A;;FR;;;WD)", "(A;;0x1;;;WD)"])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "villa.tokens"
    durable_replace(path, b"content", Disk())
    let_in(path, f"(A;;FA;;;{windows.user()}){entry}")
    with pytest.raises(Unsafe) as raised:
        read_private(path, Disk())
    assert "Other users can read" in raised.value.what
    assert "icacls" in raised.value.next


def hold_open(path: Path, seconds: float) -> threading.Timer:
    """Have a file open for some time, as a virus scanner has."""
    holder = threading.Timer(seconds, path.open("rb").close)
    holder.start()
    return holder


def test_a_file_that_a_scanner_has_open_is_replaced_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "villa.tokens"
    durable_replace(path, b"old", Disk())
    holder = hold_open(path, HOLD)
    durable_replace(path, b"new", Disk())
    holder.join()
    assert read_private(path, Disk()) == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["villa.tokens"]


def test_a_file_that_stays_open_is_kept_and_named(tmp_path: Path) -> None:
    path = tmp_path / "villa.tokens"
    durable_replace(path, b"old", Disk())
    holder = hold_open(path, windows.PATIENCE + 1)
    with pytest.raises(NotWritable):
        durable_replace(path, b"new", Disk())
    holder.join()
    assert read_private(path, Disk()) == b"old"


SAVES: Final = """
import itertools, sys
from pathlib import Path
from smily_tui.vault.disk import Disk, durable_replace
for number in itertools.count():
    durable_replace(Path(sys.argv[1]), b"%d " % number * 20_000, Disk())
    print(number, flush=True)
"""
KILLS: Final = 40


def test_a_process_that_is_killed_while_it_saves_leaves_a_whole_file(tmp_path: Path) -> None:
    path, moments = tmp_path / "villa.tokens", random.Random(19)  # noqa: S311 - moments, no secrets
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", SAVES, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout
            for _ in range(moments.randrange(1, 12)):
                saved = int(child.stdout.readline())
            threading.Timer(moments.uniform(0, 0.02), child.kill).start()  # any moment of a save
            child.wait()  # its output is closed only then
        number, *others = (read_private(path, Disk()) or b"").split()
        assert int(number) >= saved
        assert len(others) == 19_999
        assert set(others) == {number}


CALLERS: Final = 8
ADDS: Final = """
import sys
from pathlib import Path
from smily_tui.vault.disk import Disk, durable_replace, locked, read_private
path = Path(sys.argv[1])
for _ in range(25):
    with locked(path.with_suffix(".lock")):
        durable_replace(path, b"%d" % (int(read_private(path, Disk()) or b"0") + 1), Disk())
"""


def test_of_many_writers_under_the_lock_no_change_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "count"
    command = [sys.executable, "-c", ADDS, str(path)]
    children = [subprocess.Popen(command, stdin=subprocess.DEVNULL) for _ in range(CALLERS)]
    assert [child.wait() for child in children] == [0] * CALLERS
    assert read_private(path, Disk()) == b"%d" % (CALLERS * 25)


MEMBERS: Final = 4  # more of them wait too long for each other where Wine shares a busy machine
CROWD: Final = """
import sys
from pathlib import Path
from tests.support.crowd import DEEDS
print("ready", flush=True)
sys.stdin.readline()
first = int(sys.argv[3])
DEEDS[sys.argv[1]](Path(sys.argv[2]), range(first, first + 5))
"""


def let_loose(deed: str, folder: Path) -> None:
    """Have a crowd of the fault laboratory begin at one moment, each with five numbers."""
    pipe, command = subprocess.PIPE, [sys.executable, "-c", CROWD, deed, str(folder)]
    crowd = [
        subprocess.Popen([*command, str(5 * place)], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
        for place in range(MEMBERS)
    ]
    assert [child.stdout.readline() for child in crowd if child.stdout] == ["ready\n"] * MEMBERS
    for child in crowd:
        assert child.stdin
        child.stdin.write("\n")
        child.stdin.flush()
    assert [error for child in crowd if (error := child.communicate()[1])] == []


def test_of_applications_that_a_crowd_adds_none_is_lost(tmp_path: Path) -> None:
    let_loose("save_applications", tmp_path / "store")
    stored = Accounts(Home.at(tmp_path / "store"), server=SERVER)
    assert {app.client_id for app in stored.apps.all()} == {
        f"client-{number}" for number in range(5 * MEMBERS)
    }


def test_of_accounts_that_a_crowd_gives_one_name_none_is_lost(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "store")
    Store(home).save_credentials("shop", Credentials("client", Secret("secret"), SERVER))
    let_loose("save_accounts", tmp_path / "store")
    stored = Accounts(home)
    accounts = stored.accounts()
    assert sorted(account.account_id or 0 for account in accounts) == list(range(5 * MEMBERS))
    for account in accounts:
        assert stored.tokens(account.address).refresh == Secret(f"refresh-{account.account_id}")


def test_a_process_is_told_from_one_that_has_ended() -> None:
    assert Process.this().is_alive()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        alive = Process(child.pid, here.began(child.pid))
        assert alive.is_alive()
        child.communicate(b"\n")
        assert not alive.is_alive(), "its handle is still open, and its number is still taken"


def test_this_computer_and_this_boot_have_identities() -> None:
    asks = "from smily_tui.system import here; print(here.boot(), here.machine_id().decode())"
    answers = {
        subprocess.run(
            [sys.executable, "-c", asks], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
        ).stdout.strip()
        for _ in range(2)
    }
    assert answers == {f"{here.boot()} {here.machine_id().decode()}"}
    assert here.boot()
    assert this_machine().mark
    assert here.boottime() > 0


def test_a_process_that_hangs_is_ended() -> None:
    code = (
        "import threading; from smily_tui.system import here; here.end_after(0.2); threading.Event().wait()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == here.TIMED_OUT


async def test_the_lines_of_a_detached_process_arrive_as_it_writes_them() -> None:
    code = "import sys; print('one'); print('two'); sys.stdout.write('thr')"
    process = here.start_detached(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=here.ROOT
    )
    assert process.stdout
    with process:
        lines = [line async for line in here.lines_of(process.stdout, 1 << 16)]
    assert lines == [b"one\r\n", b"two\r\n", b"thr"]


def test_the_credential_manager_keeps_a_data_key() -> None:
    key = os.urandom(32).hex()
    assert answer({"id": "test", "key": key}) == {"key": key}
    assert answer({"id": "test"}) == {"key": key}
    assert answer({"id": "no such key"}) == {"key": None}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r"C:\Users\ada\list.csv", [r"C:\Users\ada\list.csv"]),
        (r'"C:\Users\ada\my list.csv"', [r"C:\Users\ada\my list.csv"]),
        (r"\\server\share\list.csv", [r"\\server\share\list.csv"]),
    ],
)
def test_a_backslash_is_part_of_a_path(line: str, words: list[str]) -> None:
    assert windows.split(line) == words


def test_names_that_differ_by_capitals_are_one_account_and_two_exports(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "store")
    Store(home).save_credentials("shop", Credentials("client", Secret("secret"), SERVER))
    save_accounts(tmp_path / "store", range(2))
    before = Accounts(home).accounts()
    for path in sorted((tmp_path / "store").rglob("*"), reverse=True):
        path.rename(path.with_name("aside~")).rename(path.with_name(path.name.upper()))
    assert Accounts(home).accounts() == before
    first, second = (save_text(Untrusted(str(tmp_path)), name, name) for name in ("Villa.env", "villa.env"))
    assert (first.read_text(), second.read_text(), second.name) == ("Villa.env", "villa.env", "villa-2.env")
