"""Many processes that add to one store at the same moment.

`python -m tests.support.crowd DEED FOLDER PROCESSES EACH` forks them, all having imported everything;
they wait at a gate until the last is there. Its exit status is how many of them failed.
"""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

import tomlkit
from tomlkit.toml_file import TOMLFile

from smily_tui.accounts import Accounts
from smily_tui.clock import Instant
from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.system import Machine
from smily_tui.text import Clean, clean
from smily_tui.vault.errors import Locked
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address, Authorization, Tokens
from smily_tui.vault.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER: Final = Origin("https://example.com")
LABEL: Final = "Villa"


def authorization(number: int) -> Authorization:
    """A fresh authorization, as the code exchange of account `number` would save it."""
    scopes = (Clean("public"),)
    tokens = Tokens(Secret(f"access-{number}"), Secret(f"refresh-{number}"), scopes, Instant(1.0), 7200.0)
    return Authorization(
        generation=1,
        server=SERVER,
        client_id="client",
        label=clean(str(number)),
        account_id=number,
        requested_scopes=scopes,
        current=tokens,
        previous=None,
        used=False,
        authorized_at=1.0,
        refreshed=None,
        named=False,
        machine=Machine("", clean("")),
    )


def save_application(folder: Path, name: str, number: int) -> None:
    """Store an application; try again, as a person would, where others had the lock for too long.

    On a slow machine all of them together take longer than a lock is waited for.
    """
    stored, secret = Accounts(Home.at(folder), server=SERVER), Secret(f"secret-{number}")
    while True:
        with contextlib.suppress(Locked):
            stored.apps.save(name, f"client-{number}", secret, ["public"])
            return


def save_applications(folder: Path, numbers: range) -> None:
    """Store applications of different names, as the wizard does."""
    for number in numbers:
        save_application(folder, f"App {number}", number)


def save_namesakes(folder: Path, numbers: range) -> None:
    """Store different applications that people gave the same name."""
    for number in numbers:
        save_application(folder, "Shop", number)


def save_accounts(folder: Path, numbers: range) -> None:
    """Store fresh accounts of one application and give every one the same name."""
    home = Home.at(folder)
    for number in numbers:
        fresh = Address("shop", f"fresh-{number}")
        Store(home).slot(fresh).save(authorization(number))
        Accounts(home).name(fresh, LABEL)


def change_without_lock(folder: Path, numbers: range) -> None:
    """Add applications to config.toml as one would with the TOML library alone."""
    for number in numbers:
        with contextlib.suppress(Exception):  # it met a file that another one was just writing
            file = TOMLFile(folder / "config.toml")
            document = file.read()
            applications = document.setdefault("applications", tomlkit.table(is_super_table=True))
            entry = applications.setdefault(f"app-{number}", tomlkit.table())
            entry["client_id"] = f"client-{number}"
            file.write(document)


DEEDS: Final[dict[str, Callable[[Path, range], None]]] = {
    deed.__name__: deed for deed in (save_applications, save_namesakes, save_accounts, change_without_lock)
}


def main(deed: Callable[[Path, range], None], folder: Path, processes: int, each: int) -> int:
    """Fork them, open the gate, and wait for all."""
    closed, gate = os.pipe()
    children = []
    for place in range(processes):
        child = os.fork()
        if not child:
            status = 1
            with contextlib.suppress(BaseException):
                os.close(gate)
                os.read(closed, 1)  # ends when the last holder of the gate has closed it
                status = _do(deed, folder, range(place * each, (place + 1) * each))
            os._exit(status)
        children.append(child)
    os.close(gate)
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


def _do(deed: Callable[[Path, range], None], folder: Path, numbers: range) -> int:
    try:
        deed(folder, numbers)
    except Exception:  # noqa: BLE001 - whatever it is, the test shows it and counts a failure
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(DEEDS[sys.argv[1]], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
