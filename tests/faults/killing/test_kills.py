"""G1 and G2: real kills at random moments, of the front end and of the helper that it started."""

from __future__ import annotations

import json
import random
import select
import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.server import Options
from smily_tui.text import Clean
from smily_tui.tokens.jobs import RefreshJob, encode_job
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.store import Store
from tests.faults.killing.naive import ask, exchanged
from tests.faults.killing.nursery import Nursery
from tests.faults.killing.verdict import naive_verdict, verdict
from tests.support.connected import connect_again, connected
from tests.support.processes import clean_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from smily_tui.sandbox.state import Rotation
    from tests.faults.conftest import Figure

SEED = 20_260_803
LATENCY = 20  # milliseconds that an answer takes, half before the server commits and half after
ROTATIONS: tuple[Rotation, ...] = ("on-use", "immediate")


@dataclass
class Toll:
    """What so many kills did."""

    kills: int = 0
    in_time: int = 0  # kills that came before the work was done
    lost: int = 0
    wrong: list[str] = field(default_factory=list)


def duration(nursery: Nursery, start: Callable[[], int], tokens: Callable[[], object]) -> float:
    """Seconds that a run takes when nobody kills it: the median of nine, each of which gets new tokens."""
    seconds = []
    for _ in range(9):
        before, begun = tokens(), time.monotonic()
        nursery.wait(start())
        seconds.append(time.monotonic() - begun)
        assert tokens() != before, "a run that does nothing loses nothing"
    return statistics.median(seconds)


def moments(count: int, longest: float) -> Iterator[float]:
    """Random moments of a run that takes `longest` seconds."""
    chance = random.Random(SEED)  # noqa: S311 - moments, no secrets
    for _ in range(count):
        yield chance.uniform(0, longest)


def kill_front_ends(tmp_path: Path, rotation: Rotation, count: int) -> Toll:
    """Kill `smily-tui refresh`; the helper goes on."""
    toll = Toll()
    environ = clean_environment(tmp_path)
    options = Options(rotation=rotation, latency_ms=LATENCY)
    with connected(tmp_path / "smily", options) as (sandbox, stored, first), Nursery() as nursery:
        store, address = Store(stored.home), first

        def start() -> int:
            arguments = ["--server", sandbox.listening.server, "refresh", str(address)]
            return nursery.start("front end", arguments=arguments, environ=environ)

        for moment in moments(count, duration(nursery, start, store.slot(address).read)):
            before = store.slot(address).read()
            assert before is not None
            pid = start()
            select.select([], [], [], moment)
            nursery.end(pid)
            with store.slot(address).lock():  # the helper, if it was started, has ended or not begun
                now = store.slot(address).read()
            toll.kills += 1
            toll.in_time += now is not None and now.generation == before.generation
            found = verdict(stored, address)
            if found:
                toll.lost += 1
                toll.wrong.append(f"kill {toll.kills} after {moment:.4f} s, seed {SEED}: {found}")
                address = connect_again(sandbox, stored)
    return toll


def kill_helpers(tmp_path: Path, rotation: Rotation, count: int) -> Toll:
    """Kill the helper itself, which no defence can survive in every moment; what is lost must be said."""
    toll = Toll()
    options = Options(rotation=rotation, latency_ms=LATENCY)
    with connected(tmp_path / "smily", options) as (sandbox, stored, first), Nursery() as nursery:
        store, address = Store(stored.home), first

        def start() -> int:
            job = encode_job(RefreshJob(stored.home, Clean("test"), address, TokenRequirement(force=True)))
            return nursery.start("helper", job=job)

        for moment in moments(count, duration(nursery, start, store.slot(address).read)):
            before = store.slot(address).read()
            assert before is not None
            pid = start()
            select.select([], [], [], moment)
            nursery.end(pid)
            now = store.slot(address).read()
            toll.kills += 1
            toll.in_time += now is not None and now.generation == before.generation
            found = verdict(stored, address)
            if found == "lost":
                toll.lost += 1
            elif found:
                toll.wrong.append(f"kill {toll.kills} after {moment:.4f} s, seed {SEED}: {found}")
            if found:
                address = connect_again(sandbox, stored)
    return toll


def kill_naive(tmp_path: Path, rotation: Rotation, count: int, lock: str) -> int:
    """The same kill of a program that asks and writes by itself; answers how many authorizations it cost."""
    path, lost = tmp_path / "tokens.json", 0
    options = Options(rotation=rotation, latency_ms=LATENCY)
    with connected(tmp_path / "smily", options) as (sandbox, _, _), Nursery() as nursery:
        found = sandbox.listening
        client = {"client_id": found.client_id, "client_secret": found.client_secret.reveal()}

        def start() -> int:
            if not path.exists():
                code = sandbox.state.grant(4712, ("public",))
                path.write_text(json.dumps(exchanged(found.server, client, code)))
            return nursery.start("naive", path=str(path), server=found.server, client=client, lock=lock)

        for moment in moments(count, duration(nursery, start, lambda: path.exists() and path.read_text())):
            pid = start()
            select.select([], [], [], moment)
            nursery.end(pid)
            if not naive_verdict(path, sandbox):
                lost += 1
                path.unlink()
    return lost


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("rotation", ROTATIONS)
def test_no_kill_of_the_front_end_costs_an_authorization(
    tmp_path: Path, rotation: Rotation, *, full: bool, figure: Figure
) -> None:
    toll = kill_front_ends(tmp_path, rotation, 1000 if full else 12)
    assert toll.wrong == []
    assert toll.in_time > toll.kills / 10, "the kills came too late to prove anything"
    others = {}
    if full:
        for name, lock in (("naive", ""), ("a lock over the save", "save")):
            (folder := tmp_path / name).mkdir()
            lost = kill_naive(folder, rotation, 400, lock)
            others[name] = f"{lost} of 400"
            if rotation == "immediate":
                assert lost, "a laboratory that catches nobody proves nothing"
    figure(
        "G1", f"lost by kill -9 of the front end during a refresh, {rotation}", f"0 of {toll.kills}", **others
    )


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("rotation", ROTATIONS)
def test_a_kill_of_the_helper_costs_nothing_or_is_told(
    tmp_path: Path, rotation: Rotation, *, full: bool, figure: Figure
) -> None:
    toll = kill_helpers(tmp_path, rotation, 1000 if full else 40)
    assert toll.wrong == []
    assert toll.in_time > toll.kills / 10, "the kills came too late to prove anything"
    if rotation == "on-use":
        assert toll.lost == 0
    ours = f"{toll.lost} of {toll.kills}" + (", each named as an interrupted refresh" if toll.lost else "")
    figure("G2", f"lost by kill -9 of the refreshing process itself, {rotation}", ours)


def test_the_naive_way_is_what_it_is_said_to_be(tmp_path: Path) -> None:
    """The comparison is fair: without a kill the naive way works."""
    with connected(tmp_path / "smily") as (sandbox, _, _), Nursery() as nursery:
        found = sandbox.listening
        client = {"client_id": found.client_id, "client_secret": found.client_secret.reveal()}
        path = tmp_path / "tokens.json"
        path.write_text(json.dumps(exchanged(found.server, client, sandbox.state.grant(4712, ("public",)))))
        before = path.read_text()
        what = {"path": str(path), "server": found.server, "client": client, "lock": "save"}
        nursery.wait(nursery.start("naive", **what))
        assert path.read_text() != before
        assert naive_verdict(path, sandbox)
        assert ask(found.server, client, "nothing").status_code in (400, 401)
