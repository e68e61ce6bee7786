"""Story of the slides: steps from a link to refreshed tokens, each performed for real."""

from __future__ import annotations

import asyncio
from asyncio import to_thread
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.demo import ASKED_FOR, NOT_GIVEN, REFRESHED, SAYS_NO, SLOW, DemoInfo, Trouble
from smily_tui.errors import SmilyError
from smily_tui.messages.connect import NAME_UNKNOWN
from smily_tui.oauth.paste import read_pasted_code
from smily_tui.text import Untrusted
from smily_tui.tui.flow import Recovery, recovery_for
from smily_tui.tui.wire.log import CONNECT, REFRESH, Course, Link, Progress, WireLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from smily_tui.accounts import Accounts
    from smily_tui.sandbox.owner import ConsentPage
    from smily_tui.secret import Secret
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.running import Running
    from smily_tui.vault.model import Account, Address, Application
    from smily_tui.wire.redaction import Exchange


SCOPES: Final = ("public", "bookings_read")
HURRY: Final = 3600.0
"""Seconds that pass in one while the story waits for a token to expire."""
TICK: Final = 0.1  # seconds
SLOW_AFTER: Final = 2.0  # seconds

LOST: Final = ("AuthorizationRevoked", "AuthorizationLost")

ON: Final = "Press → to continue."
AGAIN: Final = "Press → to try again."
OWNER_AGAIN: Final = "Press → to ask the owner again."


@dataclass(frozen=True)
class Step:
    """Step of the story.

    Attributes:
        title: a few words, for the title bar.
        sentence: at most twelve words, for the audience.
        act: performs it; returns what prevented it.
        course: arrows that are drawn.
        begins, ends: how many of them are done before it and after it.
    """

    title: str
    sentence: str
    act: Callable[[Story], Awaitable[Obstacle | None]]
    course: Course
    begins: int
    ends: int


@dataclass(frozen=True)
class Interruption:
    """Error on the way, or an ordered one that went well; the story goes on at step `resume`.

    Attributes:
        sentence: what happened.
        advice: what → does next; empty while the step is under way.
    """

    sentence: str
    advice: str
    resume: int


@dataclass(frozen=True)
class Obstacle:
    """Reason for which a step did not lead to the next one.

    Attributes:
        kind: name of the error or message, as ordered errors are known by.
        sentence: what happened.
    """

    kind: str
    sentence: str


