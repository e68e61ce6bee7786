"""Process that talks to the keyring of the system: one JSON line in, one out, no secret in argv.

A keyring that hangs, opens a prompt on a screen that nobody sees, or crashes takes only this process along.
Only keyrings that the system itself keeps are asked, whatever the settings of the `keyring` package say:
never one that writes plain files, chains to another, or forgets.

The time limit starts after the imports: a machine that is slow to load them says nothing of the keyring.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import TYPE_CHECKING, Any, Final

from smily_tui.system import here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

LIMIT: Final = 2.0  # seconds; with the start of this process the answer is there within 3
SERVICE: Final = "smily-tui"


def main() -> int:
    """Answer one question within the limit, or be ended by the alarm; `failed` says none, or refused."""
    asked: dict[str, str] = json.loads(sys.stdin.buffer.readline())
    for module, _ in here.KEYRINGS:
        _load(module)
    here.end_after(LIMIT)
    sys.stdout.buffer.write(json.dumps(answer(asked)).encode())
    sys.stdout.buffer.flush()
    return 0


def answer(asked: dict[str, str]) -> dict[str, str | None]:
    """Get the key of an id, or set it; the first keyring that has it, or takes it, counts."""
    failed, key = "none", None
    for keyring in _keyrings():
        try:
            if "key" in asked:
                keyring.set_password(SERVICE, asked["id"], asked["key"])
                return {"key": asked["key"]}
            failed, key = "", keyring.get_password(SERVICE, asked["id"])
        except Exception:  # noqa: BLE001 - each backend raises errors of its own, and any is a refusal
            failed = "refused"
        if key:
            return {"key": key}
    return {"failed": failed} if failed else {"key": None}


def _keyrings() -> Iterator[Any]:
    """Yield the keyrings of this system that can be reached."""
    for module, name in here.KEYRINGS:
        try:
            backend = getattr(_load(module), name)
            # in keyring 25 this property raises if the backend cannot work here
            if backend.priority > 0:
                yield backend()
        except Exception:  # noqa: BLE001, S112 - not installed, another system, no session: all the same
            continue


def _load(module: str) -> ModuleType | None:
    """Import a module, from memory the second time; None where that fails."""
    try:
        return importlib.import_module(module)
    except Exception:  # noqa: BLE001 - not installed, or for another system
        return None


if __name__ == "__main__":
    sys.exit(main())
