"""What must hold whatever happens, each as a check that answers what it found wrong; sound code: nothing.

The same checks run over the program as it is and over deliberate breakages of it (`mutants.py`).
"""

from __future__ import annotations

import contextlib
import copy
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smily_tui.accounts import Accounts
from smily_tui.errors import SmilyError
from smily_tui.secret import Secret
from smily_tui.tokens.protocol import refresh
from smily_tui.tokens.recovery import recover
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.errors import Locked
from smily_tui.vault.journal import Answer
from smily_tui.vault.store import Slot
from tests.faults.crashes.recorder import RecordingDisk
from tests.faults.crashes.states import Moment, moments, put_on_disk
from tests.support.world import FORCE, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from smily_tui.oauth.requests import Fields
    from smily_tui.sandbox.state import State
    from smily_tui.vault.disk import Held

ENOUGH = 3  # what is wrong in three states needs no fourth
UNTIL_JOURNALED = 2  # operations from the server's answer to its being on the disk: written, pushed


@dataclass(frozen=True)
class Outside:
    """What the server knew at a moment, and how many operations of the disk there were before it."""

    state: State
    at: int
    committed: bool


class RecordedWorld(World):
    """A world on a recording disk; each change at the server is marked between the disk's operations."""

    def __init__(self, folder: Path, rotation: str) -> None:
        self.disk = RecordingDisk()
        super().__init__(folder, rotation, disk=self.disk)
        self.mark(committed=False)

    def mark(self, *, committed: bool) -> None:
        """Note what the server knows now."""
        state = copy.deepcopy(self.state)
        self.disk.mark(Outside(state, len(self.disk.operations) + 1, committed))

    def post(self, server: str, fields: Fields, seconds: float) -> Answer:
        answer = super().post(server, fields, seconds)
        self.mark(committed=True)
        return answer

    def use(self, token: Secret) -> bool:
        """The API sees the token: a server that rotates on use drops the pair before."""
        accepted = super().use(token)
        self.mark(committed=False)
        return accepted


@dataclass
class Survey:
    """The outcome of a check of crash states."""

    states: int
    wrong: list[str]


def _survey(
    folder: Path,
    rotation: str,
    action: Callable[[RecordedWorld], object],
    verdict: Callable[[World, Crash], str],
) -> Survey:
    """Do something, then judge every state in which a crash could have left the disk."""
    world = RecordedWorld(folder / "world", rotation)
    start = len(world.disk.operations)
    action(world)
    end = len(world.disk.operations)
    survey = Survey(0, [])
    for number, moment in enumerate(moments(world.disk.operations, start), start):
        for files in moment.states():
            survey.states += 1
            place = folder / "after"
            put_on_disk(files, world.home.config, place)
            crash = Crash(moment, number, finished=number == end, rotation=rotation)
            outside = moment.mark
            assert isinstance(outside, Outside)
            left = World(place, rotation, state=copy.deepcopy(outside.state), address=world.address)
            wrong = verdict(left, crash)
            if wrong:
                names = sorted(str(path.relative_to(world.home.config)) for path in files)
                survey.wrong.append(f"after operation {number} of {start}..{end}, {names}: {wrong}")
            shutil.rmtree(place, ignore_errors=True)
            if len(survey.wrong) >= ENOUGH:
                return survey
    return survey


@dataclass(frozen=True)
class Crash:
    """When the power went."""

    moment: Moment
    operations: int
    finished: bool
    rotation: str

    def may_lose(self) -> bool:
        """Whether the answer was on its way to the disk, at a server that rotates at once."""
        outside = self.moment.mark
        assert isinstance(outside, Outside)
        early = self.operations < outside.at + UNTIL_JOURNALED
        return self.rotation == "immediate" and outside.committed and early


# -- the checks ----------------------------------------------------------------------------------------


def refresh_crashes(folder: Path, rotation: str) -> Survey:
    """A crash at any point of a refresh, and of the first use of its token."""

    def action(world: RecordedWorld) -> None:
        world.refresh()
        world.use(world.stored().current.access)

    return _survey(folder, rotation, action, _account_lives)


def _account_lives(left: World, crash: Crash) -> str:
    try:
        if crash.finished:
            renewed = left.refresh(TokenRequirement())
            if renewed or left.posts or left.stored().generation != 2:
                return "it was saved, and the old tokens are back"
        return "" if left.is_alive() or crash.may_lose() else "lost"
    except SmilyError as error:
        return f"{error.name}: {error.what}"


def exchange_crashes(folder: Path, rotation: str) -> Survey:
    """A crash at any point of a code exchange: the tokens are there as soon as their answer was."""
    return _survey(folder, rotation, lambda world: world.exchange(), _second_account)


def _second_account(left: World, crash: Crash) -> str:
    outside = crash.moment.mark
    assert isinstance(outside, Outside)
    arrived = outside.committed and crash.operations >= outside.at + UNTIL_JOURNALED
    try:
        for slot in left.store.unfinished_exchanges():
            with slot.lock() as held:
                recover(slot, held, left.environment.machine)
        fresh = [each for each in left.store.addresses() if each != left.address]
        if not arrived:
            return ""
        if len(fresh) != 1:
            return f"{len(fresh)} fresh accounts"
        left.address = fresh[0]
        return "" if left.is_alive() else "lost"
    except SmilyError as error:
        return f"{error.name}: {error.what}"


