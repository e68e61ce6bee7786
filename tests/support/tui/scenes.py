"""The screens in every state that is pictured: made by the real program over a real store, in frozen time."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.css.query import NoMatches
from textual.events import Paste
from textual.widgets import Button

from smily_tui.accounts import Accounts
from smily_tui.clock import Instant
from smily_tui.desktop.browser import Opened
from smily_tui.desktop.clipboard import Copied
from smily_tui.oauth.diagnosis import clock_warning
from smily_tui.oauth.trust_variables import VARIABLES
from smily_tui.origin import Origin
from smily_tui.records import encode
from smily_tui.secret import Secret
from smily_tui.system import Machine
from smily_tui.text import Clean, Untrusted
from smily_tui.tokens.jobs import Outcome
from smily_tui.tokens.running import Listener, Running
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.flow import IdentityRemarks
from smily_tui.tui.pages.done import Storage
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.wizard import WizardScreen
from smily_tui.vault.format import encode_file
from smily_tui.vault.home import Home
from smily_tui.vault.model import AUTHORIZATION_KIND, Account, Address, Application, Authorization, Tokens
from smily_tui.vault.store import Note, Store
from tests.support.polling import PATIENCE
from tests.support.records import replaced

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.errors import SmilyError
    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.oauth.requests import IssuedUrl
    from smily_tui.tokens.registration import Registration

    Exchange = Callable[[Application, Secret, Sequence[str], IssuedUrl, Registration | None], Address]

NOW = 1_795_500_000.0
SERVER = Origin("https://www.bookingsync.com")
CLIENT_ID = "a1b2c3d4e5f60718" * 4
CLIENT_SECRET = Secret("5ec4e7" * 10 + "0f1e")
SIZES = ((80, 24), (120, 36))


class Frozen:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.wall = NOW

    def now(self) -> Instant:
        return Instant(self.wall)


class UsualHome(Home):
    """Home that commands need not name, wherever a test has it."""

    @property
    def folder(self) -> Path | None:
        return None


class SceneAccounts(Accounts):
    """The stored accounts of a scene, before a server and a disk that are scripted.

    Attributes:
        frozen: the clock.
        exchanged: takes the place of the worker that exchanges a code; returns the account's address.
        answered: what the API answers, to every request.
        full: raised wherever something would be written; None: the disk has room.
    """

    def __init__(self, home: Home) -> None:
        self.frozen = Frozen()
        super().__init__(home, clock=self.frozen)
        self.exchanged: Exchange | None = None
        self.answered: ApiAnswer | None = None
        self.full: SmilyError | None = None

    @property
    def store(self) -> Store:
        return self._store

    def is_on(self, machine: Machine) -> None:
        """Have another computer."""
        self._machine = machine

    def reads(self, account: Account) -> None:
        """Have the file of an account read as this."""
        self.accounts()
        self._listed[account.address] = replaced(account, mark=self._listed[account.address].mark)

    def exchange(
        self,
        application: Application,
        code: Secret,
        scopes: Sequence[str],
        link: IssuedUrl | None = None,
        registration: Registration | None = None,
    ) -> Running:
        assert self.exchanged is not None, "a scene sends nothing without a script"
        assert link is not None
        script = functools.partial(self.exchanged, application, code, scopes, link, registration)
        return Ended(lambda: Outcome("exchanged", script()))

    def call(self, address: Address, path: str) -> Running:
        assert self.answered is not None, f"a scene sends no GET {path} without a script"
        answer = self.answered
        return Ended(lambda: Outcome("answered", address, answer=answer))

    def check_writable(self) -> None:
        self._check_room()
        super().check_writable()

    def rename(self, address: Address, label: str | Untrusted) -> Account:
        self._check_room()
        return super().rename(address, label)

    def _check_room(self) -> None:
        if self.full is not None:
            raise self.full


class Ended(Running):
    """A worker that is through as soon as somebody waits for it, without a process."""

    def __init__(self, act: Callable[[], Outcome]) -> None:
        self._act = act

    async def ended(self) -> Outcome:
        return self._act()

    def tell(self, listener: Listener) -> None:
        """Say nothing to anybody."""

    def can_cancel(self) -> bool:
        return False


def token(letter: str, end: str) -> Secret:
    return Secret(letter * (64 - len(end)) + end)


def authorization(label: str, number: int, left: float, *scopes: str) -> Authorization:
    """A stored account with that many seconds left."""
    sent = Instant(NOW - 7200 + left)
    granted = tuple(Clean(scope) for scope in scopes or ("public", "bookings_read"))
    ends = f"{number:04d}"
    tokens = Tokens(token("a", ends), token("b", ends), granted, sent, 7200.0)
    return Authorization(
        generation=1, server=SERVER, client_id=CLIENT_ID, label=Clean(label), account_id=number,
        requested_scopes=granted, current=tokens, previous=None, used=True, authorized_at=NOW - 7200 * 3,
        refreshed=sent, named=True, machine=Machine("", Clean("")),
    )  # fmt: skip


@dataclass
class World:
    """A store and the program over it."""

    stored: Accounts
    store: Store
    app: SmilyApp
    clock: Frozen


def make_world(folder: Path, *, accounts: bool, kind: type[SceneAccounts] = SceneAccounts) -> World:
    """A home with an application and, if wanted, accounts in every state; `kind` may fail on purpose."""
    os.environ["TZ"] = "UTC"
    time.tzset()
    # as in most terminals: with fewer colours the program has other themes
    os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name in (*VARIABLES, "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        os.environ.pop(name, None)  # errors of the network name them
    stored = kind(UsualHome.at(folder))
    store = stored.store
    if accounts:
        stored.apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public", "bookings_read"])
        put = {
            "villa-rosa": authorization("Villa Rosa", 4711, 4364),
            "chalet": authorization("Chalet [Alpes]", 4712, 250),
            "casa-azul": authorization("Casa Azul & Jardín", 4713, -760),
            "old-mill": authorization("Old Mill Farm [/b] [red]x", 4714, -90000),
        }
        for account, record in put.items():
            store.slot(Address("demo-app", account)).save(record)
        words = Clean("The server no longer accepts this account's refresh token.")
        store.slot(Address("demo-app", "old-mill")).write_note(Note(1, NOW - 600, words, refused=True))
    return World(stored, store, app_over(stored), stored.frozen)


def app_over(
    stored: Accounts, copied: list[str | Secret] | None = None, *, verified: bool = True
) -> SmilyApp:
    """The program with a browser and a clipboard of its own; what it copies is added to `copied`."""

    def copy(text: str | Secret) -> Copied:
        if copied is not None:
            copied.append(text)
        return Copied(verified=verified, words="Copied.", ask_terminal=False)

    opened = Opened(asked=True, words="Asked your browser to open it.")
    return SmilyApp(stored, open_link=lambda _: opened, copy=copy)


@contextlib.asynccontextmanager
async def running(world: World, size: tuple[int, int]) -> AsyncIterator[Pilot[None]]:
    """The program at work in a terminal of that size."""
    async with world.app.run_test(size=size) as pilot:
        world.app.animation_level = "none"
        world.app.messages_fade = False  # a scene shows them for as long as it is looked at
        first = DashboardScreen if world.stored.accounts() else WizardScreen
        await settled(pilot, lambda: isinstance(world.app.screen, first))
        yield pilot


async def settled(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let messages flow until a condition holds; a widget that is not there yet fulfils none."""
    clock = asyncio.get_running_loop()
    ends = clock.time() + PATIENCE
    while clock.time() < ends:
        with contextlib.suppress(NoMatches):
            if condition():
                await pilot.pause()
                return
        await pilot.pause()
    raise AssertionError(f"the screen never got there:\n{grid(pilot.app)}")  # type: ignore[arg-type]


