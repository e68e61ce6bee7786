"""Token endpoint and API endpoints of the sandbox."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response

from smily_tui.sandbox.grants import REQUIRED
from smily_tui.sandbox.state import ACCOUNTS, PUBLIC, CutAnswer, FakeAccount, Pair, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from smily_tui.sandbox.grants import Grants


LONGEST_PAGE = 100
_NUMBER = re.compile(r"[0-9]{1,6}")


class Api:
    """Answers below /api/v3/."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def me(self, request: Request) -> Response:
        """GET /api/v3/me."""

        def answer(pair: Pair) -> Response:
            entries = [
                {"links": {"account": each.number}, "partnership_invoice_recipient": "account"}
                for each in self._visible(pair)
            ]
            return _answer({"accounts_applications": entries, "links": {}, "meta": {}})

        return self._admit(request, {PUBLIC}, answer)

    async def accounts(self, request: Request) -> Response:
        """GET /api/v3/accounts: the owner's own; with client credentials all, page by page."""
        return self._admit(request, {PUBLIC}, lambda pair: _page_of(self._visible(pair), request))

    async def bookings(self, request: Request) -> Response:
        """GET /api/v3/bookings: nobody has booked."""
        return self._admit(request, _reading("bookings"), lambda _: _answer({"bookings": [], "meta": {}}))

    async def rentals(self, request: Request) -> Response:
        """GET /api/v3/rentals: nothing is let."""
        return self._admit(request, _reading("rentals"), lambda _: _answer({"rentals": [], "meta": {}}))

    def _visible(self, pair: Pair) -> list[FakeAccount]:
        if pair.account is not None:
            return [each for each in ACCOUNTS if each.number == pair.account]
        granted = {account for client_id, account, _ in self._state.granted if client_id == pair.client_id}
        return [each for each in ACCOUNTS if each.number in granted]

    def _admit(self, request: Request, any_of: set[str], answer: Callable[[Pair], Response]) -> Response:
        """The answer, if a living token with one of the scopes is shown and calls are left."""
        pair = self._state.by_access(_bearer(request))
        if pair is None:
            return _unauthorized("The access token is invalid")
        self._state.present(pair)  # counts as used, also where it is refused
        remaining, reset = self._state.count_call(pair.client_id)
        response = self._judge(pair, any_of, remaining) or answer(pair)
        response.headers["X-RateLimit-Limit"] = str(self._state.rate_limit)
        response.headers["X-RateLimit-Remaining"] = str(max(0, remaining))
        response.headers["X-RateLimit-Reset"] = str(reset)
        return response

    def _judge(self, pair: Pair, any_of: set[str], remaining: int) -> Response | None:
        """The refusal, where there is one."""
        if pair.revoked:
            return _unauthorized("The access token was revoked")
        if pair.expired(self._state.now()):
            return _unauthorized("The access token expired")
        if remaining < 0:
            return Response("API v3 rate limit exceeded.", 429)
        return None if any_of & set(pair.scopes) else Response(status_code=403)


def _bearer(request: Request) -> str:
    """The token, from the header or, which this family of servers takes as well, from the query."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")


def _reading(resource: str) -> set[str]:
    """The scopes that allow to read a resource: writing includes it."""
    return {f"{resource}_{kind}" for kind in ("read", "write", "write_owned")}


def _unauthorized(reason: str) -> Response:
    challenge = f'Bearer realm="Sandbox", error="invalid_token", error_description="{reason}"'
    return Response(status_code=401, headers={"WWW-Authenticate": challenge})


def _answer(content: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(content), 200, headers, "application/vnd.api+json")


def _page_of(accounts: list[FakeAccount], request: Request) -> Response:
    per_page = _number(request, "per_page", 25, LONGEST_PAGE)
    page = _number(request, "page", 1, 10**6)
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
    shown = accounts[(page - 1) * per_page : page * per_page]
    return _answer({"accounts": [_account(each) for each in shown], "meta": {}}, headers)


def _account(account: FakeAccount) -> dict[str, Any]:
    fields = asdict(account)
    return {"id": fields.pop("number")} | fields


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, "")
    return min(max(1, int(text)), most) if _NUMBER.fullmatch(text) else default


_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Token:
    """POST /oauth/token (RFC 6749 section 3.2)."""

    def __init__(self, state: State, grants: Grants) -> None:
        self._state = state
        self._grants = grants

    async def answer(self, request: Request) -> Response:
        """Tokens, an OAuth error, or for what cannot be read at all an empty 400."""
        try:
            fields = _found(request, await request.body())
        except (ValueError, RecursionError):
            return Response(status_code=400, media_type="text/html")
        grant = fields.get("grant_type", "")
        request.state.note = f" grant_type={grant if grant in REQUIRED else 'other'}"
        self._spoil(fields)
        address = str(request.url.replace(query=""))
        status, headers, content = self._grants.answer_token_request(address, fields)
        whole = JSONResponse(content, status, headers)
        return CutAnswer(whole) if self._state.faults.take("cut") else whole

    def _spoil(self, fields: dict[str, str]) -> None:
        """Make the faults come true that were ordered; the rules then find them by themselves."""
        faults = self._state.faults
        if fields.get("grant_type") == "authorization_code" and faults.take("expired-code"):
            self._state.expire_codes()
        if faults.take("wrong-secret"):
            fields["client_secret"] = ""
        if faults.take("revoked"):
            self._state.uninstall()


def _found(request: Request, body: bytes) -> dict[str, str]:
    """The parameters, wherever they were put: this family of servers takes them all.

    Raises:
        ValueError: the body is not what its type says, or no text.
        RecursionError: its JSON is too deep.
    """
    is_json = request.headers.get("content-type", "").startswith("application/json")
    fields = _form(request.url.query) | (_json(body) if is_json else _form(body.decode()))
    fields |= _basic(request.headers.get("authorization", ""))
    "".join(fields.values()).encode()  # no text where it holds half a surrogate pair
    return fields


def _form(text: str) -> dict[str, str]:
    if _BROKEN_ESCAPE.search(text):
        raise ValueError
    return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))


def _json(body: bytes) -> dict[str, str]:
    found = json.loads(body)
    if not isinstance(found, dict):
        return {}
    return {name: str(value) for name, value in found.items() if value is not None}


def _basic(header: str) -> dict[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    return {"client_id": name, "client_secret": secret}
