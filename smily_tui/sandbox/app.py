"""The routes of the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from smily_tui.sandbox.api import Api
from smily_tui.sandbox.consent import Consent
from smily_tui.sandbox.grants import Grants
from smily_tui.sandbox.guard import Guard
from smily_tui.sandbox.token import Token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from smily_tui.sandbox.state import State

    Endpoint = Callable[[Request], Awaitable[Response]]


def make_app(state: State, latency: float, log: Callable[[str], None] | None) -> ASGIApp:
    """The server over `state`; token and API answers take `latency` seconds.

    The guard is outermost: an answer to a bug passes it, too.
    """
    grants = Grants(state)
    consent = Consent(state, grants)
    token = Token(state, grants)
    api = Api(state)

    def slowly(endpoint: Endpoint) -> Endpoint:
        async def there_and_back(request: Request) -> Response:
            slow = state.faults.slow if state.faults.take("slow") else latency
            await anyio.sleep(slow / 2)
            response = await endpoint(request)
            await anyio.sleep(slow / 2)
            return response

        return there_and_back

    routes = [
        Route("/oauth/authorize", consent.ask, methods=["GET"]),
        Route("/oauth/authorize", consent.answer, methods=["POST"]),
        Route("/oauth/authorize/native", consent.show_code, methods=["GET"]),
        Route("/style.css", consent.style, methods=["GET"]),
        Route("/oauth/token", slowly(token.answer), methods=["POST"]),
        Route("/api/v3/me", slowly(api.me), methods=["GET"]),
        Route("/api/v3/accounts", slowly(api.accounts), methods=["GET"]),
        Route("/api/v3/bookings", slowly(api.bookings), methods=["GET"]),
        Route("/api/v3/rentals", slowly(api.rentals), methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _nothing, 405: _nothing})
    app.router.redirect_slashes = False
    return Guard(app, log, state)


async def _nothing(_request: Request, _error: Exception) -> Response:
    return Response(status_code=404, media_type="text/html")
