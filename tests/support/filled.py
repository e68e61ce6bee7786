"""A home with a secret in every kind of file that can hold one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.vault.home import Home
from smily_tui.vault.journal import Answer
from smily_tui.vault.model import Address, Authorization, Credentials
from smily_tui.vault.spill import Spill
from smily_tui.vault.store import Store
from tests.support.records import replaced, with_tokens
from tests.support.tui.scenes import authorization

if TYPE_CHECKING:
    from pathlib import Path


CANARY = "can4ry"
IN_DOUBT, GIVEN_UP, ODD, FORGOTTEN = (Address("app", name) for name in ("in-doubt", "torn", "odd", "gone"))
EVERYWHERE = (Address("app", "plain"), IN_DOUBT, GIVEN_UP, ODD, Address("other-app", "far"))
ANSWER = Answer(200, b'{"refresh_token": "can4ry-in-an-answer"}')
PIECE = Answer(200, b'{"refresh_token": "can4ry-in-a-piece", "acc')


def store_at(folder: Path) -> Store:
    """The store below that folder; what it rescues stays below it, too."""
    store = Store(Home.at(folder))
    store.spill = Spill(store.home.state, store.disk, [folder / "rescue"])
    return store


def fill(folder: Path) -> Store:
    """A store with applications, accounts, journals, a rescued file, damaged journals, and trash."""
    store = store_at(folder)
    for key in ("app", "other-app"):
        store.save_credentials(
            key, Credentials("id", Secret(f"{CANARY}-client-{key}"), Origin("https://a.example"))
        )
    for number, address in enumerate((*EVERYWHERE, FORGOTTEN)):
        store.slot(address).save(record(number))
    for address, answer in ((IN_DOUBT, ANSWER), (GIVEN_UP, PIECE), (FORGOTTEN, ANSWER)):
        journal = store.slot(address).journal()
        journal.open({"grant": "refresh_token", "generation": 2, "salvaged": f"{CANARY}-salvaged"})
        journal.record(answer, whole=answer is ANSWER)
    for name in ("next-damaged", "next-damaged-2"):
        aside = store.slot(ODD).path(name)
        aside.write_bytes(b"torn " + CANARY.encode())
        aside.chmod(0o600)
    store.slot(ODD).spill(replaced(record(9), generation=5))
    store.slot(FORGOTTEN).forget(1_795_500_000.0)
    return store


def record(number: int) -> Authorization:
    """An authorization whose tokens are canaries."""
    found = authorization(f"Villa {number}", 4700 + number, 0)
    found = with_tokens(
        found, access=Secret(f"{CANARY}-access-{number}"), refresh=Secret(f"{CANARY}-refresh-{number}")
    )
    return replaced(found, previous=Secret(f"{CANARY}-previous-{number}"))


def everything(store: Store) -> dict[str, object]:
    """All that the store holds, as a program reads it; raises where anything cannot be read."""
    found: dict[str, object] = {str(each): store.slot(each).read() for each in store.addresses()}
    for key in ("app", "other-app"):
        found[key] = store.credentials(key)
    for address in (IN_DOUBT, GIVEN_UP):
        found[f"{address} journal"] = store.slot(address).journal().read()
    found["kept elsewhere"] = store.slot(ODD).spilled()
    found["trash"] = [(each.address, each.at) for each in store.trash.find()]
    return found


def in_clear(folder: Path) -> list[str]:
    """The files below that folder in which a canary can be read."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(folder)) for path in files if CANARY.encode() in path.read_bytes())
