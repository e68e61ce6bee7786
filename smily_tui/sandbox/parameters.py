"""Parameters and tokens of a request, and the challenge of a refusal.

Doorkeeper accepts parameters in query, body and HTTP Basic.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from starlette.formparsers import MultiPartException, MultiPartParser

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request


FORM: Final = "application/x-www-form-urlencoded"
_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Unreadable(Exception):
    """Request that cannot be read; the text is the reason for the log."""


async def read_parameters(request: Request) -> dict[str, str]:
    """Read the parameters of a request; a body of another type than form, multipart or JSON is not read.

    Raises:
        Unreadable: the body does not match its type, or is no text.
    """
    body = await request.body()
    try:
        fields = _form(request.scope["query_string"].decode()) | await _in_body(request, body)
        fields |= _basic(request.headers.get("authorization", ""))
        "".join([*fields, *fields.values()]).encode()  # fails on half a surrogate pair
    except (ValueError, LookupError, RecursionError, MultiPartException):
        raise Unreadable(f"{_media_type(request) or 'query'} malformed") from None
    return fields


def ignored_body(request: Request) -> str:
    """Return the Content-Type of a body that is not read, for the log; empty if it is read."""
    kind = _media_type(request)
    return "" if kind in ("", FORM, "multipart/form-data", "application/json") else kind


def bearer_token(request: Request) -> str:
    """Read the token from the header, or as Doorkeeper also does, from the query."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.query_params.get("access_token", "")


def challenge(error: str, description: str) -> dict[str, str]:
    """Return the header that Doorkeeper adds to every error, of the API and of the token endpoint.

    Source: RFC 6750 section 3.
    """
    text = description.replace("\\", "\\\\").replace('"', '\\"')
    return {"WWW-Authenticate": f'Bearer realm="Doorkeeper", error="{error}", error_description="{text}"'}


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _in_body(request: Request, body: bytes) -> dict[str, str]:
    kind = _media_type(request)
    if not body:
        return {}
    if kind in ("", FORM):  # Rack takes a POST without a Content-Type for a form
        return _form(body.decode())
    if kind == "application/json":
        return _json(body)
    return await _multipart(request, body) if kind == "multipart/form-data" else {}


def _form(text: str) -> dict[str, str]:
    if _BROKEN_ESCAPE.search(text):
        raise ValueError
    return dict(parse_qsl(text, keep_blank_values=True, errors="strict"))


def _json(body: bytes) -> dict[str, str]:
    fields = json.loads(body)
    if not isinstance(fields, dict):
        return {}
    return {name: str(value) for name, value in fields.items() if value is not None}


async def _multipart(request: Request, body: bytes) -> dict[str, str]:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    form = await MultiPartParser(request.headers, stream()).parse()
    await form.close()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _basic(header: str) -> dict[str, str]:
    """Read HTTP Basic; Doorkeeper ignores a header that holds something else."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
            return {"client_id": name, "client_secret": secret} if colon else {}
    return {}
