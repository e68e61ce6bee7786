"""A real sandbox with one account connected to it, in a store of its own."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from smily_tui.accounts import Accounts
from smily_tui.clock import Instant, SystemClock
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.records import replaced, with_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


HOURS = 3 * 3600.0


@contextlib.contextmanager
def connected(
    folder: Path, options: Options | None = None, log: Callable[[str], None] | None = None
) -> Iterator[tuple[Sandbox, Accounts, Address]]:
    """A sandbox at work, the store below `folder`, and the address of the account in it."""
    with Sandbox(options or Options(), log=log) as sandbox:
        found = sandbox.listening
        stored = Accounts(Home.at(folder), server=found.server)
        application = stored.apps.save("App", found.client_id, found.client_secret, ["public"])
        code = Secret(sandbox.state.grant(4711, ("public",)))
        fresh = stored.exchange(application, code, ["public"]).wait().address
        yield sandbox, stored, stored.name(fresh, "Villa Rosa").address


def let_expire(store: Store, address: Address, sandbox: Sandbox) -> str:
    """Make the stored access token three hours old, here and at the server; the token."""
    stored = store.slot(address).read()
    assert stored is not None
    now = SystemClock().now()
    sent = Instant(now.wall - HOURS, now.boot, now.boottime - HOURS)
    refreshed = sent if stored.refreshed else None
    store.slot(address).save(replaced(with_tokens(stored, sent=sent), refreshed=refreshed))
    for pair in sandbox.state.pairs:
        pair.created -= HOURS
    return stored.current.access.reveal()


def connect_again(sandbox: Sandbox, stored: Accounts) -> Address:
    """A new account in the place of one that was lost."""
    application = stored.apps.all()[0]
    code = Secret(sandbox.state.grant(4711, ("public",)))
    fresh = stored.exchange(application, code, ["public"]).wait().address
    return stored.name(fresh, "Villa Rosa").address


def add_refused(stored: Accounts, sandbox: Sandbox, count: int) -> None:
    """Store accounts of the same application, long expired, whose refresh tokens the sandbox never gave."""
    store = Store(stored.home)
    (address,) = store.addresses()
    record = store.slot(address).read()
    assert record is not None
    now = SystemClock().now()
    sent = Instant(now.wall - HOURS, now.boot, now.boottime - HOURS)
    for number in range(count):
        refused = with_tokens(
            record, access=Secret(f"a{number:063}"), refresh=Secret(f"b{number:063}"), sent=sent
        )
        refused = replaced(
            refused, label=Clean(f"Flat {number:02}"), account_id=9000 + number, refreshed=sent
        )
        store.slot(Address(address.application, f"flat-{number:02}")).save(refused)