class Story:
    """Demo told in `STEPS`.

    Args:
        stored: accounts, and the workers that change them.
        demo: app, owner and ordered errors.
        wire: notes what happens, for the diagram.
        set_speed: has the demo's time run so many times as fast.

    Attributes:
        reached: index of the next step to perform; the last step is performed by none.
        interruption: what stopped the last step; None: nothing did.
    """

    def __init__(
        self, stored: Accounts, demo: DemoInfo, wire: WireLog, set_speed: Callable[[float], None]
    ) -> None:
        self.reached = 0
        self.interruption: Interruption | None = None
        self.code: Secret | None = None
        self.application: Application | None = None
        self._stored, self._demo, self._wire, self._set_speed = stored, demo, wire, set_speed
        self._url = ""
        self._page: ConsentPage | None = None
        self._address: Address | None = None
        self._last: Trouble | None = None
        self._exchanges: dict[int, tuple[Exchange, ...]] = {}

    @property
    def scopes(self) -> tuple[str, ...]:
        """Permissions that the app asks for."""
        return SCOPES

    # -- going on --------------------------------------------------------------------------------------

    def restart(self) -> None:
        """Begin anew; what was done stays done."""
        self.reached, self.interruption, self._exchanges = 0, None, {}

    async def go_on(self) -> None:
        """Perform the next step, or the one that an interruption leads to."""
        if self._leave_interruption() or self.reached == len(STEPS) - 1:
            return
        index, before = self.reached, self._wire.exchanges
        try:
            obstacle, resume = await STEPS[index].act(self), OPENING
        except SmilyError as error:
            obstacle, resume = Obstacle(error.name, error.what), self._resume(error)
        if obstacle is None:
            self._arrive()
        else:
            self._interrupt(obstacle, resume)
        self._exchanges[index] = tuple(new for new in self._wire.exchanges if new not in before)

    def _leave_interruption(self) -> bool:
        """Go to the step that an interruption leads to; True where its slide is to be seen first."""
        interruption, self.interruption = self.interruption, None
        if interruption is None:
            return False
        self.reached = interruption.resume
        self._exchanges = {step: sent for step, sent in self._exchanges.items() if step < self.reached}
        return interruption.advice == ON

    def _arrive(self) -> None:
        """Go on to the next step, after a word about an error that was ordered and did no harm."""
        trouble = self._demo.ordered.meet(REFRESHED) if self.reached == REFRESHING else None
        if trouble is not None:
            self.interruption = Interruption(asked_for(trouble), "", self.reached)
        self._last = None
        if self.interruption is None:
            self.reached += 1
        else:
            self.interruption = Interruption(self.interruption.sentence, ON, self.reached + 1)

    def _interrupt(self, obstacle: Obstacle, resume: int) -> None:
        trouble = self._demo.ordered.meet(obstacle.kind)
        if trouble is None and self._last is not None and obstacle.kind in self._last.met_as:
            trouble = self._last  # such as a server that is still offline
        self._last = trouble
        advice = AGAIN if resume == self.reached else OWNER_AGAIN
        self.interruption = Interruption(asked_for(trouble) if trouble else obstacle.sentence, advice, resume)

    def _resume(self, error: SmilyError) -> int:
        """Return the step that leads on after an error."""
        if error.name in LOST:
            return OPENING
        if self.reached == EXCHANGING:
            recovery = recovery_for(error, other_client=False)
            return EXCHANGING if recovery in (Recovery.SAME_CODE, Recovery.CREDENTIALS) else OPENING
        return OPENING if OPENING < self.reached < EXCHANGING else self.reached

    def waits(self, seconds: float) -> None:
        """Say, once, why a step takes long where a slow answer was ordered."""
        trouble = self._demo.ordered.meet(SLOW) if seconds > SLOW_AFTER else None
        if trouble is not None:
            self.interruption = Interruption(asked_for(trouble), "", self.reached)

    # -- what is there ---------------------------------------------------------------------------------

    @property
    def account(self) -> Account | None:
        """Account that was connected, as it is stored now."""
        return None if self._address is None else self._stored.account(self._address)

    def progress(self, index: int, *, now: bool) -> Progress:
        """Return how far the arrows of a step have come; `now`: it is under way or was interrupted."""
        step = STEPS[index]
        if index < self.reached:
            return Progress(step.course, step.ends)
        if now and self._wire.progress.course is step.course:
            return self._wire.progress
        return Progress(step.course, step.begins)

    def http(self, index: int) -> tuple[Link | Exchange, ...]:
        """Return the requests of a step, or those before it; else the one that is planned."""
        for at in (index, index - 1):
            if exchanges := self._exchanges.get(at):
                return exchanges
        if index <= APPROVING:
            return () if self._wire.link is None else (self._wire.link,)
        return () if self._wire.plan is None else (self._wire.plan,)

    def connected(self, address: Address) -> None:
        """Go on from an account that was connected on another screen."""
        self._address = address
        self.reached, self.interruption = max(self.reached, PASSING), None

    # -- steps -----------------------------------------------------------------------------------------

    async def make_link(self) -> None:
        """Store the app, and make the authorization URL."""
        demo = self._demo
        self.application = await to_thread(
            self._stored.apps.save, demo.name, demo.client_id, demo.client_secret, SCOPES
        )
        self._url = self._stored.authorization_url(self.application, SCOPES)
        self._show_link(self.application)

    def _show_link(self, application: Application) -> None:
        self._wire.ask_owner(self._url, application.server, application.client_id)

    async def open_link(self) -> None:
        """Read the consent page, as the owner's browser does."""
        assert self.application is not None  # noqa: S101 - the link names it
        self._show_link(self.application)
        assert self._demo.owner is not None  # noqa: S101 - the slides belong to a demo with an owner
        try:
            self._page = await to_thread(self._demo.owner.read, self._url)
        except SmilyError:
            self._wire.reach(1, "no answer")
            raise
        self._wire.reach(2)

    async def approve(self) -> Obstacle | None:
        """Send the owner's approval; the page after it shows the code."""
        assert self._demo.owner is not None  # noqa: S101
        assert self._page is not None  # noqa: S101 - it was opened before
        page = self._page
        self._wire.reach(2)
        try:
            self.code = await to_thread(self._demo.owner.answer, page, page.chosen, yes=True)
        except SmilyError:
            self._wire.reach(2, "no answer")
            raise
        if self.code is None:
            self._wire.reach(3, "access_denied")
            return Obstacle(SAYS_NO, "The owner declined.")
        self._wire.reach(4)
        return None

    async def paste(self) -> None:
        """Read the code as one that was pasted."""
        assert self.application is not None  # noqa: S101 - the link names it
        assert self.code is not None  # noqa: S101
        context = self._stored.paste_context(self.application)
        self.code = read_pasted_code(Untrusted(self.code.reveal()), context)
        self._stored.check_writable()
        self._wire.reach(5)

    async def exchange(self) -> None:
        """Exchange the code for tokens, which are stored."""
        assert self.application is not None  # noqa: S101
        assert self.code is not None  # noqa: S101
        self._wire.reach(5)
        link = self._stored.link_shown(self.application, self._stored.clock.now())
        running = self._stored.exchange(self.application, self.code, SCOPES, link)
        before, self._address = self.account, (await self._ended(running)).address
        if before is not None and not before.is_identified:
            await to_thread(self._stored.forget, before.address)

    async def identify(self) -> Obstacle | None:
        """Ask the API for the account's name, and file the account under it."""
        assert self._address is not None  # noqa: S101
        self._wire.reach(7)
        identity = (await self._ended(self._stored.identify(self._address))).identity
        if identity is not None and identity.remark:
            return Obstacle(NOT_GIVEN, NAME_UNKNOWN.format(remark=identity.remark))
        account = self.account
        if account is not None and not account.named:
            duplicate = self._stored.duplicate(account)
            replaced = None if duplicate is None else duplicate.address
            placed = await to_thread(self._stored.name, account.address, account.label, replace=replaced)
            self._address = placed.address
        return None

    async def pass_time(self) -> None:
        """Have the demo's time run until the access token has expired."""
        account = self.account
        left = 0.0 if account is None else account.left(self._stored.clock.now())
        if left > 0 and self._demo.has_time:
            self._set_speed(HURRY)
            try:
                await asyncio.sleep(left / HURRY + TICK)
            finally:
                self._set_speed(1.0)
        if account is not None and self.application is not None:
            self._wire.may_refresh(str(account.address), account.server, self.application.client_id)

    async def refresh(self) -> None:
        """Refresh the tokens."""
        assert self._address is not None  # noqa: S101
        self._wire.reach(0, course=REFRESH)
        await self._ended(self._stored.refresh(self._address))

    async def _ended(self, running: Running) -> Outcome:
        self._wire.follow(running)
        return await running.ended()


