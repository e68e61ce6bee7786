"""Redirect URIs of web applications (RFC 6749 section 3.1.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlencode, urlsplit

from smily_tui.errors import UsageError
from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.origin import BadServer, Origin
from smily_tui.sandbox.hosts import is_loopback, split_authority
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST: Final = 2000
_PRINTABLE: Final = re.compile(r"[!-~]+")
_UNSAFE: Final = re.compile(r"[\"'<>\\^`{|}*]")


def checked_redirect_uri(text: str) -> str:
    """Return a redirect URI that may be registered, unchanged: requests must repeat it exactly.

    Raises:
        UsageError: it says what is wrong with the URI.
    """
    if text != OUT_OF_BAND and (problem := _problem(text)):
        raise UsageError(
            f"Cannot register the redirect URI “{clean(text, 100)}”: {problem}.",
            next="Give one such as http://localhost:3000/callback or https://app.example/callback.",
        )
    return text


def _problem(text: str) -> str:
    """Return what is wrong with a redirect URI; empty if nothing is."""
    if not _PRINTABLE.fullmatch(text) or len(text) > LONGEST:
        return "it is empty, too long, or has characters that a URI cannot have"
    if _UNSAFE.search(text):
        return "wildcards, quotes, braces and backslashes are not allowed"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return "its host or port is malformed"
    if "#" in text:
        return "it has a fragment"
    if "@" in parts.netloc:
        return "it has a user name or password"
    authority = split_authority(parts.netloc)
    if port == 0 or parts.netloc.endswith(":") or authority is None:
        return "its host or port is malformed"
    return _problem_of_host(parts, authority[0])


def _problem_of_host(parts: SplitResult, name: str) -> str:
    if parts.scheme not in ("http", "https"):
        return "it begins with neither http:// nor https://"
    if is_loopback(name):
        return ""
    if parts.scheme == "http":
        return "plain http is for this computer only"
    try:
        Origin(f"https://{parts.netloc}")
    except BadServer:
        return "its host name is malformed"
    return ""


def form_target(uri: str) -> str | None:
    """Return the origin of a redirect URI as a Content-Security-Policy names it; None out of band."""
    parts = urlsplit(uri)
    if not parts.netloc:
        return None
    # the policy has no IPv6 addresses (CSP level 3, host-source)
    host = re.sub(r"\[.*\]", "*", parts.netloc)
    return f"{parts.scheme}://{host}"


def with_parameters(uri: str, parameters: Mapping[str, str]) -> str:
    """Add parameters to a URI; its own query is kept (RFC 6749 section 3.1.2)."""
    separator = "" if uri.endswith(("?", "&")) else "&" if "?" in uri else "?"
    return uri + separator + urlencode(parameters)
