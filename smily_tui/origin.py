"""Origin of a server: https only, plain http for the literal loopback addresses alone.

The check belongs to the value: an `Origin` cannot hold anything else, wherever it was read.
"""

from __future__ import annotations

import functools
import re
from typing import Final, Self
from urllib.parse import urlsplit

from smily_tui.errors import UsageError
from smily_tui.text import clean

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
LONGEST_HOST: Final = 253
LONGEST_LABEL: Final = 63
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class BadServer(UsageError, ValueError):
    """Address that is no origin, or one that secrets must not go to.

    A ValueError, too: where a stored field is read it is one that is not as smily-tui writes it.
    """

    default_kept = "Nothing was sent."
    default_next = "Use an origin such as https://www.bookingsync.com."


class Origin(str):
    """Origin in its one normal form, such as `https://www.bookingsync.com`.

    Raises:
        BadServer: it is no origin, or one that secrets must not go to.
    """

    __slots__ = ()

    def __new__(cls, typed: str) -> Self:
        """Read an address as a person or a file has it."""
        return super().__new__(cls, _normal_form(typed))


def host_of(origin: str) -> str:
    """Return host and port of an origin, for people."""
    return urlsplit(origin).netloc


def is_loopback(origin: str) -> bool:
    """Return whether the origin is this machine, by literal address."""
    return urlsplit(origin).hostname in LOOPBACK


@functools.lru_cache  # accounts have few servers
def _normal_form(typed: str) -> str:
    text = clean(typed, 100)
    if text != typed.strip():
        raise BadServer("The server's address is too long, or has invisible characters in it.")
    # some letters of other scripts turn into ASCII in lower case, such as the Kelvin sign
    if not text.isascii():
        raise BadServer(f"“{text}” has no valid host name.")
    try:
        parts = urlsplit(text)
        # urlsplit itself takes any port: this property is what raises
        port = parts.port
    except ValueError:
        raise BadServer(f"“{text}” is not a server's address.") from None
    host = (parts.hostname or "").lower()
    if parts.username is not None or parts.password is not None:
        raise BadServer("A server's address must not contain a user name or password.")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadServer(f"“{text}” has more than a host and a port.")
    scheme = _checked_scheme(parts.scheme, host, text)
    name = _checked_host(host, text)
    if not re.fullmatch(re.escape(name) + r"(:[0-9]*)?", parts.netloc.lower()):
        raise BadServer(f"“{text}” has more than a host and a port.")
    return f"{scheme}://{name}{_port(scheme, port)}"


def is_host(host: str) -> bool:
    """Return whether a host in ASCII can be looked up (RFC 1035 section 2.3.4, IDNA: RFC 5891)."""
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(0 < len(label) <= LONGEST_LABEL for label in labels):
        return False
    return all(_is_readable(label) for label in labels if label.startswith("xn--"))


def _is_readable(label: str) -> bool:
    import httpx  # takes a while, and hardly a host needs it

    try:
        return bool(httpx.URL(f"https://{label}").host)
    except (httpx.InvalidURL, UnicodeError):
        return False


def _checked_scheme(scheme: str, host: str, text: str) -> str:
    if scheme == "https" or (scheme == "http" and host in LOOPBACK):
        return scheme
    if scheme == "http":
        raise BadServer("Only https is allowed: plain http would expose secrets.")
    raise BadServer(f"“{text}” does not begin with https://.")


def _checked_host(host: str, text: str) -> str:
    if host == "::1":
        return "[::1]"
    if not _HOST.fullmatch(host) or not is_host(host):
        raise BadServer(f"“{text}” has no valid host name.")
    return host


def _port(scheme: str, port: int | None) -> str:
    return "" if port is None or port == {"https": 443, "http": 80}[scheme] else f":{port}"


DEFAULT: Final = Origin("https://www.bookingsync.com")