async def _end(_story: Story) -> None:
    """Perform nothing: the last step is the end."""


STEPS: Final = (
    Step(
        "the link", "This link asks for access. It names the app and its permissions.",
        Story.make_link, CONNECT, 0, 1,
    ),
    Step(
        "the owner opens the link", "The owner opens the link and signs in at Smily.",
        Story.open_link, CONNECT, 1, 2,
    ),
    Step(
        "the owner approves", "The owner approves at Smily. smily-tui never sees the password.",
        Story.approve, CONNECT, 2, 4,
    ),
    Step(
        "the code", "Smily shows a code. It works once, for ten minutes.",
        Story.paste, CONNECT, 4, 5,
    ),
    Step(
        "the tokens", "smily-tui trades the code and its secret for two tokens.",
        Story.exchange, CONNECT, 5, 7,
    ),
    Step(
        "the account", "The access token opens the API. The API names the account.",
        Story.identify, CONNECT, 7, 9,
    ),
    Step("time passes", "An access token lasts two hours.", Story.pass_time, CONNECT, 9, 9),
    Step(
        "the refresh", "The refresh token gets new tokens. The owner isn't asked again.",
        Story.refresh, REFRESH, 0, 2,
    ),
    Step("your turn", "Try it with your own app: run smily-tui connect.", _end, REFRESH, 2, 2),
)  # fmt: skip
OPENING, APPROVING, EXCHANGING, PASSING, REFRESHING = 1, 2, 4, 6, 7


def asked_for(trouble: Trouble) -> str:
    """Say that what happened was ordered."""
    return ASKED_FOR.format(happened=trouble.happened)
