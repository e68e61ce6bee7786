"""Homes with accounts to measure with."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smily_tui.accounts import Accounts
from smily_tui.clock import SystemClock
from smily_tui.records import encode
from smily_tui.vault.format import encode_file
from smily_tui.vault.home import Home
from smily_tui.vault.model import AUTHORIZATION_KIND, Address
from smily_tui.vault.store import Store
from tests.support.tui.scenes import CLIENT_ID, CLIENT_SECRET, authorization

if TYPE_CHECKING:
    from pathlib import Path

APP = "demo-app"
LIFETIME = 86400.0  # longer than any measurement


def make_home(folder: Path, number: int) -> Path:
    """Store that many accounts, all good for hours, without waiting for the disk; return the folder."""
    accounts = Accounts(Home.at(folder))
    accounts.apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public"])
    store, now = Store(accounts.home), SystemClock().now()
    for index in range(number):
        record = authorization(f"Home {index * 7919 % number:05}", 10_000 + index, 0)
        moment = now._replace(wall=now.wall - index / 100, boottime=now.boottime - index / 100)
        tokens = record.current._replace(sent=moment, lifetime=LIFETIME + index)
        record = record._replace(current=tokens, refreshed=moment, authorized_at=moment.wall - index)
        path = store.slot(Address(APP, f"home-{index:05}")).path()
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
            file.write(encode_file(AUTHORIZATION_KIND, encode(record)))
    return folder
