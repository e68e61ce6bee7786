"""G19: random timelines. No storm of refreshes, and no token given out that was known to have expired."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from smily_tui.clock import Instant
from smily_tui.errors import SmilyError
from smily_tui.sandbox.grants import Grants
from smily_tui.tokens.requirement import MIN_VALID, Decision, TokenRequirement, decide
from tests.support.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.oauth.requests import Fields
    from smily_tui.secret import Secret
    from smily_tui.vault.journal import Answer
    from tests.faults.conftest import Figure

SEED = 20_260_802
YEAR = 365 * 86400.0
STEPS = 25
BETWEEN = 60.0


class Timeline(World):
    """True time, at which the server lives, and a computer whose clocks may say something else."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.chance = chance
        self.offset = 0.0
        self.boots = 1
        self.booted_at = 1_795_400_000.0
        self.has_boot_clock = chance.random() < 0.8
        self.posted: list[float] = []
        self.refused_since: bool = False
        self.vouched_for = False  # the API itself said yes to the token, which is more than any clock knows
        self.wrong: list[str] = []
        super().__init__(folder, chance.choice(["on-use", "immediate"]))
        self.posted.clear()

    def now(self) -> Instant:
        """What the computer's clocks say."""
        boot = f"boot-{self.boots}" if self.has_boot_clock else ""
        return Instant(self.wall + self.offset, boot, self.wall - self.booted_at if boot else 0.0)

    def post(self, server: str, fields: Fields, seconds: float) -> Answer:
        early = self.posted and self.wall - self.posted[-1] < BETWEEN
        if early and self.has_boot_clock and not self.refused_since:  # without one nobody can know
            self.wrong.append(f"two refreshes within {self.wall - self.posted[-1]:.0f} s without a 401")
        self.posted.append(self.wall)
        self.refused_since = False
        return super().post(server, fields, seconds)

    def use(self, token: Secret) -> bool:
        """The API's word."""
        accepted = super().use(token)
        self.refused_since = self.refused_since or not accepted
        self.vouched_for = accepted
        return accepted

    # -- what can happen -------------------------------------------------------------------------------

    def time_passes(self) -> None:
        """From a second to a month; asleep or awake is the same to the boot clock."""
        self.wall += self.chance.choice([1, 20, 50, 70, 600, 6000, 7300, 90_000, 30 * 86400.0])

    def clock_is_set(self) -> None:
        """By a person, by NTP, by a time zone taken for UTC, by an empty battery."""
        self.offset += self.chance.choice([-YEAR, -12 * 3600, -3600, -30, 30, 3600, 12 * 3600, YEAR])

    def restarts(self) -> None:
        """A restart takes a while."""
        self.wall += self.chance.choice([8, 40, 300])
        self.boots += 1
        self.booted_at = self.wall - self.chance.choice([1, 5])

    def server_changes_its_mind(self) -> None:
        """How long the next tokens live."""
        self.state.lifetime = self.chance.choice([1, 2, 60, 299, 301, 7200, 7200, 7200, 10**9])
        self.grants = Grants(self.state)

    def owner_ends_the_token(self) -> None:
        """The access token is refused from now on; the refresh token works."""
        self.state.pairs[-1].created -= 10**10

    def script_needs_a_token(self) -> None:
        """`smily-tui token`, and a 401 that is handed back."""
        before = self.stored()
        need = TokenRequirement(self.chance.choice([0.0, MIN_VALID, 3600.0]))
        clock = self.now()
        self.vouched_for = False
        try:
            if decide(before, need, clock) is not Decision.USE:
                self.refresh(need)
        except SmilyError as error:
            self.wrong.append(f"{error.name}: {error.what}")
            return
        given = self.stored()
        if not self.vouched_for and self._is_known_to_have_expired(
            given.current.sent, given.current.lifetime
        ):
            self.wrong.append("a token was given out that was known to have expired")
        if not self.use(given.current.access) and self.chance.random() < 0.7:
            self.refresh(TokenRequirement(rejected=given.current.access))

    def _is_known_to_have_expired(self, sent: Instant, lifetime: float) -> bool:
        """By the boot clock within one run of the machine; by a wall clock that was never set otherwise."""
        now = self.now()
        if now.boot and now.boot == sent.boot:
            return now.boottime - sent.boottime >= lifetime
        return now.wall - sent.wall >= lifetime

    def live(self) -> None:
        """So many random steps."""
        happenings = [
            self.time_passes,
            self.time_passes,
            self.clock_is_set,
            self.restarts,
            self.server_changes_its_mind,
            self.owner_ends_the_token,
        ]
        for _ in range(STEPS):
            self.chance.choice(happenings)()
            self.script_needs_a_token()


@pytest.mark.timeout(600)
def test_no_timeline_leads_to_a_storm_or_to_a_stale_token(tmp_path: Path, full: bool, figure: Figure) -> None:
    count = 1000 if full else 150
    posts = 0
    for number in range(count):
        timeline = Timeline(tmp_path / str(number), random.Random(SEED + number))  # noqa: S311
        timeline.live()
        assert timeline.wrong == [], f"seed {SEED + number}"
        posts += len(timeline.posted)
    assert posts > count, "hardly anything was refreshed: nothing was proved"
    figure(
        "G19",
        f"refresh storms, and stale tokens given out, in {count} timelines of jumping clocks",
        f"0 and 0 ({posts} refreshes)",
    )


@pytest.mark.parametrize("lifetime", [0, -5, "7200", "soon", 1e300, 10**30, None, True, [], 7200.5])
def test_an_absurd_lifetime_is_survived(tmp_path: Path, lifetime: object) -> None:
    """Whatever the server says of time, the tokens are stored and used until the API says 401."""
    import dataclasses
    import json

    from smily_tui.vault.journal import Answer

    world = World(tmp_path)
    fields = {"access_token": "n" * 64, "refresh_token": "r" * 64, "token_type": "bearer"}
    for created_at in (-(10**12), 10**15, "yesterday", None):
        body = json.dumps(fields | {"expires_in": lifetime, "created_at": created_at}).encode()
        environment = dataclasses.replace(world.environment, post=lambda *_, body=body: Answer(200, body))
        world.environment = environment
        try:
            world.refresh()
        except SmilyError as error:
            assert error.exit_code == 6  # noqa: PT017 - both ends are right, a crash is not
        found = world.stored().current
        assert 0 < found.lifetime <= 30 * 86400
        assert found.sent.wall == world.wall
