"""Properties of every history of refreshes, lost answers, uses and waiting."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.sandbox.grants import Grants
from smily_tui.sandbox.state import Rotation, State
from tests.support.sampling import examples

ACTIONS = st.lists(st.sampled_from(["refresh", "refresh, answer lost", "use", "wait"]), max_size=25)
ROTATIONS = st.sampled_from(["on-use", "immediate"])
QUICK = settings(max_examples=examples(60), deadline=None)


class Client:
    """Client that keeps the newest pair that it received."""

    def __init__(self, rotation: Rotation) -> None:
        self.wall = 1_795_500_000.0
        self.state = State(rotation, now=lambda: self.wall)
        self.grants = Grants(self.state)
        code = self.state.grant(4711, ("public", "bookings_read"))
        status, self.pair = self.post("authorization_code", code=code)
        assert status == 200

    def post(self, grant: str, **fields: str) -> tuple[int, dict[str, Any]]:
        client = self.state.client
        parameters = {"client_id": client.client_id, "client_secret": client.client_secret}
        parameters |= {"grant_type": grant, "redirect_uri": OUT_OF_BAND}
        answer = self.grants.answer_token_request(parameters | fields)
        return answer.status, answer.content

    def refresh(self) -> tuple[int, dict[str, Any]]:
        return self.post("refresh_token", refresh_token=self.pair["refresh_token"])

    def act(self, action: str) -> None:
        """Do one action; a refused refresh leaves the pair as it was."""
        if action == "use":
            pair = self.state.by_access(self.pair["access_token"])
            assert pair
            self.state.present(pair)
        elif action == "wait":
            self.wall += 7200
        else:
            status, answer = self.refresh()
            if status == 200 and action == "refresh":
                self.pair = answer


@QUICK
@given(ACTIONS)
def test_on_use_a_lost_answer_never_locks_out(actions: list[str]) -> None:
    client = Client("on-use")
    for action in actions:
        client.act(action)
    assert client.refresh()[0] == 200


@QUICK
@given(ACTIONS)
def test_immediately_one_refresh_token_lives_and_only_a_lost_answer_locks_out(actions: list[str]) -> None:
    client = Client("immediate")
    for action in actions:
        client.act(action)
        assert sum(1 for pair in client.state.pairs if pair.refresh and not pair.revoked) == 1
    locked_out = "refresh, answer lost" in actions
    assert client.refresh()[0] == (400 if locked_out else 200)


@QUICK
@given(ROTATIONS, ACTIONS)
def test_what_ended_stays_ended_and_nothing_comes_twice(rotation: Rotation, actions: list[str]) -> None:
    client = Client(rotation)
    ended: set[str] = set()
    for action in actions:
        client.act(action)
        now_ended = {pair.access for pair in client.state.pairs if pair.revoked}
        assert ended <= now_ended
        ended = now_ended
    handed_out = [value for pair in client.state.pairs for value in (pair.access, pair.refresh)]
    assert len(handed_out) == len(set(handed_out))
    assert {pair.scopes for pair in client.state.pairs} == {("public", "bookings_read")}


def test_a_seed_makes_the_same_credentials_again_and_none_makes_new_ones() -> None:
    assert State(seed=7).client == State(seed=7).client
    assert State(seed=7).client != State(seed=8).client
    assert State().client != State().client
