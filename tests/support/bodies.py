"""What a broken or hostile server may answer: bodies for the token endpoint, `/me` and `/accounts`."""

from __future__ import annotations

import json
from typing import Any, Final

STATUSES: Final = (200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 503)
ACCESS: Final = "6b0f9d7c52e1438aa1d4c07b93fe2586e15f70ac4d8b62390cfb174e8da35261"
REFRESH: Final = "d37a1f58c6920eb44e7b90cd16f2a835590e3dc7b84a61f2f7c82b6e04d1935a"
TOKENS: Final[dict[str, Any]] = {
    "access_token": ACCESS,
    "token_type": "Bearer",
    "expires_in": 7200,
    "refresh_token": REFRESH,
    "scope": "public",
    "created_at": 1_795_500_000,
}
ME: Final[dict[str, Any]] = {
    "accounts_applications": [{"links": {"account": 4711}, "partnership_invoice_recipient": "account"}],
    "links": {},
    "meta": {},
}
ACCOUNTS: Final[dict[str, Any]] = {
    "accounts": [{"id": 4711, "business_name": "Villa Rosa", "status": "paying"}],
    "meta": {},
}
# Stands in a body for what the request carried, which a server knows and may send back.
ECHO: Final = "ECHO-OF-WHAT-WAS-SENT"

_JUNK: Final[dict[str, str]] = {
    "null": "null",
    "true": "true",
    "zero": "0",
    "negative": "-7200",
    "float": "0.5",
    "huge": "1" + "0" * 18,
    "empty text": '""',
    "number as text": '"7200"',
    "controls": r'"\u0000\u001b[2J\u001b]0;x\u0007\u009b31m\u202e\r\n0123456789abcdef"',
    "surrogate": r'"\ud800 0123456789abcdef \udc00"',
    "long text": '"' + "x1" * 5000 + '"',
    "array": '["0123456789abcdef"]',
    "object": '{"access_token": "0123456789abcdef0123456789abcdef"}',
}


def _json(content: object) -> bytes:
    return json.dumps(content).encode()


def _with(good: dict[str, Any], extra: str) -> bytes:
    """The good answer with one more field, written as it is."""
    return _json(good)[:-1] + b', "more": ' + extra.encode() + b"}"


