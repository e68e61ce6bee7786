"""Rows for single commands: CPU of the whole process, and of those that it starts."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.homes import APP, make_home
from benchmarks.pairs import Row, compare, cpu
from smily_tui.batch import AT_ONCE
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.secret import Secret
from smily_tui.text import clean
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.connected import connected, let_expire
from tests.support.keyrings import SecretService
from tests.support.processes import run_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


PROGRAM: Final = str(Path(sys.executable).with_name("smily-tui"))
PYTHON: Final = sys.executable
READ_ALL: Final = """\
import os, sys
for entry in sorted(os.scandir(sys.argv[1]), key=lambda entry: entry.name):
    if entry.name.endswith(".tokens"):
        with open(entry.path, "rb") as file:
            print(entry.name, len(file.read()))
"""
BARE_KEYRING: Final = """\
import sys, keyring
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
ChaCha20Poly1305(bytes.fromhex(keyring.get_password("smily-tui", sys.argv[1]))).encrypt(bytes(12), b"", b"")
"""
DUE: Final = 1000  # accounts
LATENCY: Final = 50  # ms of each answer
BARE_POST: Final = """\
import sys, httpx
httpx.post(sys.argv[1], data={"grant_type": "refresh_token", "refresh_token": "none"})
"""


def environment(home: Path) -> dict[str, str]:
    """Return an environment with that home, compiled modules, and no keyring."""
    environ = {**os.environ, "SMILY_TUI_HOME": str(home), "SMILY_TUI_KEYRING": "off"}
    # users have compiled modules from the second start on
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return environ


def rows(folder: Path, many: int) -> Iterator[Row]:
    """Measure the commands one after the other."""
    one, all_of_them = make_home(folder / "one", 1), make_home(folder / "many", many)
    environ = environment(one)
    token = (PROGRAM, "token")

    def python(code: str, *arguments: str) -> float:
        return cpu((PYTHON, "-c", code, *arguments), environ)

    yield compare("`token`", "`python -c pass`", 4.0, lambda: cpu(token, environ), lambda: python("pass"))
    yield compare(
        f"`token` of {many:,}",
        "`token` of one",
        1.2,
        lambda: cpu((*token, f"{APP}/home-00007"), environment(all_of_them)),
        lambda: cpu((*token, f"{APP}/home-00000"), environ),
    )
    if shutil.which("gh"):
        (folder / "hosts.yml").write_text("github.com:\n    oauth_token: gho_none\n    user: nobody\n")
        gh = environ | {"GH_CONFIG_DIR": str(folder)}
        yield compare(
            "`token`", "`gh auth token`", 1.2, lambda: cpu(token, environ), lambda: cpu(("gh", *GH), gh)
        )
    yield compare(
        "`--help`",
        "`import argparse`",
        1.5,
        lambda: cpu((PROGRAM, "--help"), environ),
        lambda: python("import argparse"),
    )
    yield compare(
        f"`accounts` of {many:,}",
        "a script that reads each file",
        1.5,
        lambda: cpu((PROGRAM, "accounts"), environment(all_of_them)),
        lambda: python(READ_ALL, str(all_of_them / "state" / APP)),
        pairs=5,
    )
    yield refreshing(folder / "refreshing")
    yield refreshing_all(folder / "refreshing-all")
    if shutil.which("dbus-daemon") and shutil.which("gnome-keyring-daemon"):
        yield encrypted(folder / "encrypted")


GH: Final = ("auth", "token")


def refreshing(folder: Path) -> Row:
    """Measure `token` where it refreshes, against a cold POST to the same sandbox."""
    with connected(folder) as (sandbox, stored, address):
        environ = environment(folder) | {"SMILY_TUI_SERVER": sandbox.listening.server}
        store = Store(stored.home)

        def refresh() -> float:
            let_expire(store, address, sandbox)
            return cpu((PROGRAM, "token"), environ)

        url = f"{sandbox.listening.server}/oauth/token"
        return compare(
            "`token` that refreshes",
            "one POST by httpx",
            1.25,
            refresh,
            lambda: cpu((PYTHON, "-c", BARE_POST, url), environ),
        )


def refreshing_all(folder: Path) -> Row:
    """Measure the time of `refresh --all`, against that of the answers alone."""
    with connected(folder, Options(latency_ms=LATENCY)) as (sandbox, stored, address):
        environ = environment(folder) | {"SMILY_TUI_SERVER": sandbox.listening.server}
        _add_accounts(Store(stored.home), address, sandbox)

        def refresh() -> float:
            began = time.perf_counter()
            cpu((PROGRAM, "refresh", "--all"), environ)
            return (time.perf_counter() - began) * 1000

        return compare(
            f"`refresh --all` of {DUE}",
            f"answers after {LATENCY} ms, {AT_ONCE} at once",
            1.3,
            refresh,
            lambda: DUE * LATENCY / AT_ONCE,
            pairs=3,
        )


def _add_accounts(store: Store, address: Address, sandbox: Sandbox) -> None:
    """Copy the account at `address` until there are `DUE`, each with tokens of its own."""
    record = store.slot(address).require()
    (pair,) = sandbox.state.pairs
    for number in range(1, DUE):
        access, refresh = sandbox.state.token(), sandbox.state.token()
        sandbox.state.issue(dataclasses.replace(pair, access=access, refresh=refresh, account=4711 + number))
        tokens = record.current._replace(access=Secret(access), refresh=Secret(refresh))
        copy = record._replace(label=clean(f"Villa {number}"), account_id=4711 + number, current=tokens)
        store.slot(Address(address.application, f"villa-{number}")).save(copy)


def encrypted(folder: Path) -> Row:
    """Measure `token` in an encrypted store, against a script that asks the keyring for the same key."""
    session = SecretService(folder / "session")
    try:
        with connected(folder / "home") as (sandbox, _, _), _environment(session.environ):
            environ = environment(folder / "home") | session.environ
            environ |= {"SMILY_TUI_HOME": str(folder / "home"), "SMILY_TUI_SERVER": sandbox.listening.server}
            del environ["SMILY_TUI_KEYRING"]
            run_program(environ, "protect").check_returncode()
            key = Store(_home(folder)).protection.now.key_id
            return compare(
                "`token`, encrypted",
                "a script that asks the keyring",
                1.2,
                lambda: cpu((PROGRAM, "token"), environ),
                lambda: cpu((PYTHON, "-c", BARE_KEYRING, key), environ),
                pairs=9,
            )
    finally:
        session.stop()


def _home(folder: Path) -> Home:
    return Home.at(folder / "home")


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Add to the environment for a while: the sandbox's helpers inherit it."""
    before = dict(os.environ)
    os.environ |= {name: value for name, value in values.items() if name != "HOME"}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
