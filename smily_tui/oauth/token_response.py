"""Token response, read field by field (RFC 6749 sections 5.1 and 5.2)."""

from __future__ import annotations

import contextlib
import json
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.body import NotJson, is_text, objects_within, read_object, texts
from smily_tui.oauth.errors import (
    ClientRefused,
    GrantRefused,
    NotUnderstood,
    OAuthFailure,
    RateLimited,
    Redirected,
    RequestRefused,
    ScopeRefused,
    ServerFault,
    unreadable,
)
from smily_tui.oauth.server_words import QUOTING, server_words
from smily_tui.secret import Secret
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smily_tui.records import Record, Value


LONGEST_TOKEN: Final = 16 * 1024
SHORTEST_LIFETIME: Final = 1.0  # seconds, as the two below
LONGEST_LIFETIME: Final = 30 * 86400.0
USUAL_LIFETIME: Final = 7200.0
_TOKEN = re.compile(rf"[\x21-\x7e]{{8,{LONGEST_TOKEN}}}")
_REFRESH = re.compile(rf"(?! )[\x20-\x7e]{{8,{LONGEST_TOKEN}}}(?<! )")  # RFC 6749 appendix A.17
_LIKE_REFRESH = re.compile(r"refresh.{0,2}token\W{1,12}([\w.~+/-]{20,})", re.IGNORECASE)
_NUMBER = re.compile(r"\s*\+?\d{1,20}(\.\d{0,20})?(e\+?\d{1,2})?\s*", re.IGNORECASE)
# RFC 6749 section 5.2 gives 400 to these; Doorkeeper may answer 401
_OTHER_ERRORS = {"invalid_request", "unauthorized_client", "unsupported_grant_type", "access_denied"}
_FIELDS = {"access_token", "token_type", "expires_in", "refresh_token", "scope"}


@dataclass(frozen=True)
class TokenResponse:
    """Successful answer of the token endpoint.

    Attributes:
        access_token: shown to the API.
        refresh_token: None if there is none: the previous one stays valid (RFC 6749 section 6).
        lifetime: seconds, from 1 s to 30 days; 7200 if not stated.
        scopes: granted scopes; None if not stated, which means all the requested ones.
        extra: unknown fields, kept and not trusted.
    """

    access_token: Secret
    refresh_token: Secret | None
    lifetime: float
    scopes: tuple[Clean, ...] | None
    extra: dict[str, object] = field(default_factory=dict)


def read_token_response(status: int, body: bytes, coding: str = "") -> TokenResponse:
    """Read the tokens in an answer of the token endpoint.

    A body with a pair of tokens is a success, whatever the status. An error is judged by its OAuth `error`
    first and its status second.

    Raises:
        OAuthFailure: one of its subclasses; of the body it repeats a cleaned error description only.
    """
    try:
        fields = read_object(body, coding)
    except NotJson:
        pair = next(filter(_is_pair, objects_within(body, coding)), None)
        if pair is None:
            raise _without_object(status, body, coding) from None
        fields = pair
    # Smily has issued these tokens, whatever status a gateway gives the answer
    if _is_pair(fields):
        return _tokens(fields)
    error = fields.get("error")
    if 300 <= status < 400:
        raise _redirected(status)
    if isinstance(error, Untrusted) and error:
        raise _by_error(status, error, fields)
    if not 200 <= status < 300:
        raise _by_status(status)
    return _tokens(fields)


def refresh_token_in(body: bytes, coding: str = "") -> Secret | None:
    """Find the last whole refresh token in an unusable body, or in a part of one."""
    for text in texts(body, coding):
        # _TOKEN excludes blanks, which tokens may have but explanations certainly have
        tokens = [value for value in _strings_after('"refresh_token"', text) if _TOKEN.fullmatch(value)]
        if tokens:
            return Secret(tokens[-1])
    return None


def may_hide_token(body: bytes, coding: str, sent: str) -> bool:
    """Tell whether a body may hold an unread refresh token: it is no text, or seems to name one.

    `sent` is the fingerprint of the token that was sent, which a server may repeat.
    """
    forms = list(texts(body, coding))
    candidates = [match[1] for text in forms for match in _LIKE_REFRESH.finditer(text)]
    fields = [value for text in forms for value in _strings_after('"refresh_token"', text)]
    candidates += [value for value in fields if value and " " not in value]  # with blanks: an explanation
    return bool(body) and (not forms or any(Secret(token).fingerprint() != sent for token in candidates))


def _strings_after(marker: str, text: str) -> Iterator[str]:
    for tail in text.split(marker)[1:]:
        with contextlib.suppress(ValueError):
            value, _ = json.JSONDecoder().raw_decode(tail.lstrip(" \t\r\n:"))
            if isinstance(value, str):
                yield value