def broken(good: dict[str, Any]) -> dict[str, bytes]:
    """Bodies that are wrong for every endpoint, most of them made from its good answer."""
    whole = _json(good)
    name = next(iter(good))
    return {
        "nothing": b"",
        "blanks": b" \r\n\t ",
        "page": b"<!doctype html><title>Sign in to this network</title><p>" + ECHO.encode(),
        "page that is large": b"<html>" + b"<p>a1</p>" * 20_000,
        "null": b"null",
        "true": b"true",
        "number": b"7",
        "text": _json(whole.decode()),
        "array": b"[" + whole + b"]",
        "empty object": b"{}",
        "NaN": _with(good, "NaN"),
        "-Infinity": _with(good, "-Infinity"),
        "1e400": _with(good, "1e400"),
        "-1e400": _with(good, "[-1e400]"),
        "5,000 digits": _with(good, "9" * 5000),
        "fraction of 5,000 digits": _with(good, "0." + "9" * 5000),
        "depth 100,000": b"[" * 100_000,
        "depth 100,000 of objects": b'{"a":' * 12_000,
        "depth 700": _with(good, "[" * 700 + "]" * 700),
        "depth 300 and wide": _with(good, "[" * 300 + ",".join("0" * 30_000) + "]" * 300),
        "depth 20 and wide": _with(good, "[" * 20 + ",".join("0" * 30_000) + "]" * 20),
        "repeated name": whole[:-1] + b", " + _json({name: good[name]})[1:],
        "repeated name deep down": _with(good, '{"a": 1, "a": 2}'),
        "byte order mark": b"\xef\xbb\xbf" + whole,
        "UTF-16": whole.decode().encode("utf-16"),
        "UTF-32": whole.decode().encode("utf-32-be"),
        "Latin-1": whole.replace(b"a", b"\xe9", 1),
        "encoded surrogate": whole.replace(b'"', b'"\xed\xa0\x80', 1),
        "overlong slash": whole.replace(b'"', b'"\xc0\xaf', 1),
        "NUL before": b"\0" + whole,
        "NUL behind": whole + b"\0",
        "controls in a text": whole.replace(b'"', b'"\x1b[2J', 1),
        "rubbish behind": whole + b"}",
        "twice": whole + b"\n" + whole,
        "cut": whole[:-1],
        "half": whole[: len(whole) // 2],
        "single quotes": whole.replace(b'"', b"'"),
        "comment": whole + b" // by hand",
        "trailing comma": whole[:-1] + b",}",
        "as a form": b"access_token=" + ACCESS.encode() + b"&expires_in=7200",
        "callback": b"callback(" + whole + b")",
        "anti-hijacking": b")]}',\n" + whole,
        "compressed": b"\x1f\x8b\x08\x00" + bytes(60),
        "random": bytes(range(256)),
        "surrogate in a name": whole[:-1] + rb', "\ud800": 1}',
        "wide": _with(good, '"' + "é" * 15_000 + '"'),
        "error is null": _json({**good, "error": None}),
        "error is an object": _json({**good, "error": {"access_token": ACCESS}}),
        "error is an array": b'{"error": [[[["invalid_grant"]]]]}',
        "error is a token": _json({"error": ECHO, "error_description": ECHO}),
        "error repeats what was sent": _json(
            {"error": "invalid_grant", "error_description": f"The token {ECHO} is dead; so is “{ECHO}”."}
        ),
        "error hides a token": _json(
            {"error": "invalid_grant", "error_description": f"\x1b[8m{ECHO}\x1b[0m " + "x " * 140 + ECHO}
        ),
        "error is an essay": _json({"error": "e" * 9000, "error_description": "word " * 9000}),
        "error with controls": _json({"error": "\x1b]52;c;eA==\x07\x9b2J", "error_description": "\u202ex\0"}),
        **{
            f"error {code}": _json({"error": code})
            for code in ("invalid_client", "invalid_scope", "invalid_request", "server_error", "")
        },
    }


def token_bodies() -> dict[str, bytes]:
    """Broken answers of the token endpoint: the common ones, and each field with each wrong value."""
    return broken(TOKENS) | _each_field(TOKENS, TOKENS) | _token_types()


def _token_types() -> dict[str, bytes]:
    return {
        f"token_type {kind!r}": _json({**TOKENS, "token_type": kind})
        for kind in ("mac", "DPoP", "bearer ", "BEARER", "Bearer\r\nX: y")
    }


def me_bodies() -> dict[str, bytes]:
    """Broken answers of `/me`."""
    entry = ME["accounts_applications"][0]
    inside = {
        f"me {label}": _json(ME).replace(_json(entry), text)
        for label, text in _each_field(entry, entry).items()
    }
    return (
        broken(ME)
        | _each_field(ME, ME)
        | inside
        | {"me twice": _json({"accounts_applications": [entry] * 2})}
    )


def accounts_bodies() -> dict[str, bytes]:
    """Broken answers of `/accounts`."""
    entry = ACCOUNTS["accounts"][0]
    inside = {
        f"account {label}": _json(ACCOUNTS).replace(_json(entry), text)
        for label, text in _each_field(entry, entry).items()
    }
    return broken(ACCOUNTS) | _each_field(ACCOUNTS, ACCOUNTS) | inside | {"accounts []": b'{"accounts": []}'}


def _each_field(good: dict[str, Any], fields: dict[str, Any]) -> dict[str, bytes]:
    found = {f"{name} missing": _json({k: v for k, v in good.items() if k != name}) for name in fields}
    for name in fields:
        for label, text in _JUNK.items():
            found[f"{name} {label}"] = _json({**good, name: "THE-VALUE"}).replace(
                b'"THE-VALUE"', text.encode()
            )
    return found
