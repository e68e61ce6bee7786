"""The wizard where something goes wrong: each error made by the code that makes it, before a scripted server.

What is left out is the helper's process alone: the exchange itself runs here, over the scene's own store.
"""

from __future__ import annotations

import errno
import json
import os
import ssl
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import httpcore

from smily_tui.oauth.headers import lifted_at
from smily_tui.secret import Secret
from smily_tui.system import Machine
from smily_tui.text import Clean
from smily_tui.tokens.context import Environment
from smily_tui.tokens.exchange import exchange
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.vault.errors import not_written
from smily_tui.vault.journal import Answer
from tests.support.scripted_transport import ScriptedTransport
from tests.support.tui import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.pilot import Pilot

    from smily_tui.oauth.requests import Fields, IssuedUrl
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.model import Address, Application
    from tests.support.scripted_transport import Reply

CODE = "c0de" * 16
GRANT_REFUSED = {
    "error": "invalid_grant",
    "error_description": "The provided authorization grant is invalid, expired, revoked, does not match the "
    "redirection URI used in the authorization request, or was issued to another client.",
}
CLIENT_REFUSED = {
    "error": "invalid_client",
    "error_description": "Client authentication failed due to unknown client, no client authentication "
    "included, or unsupported authentication method.",
}


def answering(status: int, body: object, kind: str = "application/json", **headers: str) -> Reply:
    """A server that always answers so."""
    content = (body if isinstance(body, str) else json.dumps(body)).encode()
    told = [("content-type", kind), *((name.replace("_", "-"), value) for name, value in headers.items())]
    return lambda _: httpcore.Response(status, content=iter((content,)), headers=told)


def failing(error: type[Exception], words: str = "") -> Reply:
    """A way to the server that always fails so, before or after the request began to leave."""
    unsent = issubclass(error, httpcore.ConnectError | httpcore.ConnectTimeout | httpcore.ProxyError)

    def reply(request: httpcore.Request) -> httpcore.Response:
        if not unsent:
            request.extensions["trace"]("http11.send_request_headers.started", {"request": request})
        raise error(words)

    return reply


def not_trusted(_: httpcore.Request) -> httpcore.Response:
    """A server whose certificate nobody signed."""
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "self-signed certificate"
    raise httpcore.ConnectError("") from cause


async def checked(pilot: Pilot[None], reply: Reply, code: str = CODE) -> None:
    """Paste a code and check it, before that server."""
    stored = scenes.stored_of(pilot)

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        answer = ScriptedTransport(server, reply, seconds).post_form("/oauth/token", fields)
        return Answer(answer.status, answer.body, lifted_at(answer.headers, stored.clock.now().wall))

    environment = Environment(
        clock=stored.clock, machine=Machine("", Clean("desk")), caller=Clean("tests"),
        post=post, is_accepted=lambda *_: True, block_signals=lambda: None, report=lambda _: None,
    )  # fmt: skip

    def exchanged(
        application: Application,
        code: Secret,
        scopes: Sequence[str],
        issued: IssuedUrl,
        registration: Registration | None,
    ) -> Address:
        slot = exchange(environment, stored.store, application.key, code, scopes, issued, registration)
        return slot.address

    stored.exchanged = exchanged
    await scenes.paste(pilot, "#code", code)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: bool(scenes.wizard(pilot).query("ErrorCard.-open")))


async def refused(pilot: Pilot[None], reply: Reply, code: str = CODE) -> None:
    """Step 3 after a code could not be exchanged."""
    await scenes.authorize(pilot)
    await checked(pilot, reply, code)


async def expired(pilot: Pilot[None]) -> None:
    """The link is older than a code lives."""
    await scenes.authorize(pilot)
    scenes.stored_of(pilot).frozen.wall += 1500
    await checked(pilot, answering(400, GRANT_REFUSED))


async def other_client(pilot: Pilot[None]) -> None:
    """The code of another application's link, which was shown a minute ago."""
    await scenes.application(pilot)
    stored = scenes.stored_of(pilot)
    other = stored.apps.save("Old app", "0b5e" * 16, scenes.CLIENT_SECRET, ["public"])
    stored.authorization_url(other, ["public"])
    stored.frozen.wall += 60
    await pilot.press("enter", "enter")
    await scenes.settled(pilot, lambda: scenes.wizard(pilot).query_one("#code").has_focus)
    await checked(pilot, answering(400, GRANT_REFUSED))


