"""Token endpoint, and what Doorkeeper has beside it: revocation and a token's own description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from smily_tui.sandbox.grants import REQUIRED, Grants
from smily_tui.sandbox.log import explain
from smily_tui.sandbox.parameters import Unreadable, bearer_token, challenge, ignored_body, read_parameters

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

    from smily_tui.sandbox.state import Pair, State


class Token:
    """Endpoints below /oauth/token, and /oauth/revoke."""

    def __init__(self, state: State, grants: Grants) -> None:
        self._state = state
        self._grants = grants

    async def answer(self, request: Request) -> Response:
        """POST /oauth/token (RFC 6749 section 3.2): tokens, or an OAuth error."""
        try:
            fields = await read_parameters(request)
        except Unreadable as error:
            return _unreadable(request, error)
        grant = fields.get("grant_type", "")
        request.state.note = f" grant_type={grant if grant in REQUIRED else 'other'}"
        self._spoil(fields)
        answer = self._grants.answer_token_request(fields)
        kind = ignored_body(request)
        ignored = f"a body of {kind} is not read" if kind else ""
        explain(request, "; ".join(filter(None, (answer.reason, ignored))))
        whole = JSONResponse(answer.content, answer.status, answer.headers)
        if not self._state.faults.take("cut"):
            return whole
        explain(request, "the answer is cut, as ordered")
        return CutAnswer(whole)

    def _spoil(self, fields: dict[str, str]) -> None:
        """Apply the ordered faults to the request or the state, for the rules to refuse."""
        faults = self._state.faults
        # oauthlib's rules see an expired code, a wrong secret or a revoked token, and answer as usual
        grant = fields.get("grant_type")
        if grant == "authorization_code" and faults.take("expired-code"):
            self._state.expire_codes()
        if faults.take("wrong-secret"):
            fields["client_secret"] = "ordered to be wrong"  # noqa: S105
        if grant == "refresh_token" and faults.take("revoked"):
            self._state.uninstall()

    async def revoke(self, request: Request) -> Response:
        """POST /oauth/revoke (RFC 7009), by the rules of Doorkeeper 5.5.

        An unknown token is no error, and nor is one that has expired, whose refresh token stays valid.
        """
        try:
            fields = await read_parameters(request)
        except Unreadable as error:
            return _unreadable(request, error)
        client, reason = self._grants.authenticate(fields)
        pair = self._find(fields.get("token", ""))
        if client is None or (pair is not None and pair.client_id != client.client_id):
            explain(request, reason or "token belongs to another app")
            description = "You are not authorized to revoke this token"
            return JSONResponse({"error": "unauthorized_client", "error_description": description}, 403)
        if pair is None:
            explain(request, "token unknown")
        elif pair.expired(self._state.now()):
            explain(request, "not revoked: its access token has expired")
        else:
            self._state.revoke(pair, "revoked by request")
        return JSONResponse({})

    def _find(self, token: str) -> Pair | None:
        return self._state.by_access(token) or self._state.by_refresh(token)

    async def describe(self, request: Request) -> Response:
        """GET /oauth/token/info: describe the access token of the request."""
        pair = self._state.by_access(bearer_token(request))
        if pair is not None:
            self._state.present(pair)
        if pair is None or pair.revoked or pair.expired(self._state.now()):
            ending = "unknown" if pair is None else pair.ending if pair.revoked else "expired"
            explain(request, f"access token {ending}")
            description = "The access token is invalid"
            content = {"error": "invalid_token", "error_description": description}
            return JSONResponse(content, 401, challenge("invalid_token", description))
        return JSONResponse(self._description(pair))

    def _description(self, pair: Pair) -> dict[str, Any]:
        return {
            "resource_owner_id": pair.account,
            "scope": list(pair.scopes),
            "expires_in": int(pair.created + pair.lifetime - self._state.now()),
            "application": {"uid": pair.client_id},
            "created_at": int(pair.created),
        }


class CutAnswer(Response):
    """Answer that is cut: the server has acted, and a part of the body arrives."""

    def __init__(self, whole: Response) -> None:
        super().__init__()
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and a few bytes, then end the connection."""

        async def cut(message: Message) -> None:
            # uvicorn closes a connection with an unfinished body, which the client sees as a cut
            if message["type"] == "http.response.body":
                message = {**message, "body": message["body"][:20], "more_body": True}
            await send(message)

        await self._whole(scope, receive, cut)


def _unreadable(request: Request, error: Unreadable) -> Response:
    explain(request, str(error))
    return Response(status_code=400, media_type="text/html")
