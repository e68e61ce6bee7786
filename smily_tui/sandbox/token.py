"""Token endpoint of the sandbox: what it reads, and where; `grants` decides."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response

from smily_tui.sandbox.grants import REQUIRED
from smily_tui.sandbox.state import CutAnswer, State

if TYPE_CHECKING:
    from starlette.requests import Request

    from smily_tui.sandbox.grants import Grants


_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Token:
    """POST /oauth/token (RFC 6749 section 3.2)."""

    def __init__(self, state: State, grants: Grants) -> None:
        self._state = state
        self._grants = grants

    async def answer(self, request: Request) -> Response:
        """Return tokens, an OAuth error, or an empty 400 for a request that cannot be read."""
        try:
            fields = _read_parameters(request, await request.body())
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
        """Apply the ordered faults to the request or the state, for the rules to refuse."""
        faults = self._state.faults
        # oauthlib's rules see an expired code, a wrong secret or a revoked token, and answer as usual
        if fields.get("grant_type") == "authorization_code" and faults.take("expired-code"):
            self._state.expire_codes()
        if faults.take("wrong-secret"):
            fields["client_secret"] = ""
        if faults.take("revoked"):
            self._state.uninstall()


def _read_parameters(request: Request, body: bytes) -> dict[str, str]:
    """Read the parameters from query, body and HTTP Basic: Doorkeeper accepts them anywhere.

    Raises:
        ValueError: the body does not match its type, or is no text.
        RecursionError: its JSON is nested too deeply.
    """
    is_json = request.headers.get("content-type", "").startswith("application/json")
    fields = _form(request.url.query) | (_json(body) if is_json else _form(body.decode()))
    fields |= _basic(request.headers.get("authorization", ""))
    "".join(fields.values()).encode()  # fails on half a surrogate pair
    return fields


def _form(text: str) -> dict[str, str]:
    if _BROKEN_ESCAPE.search(text):
        raise ValueError
    return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))


def _json(body: bytes) -> dict[str, str]:
    fields = json.loads(body)
    if not isinstance(fields, dict):
        return {}
    return {name: str(value) for name, value in fields.items() if value is not None}


def _basic(header: str) -> dict[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    return {"client_id": name, "client_secret": secret}
