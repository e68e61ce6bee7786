"""API of the sandbox, below /api/v3/."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from smily_tui.sandbox.challenge import challenge
from smily_tui.sandbox.state import ACCOUNTS, PUBLIC, FakeAccount, Pair, State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    Endpoint = Callable[[Request], Awaitable[Response]]


LONGEST_PAGE: Final = 100
_NUMBER = re.compile(r"[0-9]{1,6}")


class Api:
    """Endpoints below /api/v3/."""

    def __init__(self, state: State) -> None:
        self._state = state

    def routes(self) -> dict[str, Endpoint]:
        """Return the endpoints by path."""
        return {
            "/api/v3/me": self.me,
            "/api/v3/accounts": self.accounts,
            "/api/v3/bookings": self.bookings,
            "/api/v3/rentals": self.rentals,
        }

    async def me(self, request: Request) -> Response:
        """GET /api/v3/me: link the accounts of the token."""

        def answer(pair: Pair) -> Response:
            entries = [
                {"links": {"account": account.number}, "partnership_invoice_recipient": "account"}
                for account in self._visible(pair)
            ]
            return _answer({"accounts_applications": entries, "links": {}, "meta": {}})

        return self._admit(request, {PUBLIC}, answer)

    async def accounts(self, request: Request) -> Response:
        """GET /api/v3/accounts: list the owner's account; with client credentials all, page by page."""
        return self._admit(request, {PUBLIC}, lambda pair: _page_of(self._visible(pair), request))

    async def bookings(self, request: Request) -> Response:
        """GET /api/v3/bookings: an empty list."""
        return self._empty_list(request, "bookings")

    async def rentals(self, request: Request) -> Response:
        """GET /api/v3/rentals: an empty list."""
        return self._empty_list(request, "rentals")

    def _empty_list(self, request: Request, resource: str) -> Response:
        scopes = {
            f"{resource}_{kind}" for kind in ("read", "write", "write_owned")
        }  # writing includes reading
        return self._admit(request, scopes, lambda _: _answer({resource: [], "meta": {}}))

    def _visible(self, pair: Pair) -> list[FakeAccount]:
        if pair.account is not None:
            return [account for account in ACCOUNTS if account.number == pair.account]
        numbers = {number for client_id, number, _ in self._state.granted if client_id == pair.client_id}
        return [account for account in ACCOUNTS if account.number in numbers]

    def _admit(self, request: Request, any_of: set[str], answer: Callable[[Pair], Response]) -> Response:
        """Answer if the token is valid and has one of the scopes, and calls are left this hour."""
        pair = self._state.by_access(_bearer(request))
        if pair is None:
            return _unauthorized("The access token is invalid")
        # Doorkeeper counts a refused call as a use, too
        self._state.present(pair)
        remaining, reset = self._state.count_call(pair.client_id)
        response = self._refuse(pair, any_of, remaining) or answer(pair)
        response.headers["X-RateLimit-Limit"] = str(self._state.rate_limit)
        response.headers["X-RateLimit-Remaining"] = str(max(0, remaining))
        response.headers["X-RateLimit-Reset"] = str(reset)
        return response

    def _refuse(self, pair: Pair, any_of: set[str], remaining: int) -> Response | None:
        """Return the refusal; None if the call is allowed."""
        if pair.revoked:
            return _unauthorized("The access token was revoked")
        if pair.expired(self._state.now()):
            return _unauthorized("The access token expired")
        if remaining < 0:
            return Response("API v3 rate limit exceeded.", 429)
        # Doorkeeper's 403 has an empty body
        return None if any_of & set(pair.scopes) else Response(status_code=403)


def _bearer(request: Request) -> str:
    """Read the token from the header, or as Doorkeeper also does, from the query."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")


def _unauthorized(reason: str) -> Response:
    # a plain Doorkeeper gives the reason in the challenge only, with an empty body
    return Response(status_code=401, headers=challenge("invalid_token", reason))


def _answer(content: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(content), 200, headers, "application/vnd.api+json")


def _page_of(accounts: list[FakeAccount], request: Request) -> Response:
    per_page = _number(request, "per_page", 25, LONGEST_PAGE)
    page = _number(request, "page", 1, 10**6)
    # rounded up; an empty list has one page, too
    pages = max(1, -(-len(accounts) // per_page))
    links = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    headers = {
        "X-Total-Pages": str(pages),
        "X-Total-Count": str(len(accounts)),
        "Link": ", ".join(
            f'<{request.url.include_query_params(page=number, per_page=per_page)}>; rel="{rel}"'
            for rel, number in links.items()
            if 1 <= number <= pages
        ),
    }
    entries = [asdict(account) for account in accounts[(page - 1) * per_page : page * per_page]]
    return _answer(
        {"accounts": [{"id": entry.pop("number")} | entry for entry in entries], "meta": {}}, headers
    )


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, "")
    return min(max(1, int(text)), most) if _NUMBER.fullmatch(text) else default