def _tokens(fields: Record) -> TokenResponse:
    token_type = fields.get("token_type")
    if token_type not in (None, Untrusted("")) and not _is_bearer(token_type):
        raise NotUnderstood("The server sent an unsupported kind of token.")
    refresh = fields.get("refresh_token")
    return TokenResponse(
        access_token=_token(fields.get("access_token"), "access_token"),
        refresh_token=None if refresh in (None, Untrusted("")) else _token(refresh, "refresh_token"),
        lifetime=_lifetime(fields.get("expires_in")),
        scopes=_scopes(fields.get("scope")),
        extra=fields.raw(*_FIELDS),
    )


def _is_pair(fields: Record) -> bool:
    return _is(_TOKEN, fields.get("access_token")) and _is(_REFRESH, fields.get("refresh_token"))


def _is_bearer(token_type: Value) -> bool:
    # RFC 6749 section 5.1: in any case; Doorkeeper writes "Bearer", Smily's reference "bearer"
    return isinstance(token_type, Untrusted) and token_type.for_parsing().strip().lower() == "bearer"


def _is(form: re.Pattern[str], value: Value) -> bool:
    return isinstance(value, Untrusted) and form.fullmatch(value.for_parsing()) is not None


def _token(value: Value, name: str) -> Secret:
    if isinstance(value, Untrusted) and len(value.for_parsing()) > LONGEST_TOKEN:
        raise NotUnderstood(f"The {name} in the server's answer is longer than {LONGEST_TOKEN // 1024} KiB.")
    if not isinstance(value, Untrusted) or not _is(_REFRESH if name == "refresh_token" else _TOKEN, value):
        raise NotUnderstood(f"The server's answer has no usable {name}.")
    return Secret(value.for_parsing())


def _lifetime(value: Value) -> float:
    # RFC 6749 asks for a number; some servers send it as a string
    if isinstance(value, Untrusted) and _NUMBER.fullmatch(value.for_parsing()):
        value = float(value.for_parsing())
    # bool is an int in Python
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return USUAL_LIFETIME
    if value <= 0:
        return USUAL_LIFETIME
    return float(min(max(value, SHORTEST_LIFETIME), LONGEST_LIFETIME))


def _scopes(value: Value) -> tuple[Clean, ...] | None:
    """Read the scopes from a string, as RFC 6749 section 3.3 says, or from an array, as some servers send."""
    entries = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(entry, Untrusted) for entry in entries):
        return None
    names = [
        name for entry in entries if isinstance(entry, Untrusted) for name in entry.for_parsing().split()
    ]
    return tuple(clean(name, 100) for name in names[:200])


def _without_object(status: int, body: bytes, coding: str) -> OAuthFailure:
    """Judge a body without a JSON object by the status, unless it cannot be read at all."""
    if body and not is_text(body, coding):
        return unreadable(status, coding)
    if 300 <= status < 400:
        return _redirected(status)
    if 200 <= status < 300 and body:
        kind = "a web page" if body.lstrip().startswith(b"<") else "not JSON"
        return NotUnderstood(f"The server's answer (status {status}) is {kind}.")
    return _by_status(status)


def _redirected(status: int) -> Redirected:
    return Redirected(f"The server answered with a redirect ({status}).")


def _by_error(status: int, name: Untrusted, fields: Record) -> OAuthFailure:
    error = server_words(name, 60)
    description = server_words(fields.get("error_description"), 300)
    quote = f"{QUOTING}“{description}”" if description else ""
    if error == "invalid_client":
        return ClientRefused(f"The server doesn't know this app, or the Client Secret is wrong.{quote}")
    if error == "invalid_grant":
        return GrantRefused(f"The server rejected this code or refresh token.{quote}")
    if error == "invalid_scope":
        return ScopeRefused(f"The server doesn't grant these permissions.{quote}")
    if status >= 500 or error in {"server_error", "temporarily_unavailable"}:
        return ServerFault(f"The server has a problem ({error}, status {status}).{quote}")
    # Smily's older {"error": "Not authorized"}
    if status == 401 and error not in _OTHER_ERRORS:
        return ClientRefused(f"The server refused the app (401).{QUOTING}“{error}”.{quote}")
    return RequestRefused(f"The server refused the request ({error}, status {status}).{quote}")


def _by_status(status: int) -> OAuthFailure:
    if status == 429:
        return RateLimited("The server got too many requests (429).")
    if status >= 500:
        return ServerFault(f"The server has a problem (status {status}).")
    if status == 401:
        return ClientRefused("The server refused the app (401) and gave no reason.")
    if status in {400, 403, 404, 405, 410, 415, 422}:
        return RequestRefused(f"The server refused the request (status {status}) and gave no reason.")
    return NotUnderstood(f"The server sent an unexpected answer (status {status}).")
