"""V18 and L15: a name stands in its row as it is, beside its number, in any script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from smily_tui.text import anchored
from tests.support.tui.pilot import until
from tests.support.tui.queue import at_queue, put, sandbox, world
from tests.support.tui.scenes import World, grid

if TYPE_CHECKING:
    from tests.support.bent_server import BentServer
    from tests.support.person import Person

__all__ = ["sandbox", "world"]  # the fixtures
SEA, ROSA = "بيت البحر", "בית רוזה"


@pytest.mark.parametrize("name", [SEA, ROSA, "Villa בית", "٤٧١١", "5 בית"])
def test_a_name_that_runs_to_the_left_is_anchored_and_no_wider(name: str) -> None:
    assert anchored(name) == f"\u200e{name}\u200e"
    assert cell_len(anchored(name)) == cell_len(name)


@pytest.mark.parametrize("name", ["Villa Rosa", "Łódź", "東京の家", "Вилла", "", "12"])
def test_any_other_name_stays_as_it_is(name: str) -> None:
    assert anchored(name) == name


@pytest.mark.parametrize("name", [SEA, f"{SEA} {ROSA} {SEA} {ROSA} {SEA}"])
async def test_a_name_and_its_number_keep_their_places_in_the_queue(world: World, name: str) -> None:
    put(world, (name, 4718), ("Villa Rosa", 4719))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_queue(pilot)
        await until(pilot, lambda: "4718" in grid(world.app))
        lines = grid(world.app).splitlines()
    row, other = (next(line for line in lines if number in line) for number in ("4718", "4719"))
    begins, ends, number = row.index("\u200e"), row.rindex("\u200e"), row.index("4718")
    assert begins < row.index(SEA) < ends < number
    assert cell_len(row[:number]) == cell_len(other[: other.index("4719")])


def test_names_and_states_are_in_columns_whatever_the_script(server: BentServer, person: Person) -> None:
    for number, name in enumerate((SEA, "東京の家", "Villa Rosa"), start=1):
        server.account_id, server.business_name = number, name
        assert person.connect().returncode == 0
    lines = person.run("accounts").stdout.splitlines()
    assert len({cell_len(line[: line.index("valid")]) for line in lines}) == 1
    assert any(f"\u200e{SEA}\u200e" in line for line in lines)
    assert SEA in person.run("accounts", "--json").stdout.encode().decode("unicode_escape")


def test_a_name_of_blanks_in_any_script_is_no_name(server: BentServer, person: Person) -> None:
    server.business_name = "\u2800\u3164\U0001d159\u00a0"
    assert person.connect().returncode == 0
    (line,) = person.run("accounts").stdout.splitlines()
    assert "  New account  " in line