def name_crashes(folder: Path, rotation: str) -> Survey:
    """A crash while an account gets its name, which moves its file."""

    def action(world: RecordedWorld) -> None:
        stored = Accounts(world.home)
        stored._store.disk = world.disk
        stored.name(world.address, "Villa Rosa")

    def verdict(left: World, crash: Crash) -> str:
        try:
            found = left.store.addresses()
            if not found:
                return "gone"
            left.address = found[-1]
            return "" if left.is_alive() else "lost"
        except SmilyError as error:
            return f"{error.name}: {error.what}"

    return _survey(folder, rotation, action, verdict)


def trash_crashes(folder: Path, rotation: str) -> Survey:
    """A crash while an account is forgotten and brought back: it is in one of the two places, and lives."""

    def action(world: RecordedWorld) -> None:
        with world.slot.lock():
            world.slot.forget(world.wall)
            world.slot.restore(world.store.trash.newest(world.address))

    def verdict(left: World, crash: Crash) -> str:
        try:
            if left.store.slot(left.address).read() is None:
                left.store.slot(left.address).restore(left.store.trash.newest(left.address))
            return "" if left.is_alive() else "lost"
        except SmilyError as error:
            return f"{error.name}: {error.what}"

    return _survey(folder, rotation, action, verdict)


def settings_crashes(folder: Path, rotation: str) -> Survey:
    """A crash while a second application is stored: the first is there, the second by entering it again.

    An exchange has it in its journal, which stores it after all.
    """

    def action(world: RecordedWorld) -> None:
        stored = Accounts(world.home)
        stored._store.disk = world.disk
        for name in ("First", "Second"):
            _store_application(stored, name)

    def verdict(left: World, crash: Crash) -> str:
        try:
            stored = Accounts(left.home)
            names = [each.name for each in stored.apps.all()]
            if names and not stored.apps.client_secret(stored.apps.all()[-1].key):
                _store_application(stored, names[-1])
            if len(stored.apps.all()) != len(names):
                return "an application twice"
            whole = stored.apps.usable()
        except SmilyError as error:
            return f"{error.name}: {error.what}"
        if len(whole) != len(names):
            return "an application without its secret"
        return "" if not crash.finished or names == ["First", "Second"] else f"only {names}"

    return _survey(folder, rotation, action, verdict)


def _store_application(stored: Accounts, name: str) -> None:
    stored.apps.save(name, f"client-of-{name}", Secret(f"secret of {name}"), ["public"])


class ImpatientSlot(Slot):
    """Does not wait for its lock."""

    def lock(self, patience: float = 0.0) -> AbstractContextManager[Held]:
        return super().lock(0.0)


def intruder(folder: Path, rotation: str) -> Survey:
    """While one process waits for the server, a second one wants the same: it must wait, not ask."""
    world = World(folder, rotation)
    second = World(folder, rotation, state=world.state, address=world.address)
    impatient = ImpatientSlot(second.store, second.address)
    wrong = []

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        with contextlib.suppress(Locked):
            refresh(second.environment, impatient, FORCE)
            wrong.append("the second was let in while the first was waiting for the server")
        return world.post(server, fields, seconds)

    world.wire = post
    try:
        world.refresh()
    except SmilyError as error:
        wrong.append(f"{error.name}: {error.what}")
    return Survey(1, wrong)


def latecomer(folder: Path, rotation: str) -> Survey:
    """A process that saw the old token refused comes after another one has renewed it: it must not ask."""
    world = World(folder, rotation)
    refused = world.stored().current.access
    world.refresh()
    before = world.posts
    with contextlib.suppress(SmilyError):
        world.refresh(TokenRequirement(rejected=refused))
    return Survey(1, [] if world.posts == before else ["it asked again"])


def full_disk(folder: Path, rotation: str) -> Survey:
    """A disk that is full before anything was sent: nothing may be sent."""
    world = World(folder, rotation)
    (world.home.state / "app").chmod(0o500)
    wrong = []
    real = world.store.disk.open

    def refused(path: Path, flags: int, mode: int = 0o600) -> int:
        if flags & 0o100:
            raise OSError(28, "No space left on device", str(path))
        return real(path, flags, mode)

    world.store.disk.open = refused  # type: ignore[method-assign]
    with contextlib.suppress(SmilyError):
        world.refresh()
    (world.home.state / "app").chmod(0o700)
    if world.posts:
        wrong.append(f"{world.posts} requests were sent")
    return Survey(1, wrong)


def errors_write_nothing(folder: Path, rotation: str) -> Survey:
    """Whatever the server answers but tokens: the stored bytes stay as they are."""
    wrong = []
    answers = [
        Answer(400, b'{"error": "invalid_grant"}'),
        Answer(401, b'{"error": "invalid_client"}'),
        Answer(503, b""),
        Answer(200, b"<html>"),
        Answer(429, b""),
    ]
    for number, answer in enumerate(answers):
        world = World(folder / str(number), rotation)
        path = world.slot.path()
        before = path.read_bytes()
        world.wire = lambda *_, answer=answer: answer
        with contextlib.suppress(SmilyError):
            world.refresh()
        if not path.exists() or path.read_bytes() != before:
            wrong.append(f"{answer.status}: the tokens were changed")
    return Survey(len(answers), wrong)


def odd_answers_are_kept(folder: Path, rotation: str) -> Survey:
    """An answer with tokens that cannot be read whole is on the disk before anyone tries to read it."""
    world = World(folder, rotation)

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        answer = world.post(server, fields, seconds)
        return Answer(
            answer.status, answer.body.replace(b'"Bearer"', b'"mac"').replace(b'"bearer"', b'"mac"')
        )

    world.wire = post
    with contextlib.suppress(SmilyError):
        world.refresh()
    world.wire = world.post
    return Survey(1, [] if world.is_alive() else ["what arrived was thrown away"])
