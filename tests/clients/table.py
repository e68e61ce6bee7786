"""Table of what came of each client, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.clients.steps import COLUMNS, MODES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.clients.catalogue import Client
    from tests.clients.running import Outcome

WORKS: Final = "works"
FAILS: Final = "**fails**"
MISSING: Final = "–"


def cell(column: str, outcomes: Mapping[str, Outcome]) -> str:
    """Say how a column went; `outcomes` are by the column of their mode."""
    tried = [outcomes[column]] if column in outcomes else list(outcomes.values())
    if any(column in outcome.problems for outcome in tried):
        return FAILS
    if all(column in outcome.missing or column not in outcome.worked for outcome in tried):
        return MISSING
    return WORKS


def row(client: Client, version: str, outcomes: Mapping[str, Outcome]) -> str:
    """Write the row of a client."""
    remarks = [client.remarks] if client.remarks else []
    if any("introspect" in outcome.worked - outcome.missing for outcome in outcomes.values()):
        remarks.append("introspection: 404")
    cells = [client.name, version, *(cell(column, outcomes) for column in COLUMNS), "; ".join(remarks)]
    return f"| {' | '.join(cells)} |\n"


def table(rows: Sequence[str]) -> str:
    """Write the head above the rows."""
    columns = ["client", "version", *(mode.column for mode in MODES), *COLUMNS[len(MODES) :], "remarks"]
    return f"| {' | '.join(columns)} |\n| {' | '.join(['---'] * len(columns))} |\n{''.join(rows)}"
