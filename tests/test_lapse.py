"""Time lapse: nothing jumps when the speed changes, and every process sees the same time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.clock import Instant, SimulatedClock, SimulatedTime

START = Instant(1_795_500_000.0, "boot", 100.0)


def later(seconds: float) -> Instant:
    return Instant(START.wall + seconds, "boot", START.boottime + seconds)


def test_two_hours_pass_in_two_minutes() -> None:
    fast = SimulatedTime(START).faster(60.0, START)
    assert fast.at(later(120)).since(fast.at(START)) == 7200


@given(st.lists(st.tuples(st.floats(0, 1000), st.sampled_from([1.0, 60.0, 1e4])), max_size=6))
def test_it_never_jumps_and_never_runs_back(changes: list[tuple[float, float]]) -> None:
    lapse, gone = SimulatedTime(START), 0.0
    for seconds, speed in changes:
        gone += seconds
        before = lapse.at(later(gone))
        lapse = lapse.faster(speed, later(gone))
        assert lapse.at(later(gone)).wall == pytest.approx(before.wall, abs=1e-3)
        assert lapse.at(later(gone + 1)).since(before) >= 0.99


def test_another_process_sees_the_same() -> None:
    lapse = SimulatedTime(START).faster(60.0, later(5)).faster(1.0, later(9))
    again = SimulatedTime.from_list(json.loads(json.dumps(lapse.as_list())))
    assert again == lapse
    assert again.at(later(50)) == lapse.at(later(50))


def test_a_clock_that_is_not_hurried_is_the_machines() -> None:
    clock = SimulatedClock()
    first = clock.now()
    clock.run(1000.0)
    while clock.now().since(first) < 5:
        pass
    assert clock.lapse.speed == 1000.0
