"""The naive way, and that of a well-known library: the request in the program itself, the file in place."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import filelock
import httpx

if TYPE_CHECKING:
    from pathlib import Path

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


def refresh(path: Path, server: str, client: dict[str, str], *, lock: str) -> bool:
    """Refresh what `path` holds; `lock`: none, over the "save", or over "all" of it."""
    guard = filelock.FileLock(path.with_suffix(".lock"), timeout=60)
    whole = guard if lock == "all" else contextlib.nullcontext()
    saving = guard if lock == "save" else contextlib.nullcontext()
    with whole:
        stored: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if lock == "all" and not stored["expired"]:
            return True
        answer = ask(server, client, stored["refresh_token"])
        if answer.status_code != 200:
            return False
        with saving:
            path.write_text(json.dumps({**answer.json(), "expired": False}), "utf-8")
    return True


def ask(server: str, client: dict[str, str], token: str) -> httpx.Response:
    """The token request."""
    fields = {"grant_type": "refresh_token", "refresh_token": token, "redirect_uri": OUT_OF_BAND}
    return httpx.post(f"{server}/oauth/token", data=client | fields, trust_env=False, timeout=30)


def exchanged(server: str, client: dict[str, str], code: str) -> dict[str, object]:
    """Return the tokens that the code is exchanged for, as the naive way stores them."""
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": OUT_OF_BAND}
    answer = httpx.post(f"{server}/oauth/token", data=client | fields, trust_env=False, timeout=30)
    return {**answer.json(), "expired": True}