async def answer_lost(pilot: Pilot[None]) -> None:
    """The first answer was cut; the repetition is refused."""
    replies = iter((failing(httpcore.ReadError), answering(400, GRANT_REFUSED)))

    def reply(request: httpcore.Request) -> httpcore.Response:
        return next(replies)(request)

    await refused(pilot, reply)


async def used_here(pilot: Pilot[None]) -> None:
    """A code that was exchanged here before."""
    await scenes.authorize(pilot)
    stored = scenes.stored_of(pilot)
    stored.apps.save("", scenes.CLIENT_ID, scenes.CLIENT_SECRET, ["public"])
    stored.store.add_spent_code("my-app", Secret(CODE), scenes.NOW - 480)
    await scenes.paste(pilot, "#code", CODE)
    await pilot.press("enter")


async def causes(pilot: Pilot[None]) -> None:
    """A refused code with the other causes unfolded."""
    await refused(pilot, answering(400, GRANT_REFUSED), CODE[:50])
    await pilot.press("ctrl+r")


async def denied(pilot: Pilot[None]) -> None:
    """The page's answer after the owner said no."""
    await scenes.authorize(pilot)
    await scenes.paste(pilot, "#code", '{"error":"access_denied","error_description":"The owner denied."}')
    await pilot.press("enter")


async def page_error(pilot: Pilot[None]) -> None:
    """What the page's error means, unfolded."""
    await scenes.authorize(pilot)
    await pilot.press("tab", "tab", "enter")
    await pilot.pause()


async def disk_full(pilot: Pilot[None]) -> None:
    """The store cannot be written: found out before the code is sent."""
    await scenes.authorize(pilot)
    scenes.stored_of(pilot).full = not_written(
        Path("~/.local/state/smily-tui/tokens"), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    )
    await scenes.paste(pilot, "#code", CODE)
    await pilot.press("enter")


async def waiting(pilot: Pilot[None], seconds: float = 2.0) -> None:
    """The code is being checked."""
    await scenes.authorize(pilot)
    await scenes.paste(pilot, "#code", CODE)
    screen = scenes.wizard(pilot)
    status = screen.query_one(StatusLine)
    status.now = lambda: 0.0
    screen.query_one("AuthorizePage").set_waiting(waiting=True)  # type: ignore[attr-defined]
    status.busy("Checking the code with www.bookingsync.com", Stoppable())  # type: ignore[arg-type]
    status.now = lambda: seconds
    await scenes.settled(pilot, lambda: f"({seconds:.0f} s)" in scenes.grid(pilot.app))  # type: ignore[arg-type]


class Stoppable:
    """A helper that has not sent anything yet."""

    def can_cancel(self) -> bool:
        return True


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "wizard-authorize-refused": (False, partial(refused, reply=answering(400, GRANT_REFUSED))),
    "wizard-authorize-expired": (False, expired),
    "wizard-authorize-other-client": (False, other_client),
    "wizard-authorize-damaged": (
        False,
        partial(refused, reply=answering(400, GRANT_REFUSED), code=CODE[:50]),
    ),
    "wizard-authorize-causes": (False, causes),
    "wizard-authorize-answer-lost": (False, answer_lost),
    "wizard-authorize-used-here": (False, used_here),
    "wizard-authorize-denied": (False, denied),
    "wizard-authorize-page-error": (False, page_error),
    "wizard-client-refused": (False, partial(refused, reply=answering(401, CLIENT_REFUSED))),
    "wizard-authorize-offline": (False, partial(refused, reply=failing(httpcore.ConnectError))),
    "wizard-authorize-not-trusted": (False, partial(refused, reply=not_trusted)),
    "wizard-authorize-no-answer": (False, partial(refused, reply=failing(httpcore.ReadTimeout))),
    "wizard-authorize-rate-limit": (False, partial(refused, reply=answering(429, {}, retry_after="38"))),
    "wizard-authorize-server-fault": (False, partial(refused, reply=answering(503, "", "text/html"))),
    "wizard-authorize-no-json": (
        False,
        partial(refused, reply=answering(200, "<html><h1>Hotel Wi-Fi</h1>", "text/html")),
    ),
    "wizard-authorize-disk-full": (False, disk_full),
    "wizard-authorize-waiting": (False, waiting),
    "wizard-authorize-still-waiting": (False, partial(waiting, seconds=7.0)),
}
