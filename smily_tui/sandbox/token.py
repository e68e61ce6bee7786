"""The token endpoint as HTTP: where a request's parameters are found, and how the answer leaves."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response

from smily_tui.sandbox.faults import CutAnswer
from smily_tui.sandbox.grants import REQUIRED

if TYPE_CHECKING:
    from starlette.requests import Request

    from smily_tui.sandbox.grants import Grants
    from smily_tui.sandbox.state import State

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
