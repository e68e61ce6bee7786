"""What was entered, what arrived and what died on the way: each together with the other."""

from __future__ import annotations

import dataclasses
import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smily_tui.oauth.errors import NoAnswer
from smily_tui.secret import Secret
from smily_tui.text import clean
from smily_tui.tokens.errors import InDoubt, KeptInJournal
from smily_tui.tokens.exchange import exchange
from smily_tui.tokens.protocol import refresh
from smily_tui.tokens.recovery import adopt
from smily_tui.tokens.registration import Registration, placed
from smily_tui.vault.conversion import AtRest
from smily_tui.vault.disk import Disk, Held
from smily_tui.vault.errors import DiskFull
from smily_tui.vault.model import Address, Application, Authorization
from smily_tui.vault.settings import Settings
from smily_tui.vault.store import Slot, Store
from tests.support.keyrings import StandIn, stand_in
from tests.support.records import replaced
from tests.support.world import FORCE, SERVER, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from smily_tui.oauth.requests import Fields
    from smily_tui.vault.journal import Answer

    Change = Callable[[Answer], Answer]

__all__ = ["stand_in"]


class Killed(BaseException):
    """The process ended here."""


class StoreThatDies(Store):
    """Ends the process when the answer is in the journal, and the application is about to be stored."""

    locks = 0

    def names_lock(self, patience: float = 45.0) -> AbstractContextManager[Held]:
        self.locks += 1
        if self.locks > 1:
            raise Killed
        return super().names_lock(patience)


class FullSlot(Slot):
    """Has no room for new tokens."""

    def save(self, authorization: Authorization) -> None:
        raise DiskFull("There is no room.")


class StoreThatIsFull(Store):
    """Has no room for new tokens."""

    def slot(self, address: Address) -> Slot:
        return FullSlot(self, address)


@pytest.fixture(params=["in clear", "protected"])
def world(request: pytest.FixtureRequest, tmp_path: Path, stand_in: StandIn) -> World:
    """A store with one account, in clear or encrypted with a key that `stand_in` keeps."""
    assert stand_in.folder.is_dir()
    world = World(tmp_path / "home", "immediate")
    if request.param == "protected":
        AtRest(world.store).protect()
    return world


class Entering:
    """A second application at the server, entered and not stored, and a code for it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.state.register()
        application = Application("", clean("Other"), self.client.client_id, ("public",), SERVER)
        self.registration = Registration(application, Secret(self.client.client_secret))

    def exchange(self, store: Store | None = None, change: Change | None = None) -> Address:
        """Exchange a fresh code, with a store that fails or an answer that is changed on its way."""
        world, store = self.world, store or self.world.store
        store.spill = world.store.spill

        def post(server: str, fields: Fields, seconds: float) -> Answer:
            answer = world.environment.post(server, fields, seconds)
            return change(answer) if change else answer

        environment = dataclasses.replace(world.environment, post=post)
        code = Secret(world.state.grant(4712, ("public",), client=self.client))
        return exchange(environment, store, "", code, ["public"], registration=self.registration).address

    def adopted(self) -> Address:
        """What another process makes of it: one account that can be renewed, and its application."""
        store = self.world.store
        adopt(store.unfinished_exchanges(), self.world.environment.machine)
        (address,) = [each for each in store.addresses() if each.application == "other"]
        assert refresh(self.world.environment, self.world.store.slot(address), FORCE)
        assert store.unfinished_exchanges() == []
        assert [each.name for each in Settings(store.home, Disk()).applications()] == ["Other"]
        return address


ODD: dict[str, Change] = {
    "as usual": lambda answer: answer,
    "503 with tokens": lambda answer: replaced(answer, status=503),
    "a guard before it": lambda answer: replaced(answer, body=b")]}'\n" + answer.body),
    "gzip": lambda answer: replaced(answer, body=gzip.compress(answer.body), coding="gzip"),
    "its end is missing": lambda answer: replaced(answer, body=answer.body[:-1]),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD.keys())
def test_an_odd_answer_and_the_secret_survive_the_death_of_the_process(world: World, change: Change) -> None:
    entering = Entering(world)
    with pytest.raises(Killed):
        entering.exchange(StoreThatDies(world.home), change)
    entering.adopted()


def test_a_full_disk_keeps_tokens_and_secret_until_there_is_room(world: World) -> None:
    entering = Entering(world)
    with pytest.raises(KeptInJournal):
        entering.exchange(StoreThatIsFull(world.home))
    entering.adopted()


def cut(answer: Answer) -> Answer:
    raise NoAnswer("Cut.").after(answer.status, answer.body[:20])


def lost(_: Answer) -> Answer:
    raise NoAnswer("Cut.")


NOTHING: dict[str, Change] = {
    "a login page": lambda answer: replaced(answer, body=b"<p>Log in to this network</p>"),
    "an empty answer": lambda answer: replaced(answer, body=b""),
    "a piece without a token": cut,
    "no answer": lost,
}


@pytest.mark.parametrize("change", NOTHING.values(), ids=NOTHING.keys())
def test_an_exchange_that_brought_nothing_leaves_no_secret_behind(world: World, change: Change) -> None:
    entering = Entering(world)

    with pytest.raises(InDoubt):
        entering.exchange(change=change)
    adopt(world.store.unfinished_exchanges(), world.environment.machine)
    assert world.store.unfinished_exchanges() == []
    assert world.store.application_keys() == ["app"]
    assert placed(world.store, entering.registration).application.key == "other"


def in_brotli(answer: Answer) -> Answer:
    return replaced(answer, body=b"\x8b\x01\x80" * 30, coding="br")


def test_an_answer_that_cannot_be_read_is_kept_and_its_application_entered_again(world: World) -> None:
    entering = Entering(world)
    with pytest.raises(InDoubt) as doubt:
        entering.exchange(change=in_brotli)
    kept = re.search(r"saved in (\S+)\.$", doubt.value.kept)
    assert kept is not None
    adopt(world.store.unfinished_exchanges(), world.environment.machine)
    address = entering.exchange()
    assert address.application == "other"
    assert Path(kept[1]).exists()
    assert refresh(world.environment, world.store.slot(address), FORCE)
