"""The part of the API that tells whose token it is, with the checks that a real one makes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from smily_tui.sandbox.state import ACCOUNTS, PUBLIC, FakeAccount, Pair, State

if TYPE_CHECKING:
    from starlette.requests import Request

LONGEST_PAGE = 100


class Api:
    """Answers below /api/v3/."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def me(self, request: Request) -> Response:
        """GET /api/v3/me."""
        refused, headers, pair = self._admit(request)
        if refused or pair is None:
            return refused or Response(status_code=401)
        entries = [
            {"links": {"account": each.number}, "partnership_invoice_recipient": "account"}
            for each in self._visible(pair)
        ]
        return _answer({"accounts_applications": entries, "links": {}, "meta": {}}, headers)

    async def accounts(self, request: Request) -> Response:
        """GET /api/v3/accounts: the owner's own; with client credentials all, page by page."""
        refused, headers, pair = self._admit(request)
        if refused or pair is None:
            return refused or Response(status_code=401)
        accounts = self._visible(pair)
        per_page = _number(request, "per_page", 25, LONGEST_PAGE)
        page = _number(request, "page", 1, 10**6)
        pages = max(1, -(-len(accounts) // per_page))
        headers |= {"X-Total-Pages": str(pages), "X-Total-Count": str(len(accounts))}
        if page < pages:
            following = request.url.include_query_params(page=page + 1, per_page=per_page)
            headers["Link"] = f'<{following}>; rel="next"'
        shown = accounts[(page - 1) * per_page : page * per_page]
        return _answer({"accounts": [_account(each) for each in shown], "meta": {}}, headers)

    def _visible(self, pair: Pair) -> list[FakeAccount]:
        if pair.account is not None:
            return [each for each in ACCOUNTS if each.number == pair.account]
        granted = {account for account, _ in self._state.granted}
        return [each for each in ACCOUNTS if each.number in granted]

    def _admit(self, request: Request) -> tuple[Response | None, dict[str, str], Pair | None]:
        """The refusal, the headers of the rate limit, and the pair whose access token was shown."""
        pair = self._state.by_access(_bearer(request))
        if pair is not None:
            self._state.present(pair)
        if pair is None or pair.revoked or pair.expired(self._state.now()):
            return _unauthorized(self._reason(pair)), {}, None
        remaining, reset = self._state.count_call()
        headers = {
            "X-RateLimit-Limit": str(self._state.rate_limit),
            "X-RateLimit-Remaining": str(max(0, remaining)),
            "X-RateLimit-Reset": str(reset),
        }
        if remaining < 0:
            return Response("API v3 rate limit exceeded.", 429, headers), headers, None
        if PUBLIC not in pair.scopes:
            return Response(status_code=403, headers=headers), headers, None
        return None, headers, pair

    def _reason(self, pair: Pair | None) -> str:
        if pair is None:
            return "The access token is invalid"
        return "The access token was revoked" if pair.revoked else "The access token expired"


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _unauthorized(reason: str) -> Response:
    challenge = f'Bearer realm="Sandbox", error="invalid_token", error_description="{reason}"'
    return Response(status_code=401, headers={"WWW-Authenticate": challenge})


def _answer(content: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(json.dumps(content), 200, headers, "application/vnd.api+json")


def _account(account: FakeAccount) -> dict[str, Any]:
    return {
        "id": account.number,
        "business_name": account.business_name,
        "email": account.email,
        "status": account.status,
        "default_locale": account.default_locale,
    }


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name, "")
    return min(max(1, int(text)), most) if text.isascii() and text.isdigit() else default