def stored_of(pilot: Pilot[None]) -> SceneAccounts:
    """The stored accounts of the program."""
    assert isinstance(pilot.app, SmilyApp)
    assert isinstance(pilot.app.stored, SceneAccounts)
    return pilot.app.stored


def wizard(pilot: Pilot[None]) -> WizardScreen:
    """The wizard on the screen."""
    assert isinstance(pilot.app.screen, WizardScreen)
    return pilot.app.screen


def is_at(pilot: Pilot[None], field: str) -> bool:
    """Whether the wizard is on the screen, with the focus in that field."""
    screen = pilot.app.screen
    return isinstance(screen, WizardScreen) and any(each.has_focus for each in screen.query(field))


async def paste(pilot: Pilot[None], field: str, text: str) -> None:
    """Paste into a field, as a terminal does."""
    wizard(pilot).query_one(field).focus()
    await pilot.pause()
    wizard(pilot).query_one(field).post_message(Paste(text))
    await pilot.pause()


async def application(pilot: Pilot[None]) -> None:
    """Step 1, filled in."""
    await paste(pilot, "#client-id", f"\n Client ID: {CLIENT_ID}\n")
    await paste(pilot, "#client-secret", CLIENT_SECRET.reveal())


async def application_with_error(pilot: Pilot[None]) -> None:
    """Step 1 with a Client ID that is too short."""
    await pilot.press(*"ab12", "tab")
    await settled(pilot, lambda: bool(wizard(pilot).query(".finding")))


