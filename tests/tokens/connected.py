"""A real sandbox with one account connected to it, in a store of its own."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from smily_tui.accounts import Accounts
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.secret import Secret
from smily_tui.vault.settings import Home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from smily_tui.vault.model import Address


@contextlib.contextmanager
def connected(
    folder: Path, options: Options | None = None, log: Callable[[str], None] | None = None
) -> Iterator[tuple[Sandbox, Accounts, Address]]:
    """A sandbox at work, the store below `folder`, and the address of the account in it."""
    with Sandbox(options or Options(), log=log) as sandbox:
        found = sandbox.listening
        stored = Accounts(Home.at(folder), server=found.server)
        application = stored.save_application("App", found.client_id, found.client_secret, ["public"])
        code = Secret(sandbox.state.grant(4711, ("public",)))
        fresh = stored.exchange(application, code, ["public"]).wait().address
        yield sandbox, stored, stored.name(fresh, "Villa Rosa").address
