"""Take foreign OAuth clients through the sandbox, and write what came of it into docs/clients.md."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.clients.catalogue import CLIENTS, Client  # noqa: E402
from tests.clients.running import Outcome, go_through, sandbox_for  # noqa: E402
from tests.clients.steps import MODES  # noqa: E402
from tests.clients.table import row, table  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DOCUMENT: Final = ROOT / "docs" / "clients.md"
BEGIN: Final = "<!-- clients: written by `make clients` -->\n"
END: Final = "<!-- end of the clients -->\n"


def main(names: Sequence[str]) -> int:
    """Run all clients, or those whose names contain one of `names`; return the number that failed."""
    chosen = [client for client in CLIENTS if not names or any(name in client.name for name in names)]
    versions = {client: client.version() for client in chosen}
    for client in chosen:
        if not versions[client]:
            print(f"Skipped: {client.name} is not installed.")
    installed = [client for client in chosen if versions[client]]
    outcomes = _run(installed)
    if installed == list(CLIENTS):
        _write(table([row(client, versions[client], outcomes[client]) for client in CLIENTS]))
    else:
        print(f"{DOCUMENT.relative_to(ROOT)} is unchanged: {len(installed)} of {len(CLIENTS)} clients ran.")
    failed = sum(any(outcome.problems for outcome in outcomes[client].values()) for client in installed)
    print(f"{len(installed) - failed} passed, {failed} failed, {len(chosen) - len(installed)} skipped")
    return failed


def _run(clients: Sequence[Client]) -> Mapping[Client, dict[str, Outcome]]:
    """Take the clients through the script in each mode, and print what came of it."""
    outcomes: dict[Client, dict[str, Outcome]] = {client: {} for client in clients}
    for mode in MODES:
        with tempfile.TemporaryDirectory() as home, sandbox_for(mode, Path(home)) as sandbox:
            for client in clients:
                outcome = go_through(client.command, mode, sandbox)
                outcomes[client][mode.column] = outcome
                print(f"{mode.column}: {client.name}: {'fails' if outcome.problems else 'works'}", flush=True)
                for column, problem in outcome.problems.items():
                    print(f"  {column}: {problem}")
    return outcomes


def _write(text: str) -> None:
    before, _, old = DOCUMENT.read_text("utf-8").partition(BEGIN)
    _, _, after = old.partition(END)
    DOCUMENT.write_text(before + BEGIN + text + END + after, "utf-8")


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