async def permissions(pilot: Pilot[None]) -> None:
    """Step 2 with one more tick."""
    await application(pilot)
    await pilot.press("enter")
    await settled(pilot, lambda: wizard(pilot).query_one("#scopes").has_focus)
    await pilot.press("down", "down", "down", "space")


async def authorize(pilot: Pilot[None]) -> None:
    """Step 3, waiting for the code."""
    await permissions(pilot)
    await pilot.press("enter")
    await settled(pilot, lambda: wizard(pilot).query_one("#code").has_focus)


async def authorize_own_link(pilot: Pilot[None]) -> None:
    """Step 3 after the link itself was pasted."""
    await authorize(pilot)
    link = f"{SERVER}/oauth/authorize?client_id={CLIENT_ID}&response_type=code"
    await paste(pilot, "#code", link)
    await pilot.press("enter")


async def done(pilot: Pilot[None], *, asked: str = "", remark: str = "", off: float | None = None) -> None:
    """Step 4; with what was asked for besides, why the name is not known, how far the clock is off."""
    screen = wizard(pilot)
    granted = authorization("Villa Rosa", 4711, 7190)
    record = replaced(granted, requested_scopes=(*granted.requested_scopes, *map(Clean, asked.split())))
    stored = stored_of(pilot)
    stored.apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public"])
    address = Address("demo-app", "villa-rosa")
    stored.store.slot(address).save(record)
    account = stored.account(address)
    assert account is not None
    kept = Storage(record.current.access, "~/.local/state/smily-tui", stored.at_rest.words)
    await screen.add_pages()
    screen.show_done(account, IdentityRemarks(remark, clock_warning(off)), kept)
    await settled(pilot, lambda: screen.query_one("#do-call" if remark else "#do-right", Button).has_focus)


async def dashboard(pilot: Pilot[None]) -> None:
    """The dashboard, on the valid account."""
    await settled(pilot, lambda: isinstance(pilot.app.screen, DashboardScreen))
    await pilot.press("down", "down", "down")


async def dashboard_empty(pilot: Pilot[None]) -> None:
    """The dashboard without an account."""
    await pilot.press("escape")
    await settled(pilot, lambda: isinstance(pilot.app.screen, DashboardScreen))


async def help_(pilot: Pilot[None]) -> None:
    """The help of the dashboard."""
    await dashboard(pilot)
    await pilot.press("f1")


async def forget(pilot: Pilot[None]) -> None:
    """The question before forgetting."""
    await dashboard(pilot)
    await pilot.press("d")


async def find(pilot: Pilot[None]) -> None:
    """A search in the dashboard."""
    await dashboard(pilot)
    await pilot.press("slash", *"4712")


def grid(app: SmilyApp) -> str:
    """What the screen shows, as text."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips) + "\n"


def says(pilot: Pilot[None], words: str) -> bool:
    """Whether words stand on the screen, however the lines break."""
    shown = grid(pilot.app).replace("▌", " ")  # type: ignore[arg-type]
    return words in " ".join(shown.split())


def prefer(folder: Path, text: str) -> None:
    """Write the settings file of a world that is made there."""
    (folder / "config.toml").write_text(text)


def fill(world: World, number: int) -> None:
    """So many accounts, with times left from all over the range; written without waiting for the disk."""
    for each in range(number):
        record = authorization(f"Home {each * 7919 % number:04}", 10_000 + each, each * 37 % 9000 - 1800)
        path = world.store.slot(Address("demo-app", f"home-{each:04}")).path()
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
            file.write(encode_file(AUTHORIZATION_KIND, encode(record)))
