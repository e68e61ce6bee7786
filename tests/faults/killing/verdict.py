"""Is the authorization alive? From what is stored, a working access token must be had, by real requests."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING

from smily_tui.clock import SystemClock
from smily_tui.errors import SmilyError
from smily_tui.secret import Secret
from smily_tui.system import this_machine
from smily_tui.tokens.context import Environment
from smily_tui.tokens.errors import AuthorizationLost
from smily_tui.tokens.protocol import refresh
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.tokens.worker import _is_accepted, _post
from smily_tui.vault.store import Store
from tests.faults.killing.naive import ask

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.accounts import Accounts
    from smily_tui.sandbox.server import Sandbox
    from smily_tui.vault.model import Address


POST = functools.partial(_post, lambda _: None, SystemClock())
IS_ACCEPTED = functools.partial(_is_accepted, lambda _: None)


def real_environment() -> Environment:
    """What a worker has, but for its blocked signals."""
    return Environment(
        clock=SystemClock(),
        machine=this_machine(),
        post=POST,
        is_accepted=IS_ACCEPTED,
        block_signals=lambda: None,
        report=lambda _: None,
    )


def verdict(stored: Accounts, address: Address) -> str:
    """Empty where it lives; "lost" where it was lost and is said to be; else what is wrong."""
    store = Store(stored.home)
    environment = real_environment()
    before = store.slot(address).path().read_bytes()
    try:
        refresh(environment, store.slot(address), TokenRequirement(force=True))
    except AuthorizationLost:
        return "lost" if store.slot(address).path().read_bytes() == before else "an error changed the tokens"
    except SmilyError as error:
        return f"{error.name}: {error.what}"
    found = store.slot(address).read()
    assert found is not None
    return "" if IS_ACCEPTED(found.server, found.current.access) else "the new token is not accepted"


def naive_verdict(path: Path, sandbox: Sandbox) -> bool:
    """Whether what the naive way left can still be refreshed; what lives is put back in order."""
    found = sandbox.listening
    client = {"client_id": found.client_id, "client_secret": found.client_secret.reveal()}
    try:
        token = json.loads(path.read_text("utf-8"))["refresh_token"]
    except (ValueError, KeyError):
        return False
    answer = ask(found.server, client, token)
    if answer.status_code != 200:
        return False
    IS_ACCEPTED(found.server, Secret(answer.json()["access_token"]))
    path.write_text(json.dumps({**answer.json(), "expired": True}), "utf-8")
    return True
