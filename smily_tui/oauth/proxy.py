"""Which proxy leads to a server: the environment names it, by the rules of the standard library."""

from __future__ import annotations

import os
import urllib.request
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Final
from urllib.parse import urlsplit

import httpx

from smily_tui.oauth.errors import ProxyUnusable
from smily_tui.origin import is_host, is_loopback
from smily_tui.text import Clean, clean

SCHEMES: Final = ("http", "https", "socks5", "socks5h")
_FORM: Final = "Write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT."
_ESCAPED: Final = "In a password write # as %23, / as %2F, ? as %3F and @ as %40."


@dataclass(frozen=True)
class Proxy:
    """A proxy that the environment names.

    Attributes:
        variable: the variable that names it.
        url: where it is, and the login if there is one.
    """

    variable: str
    url: httpx.URL = field(repr=False)

    def __str__(self) -> str:
        return f"{self.address} ({self.variable})"

    @property
    def address(self) -> Clean:
        """Scheme, host and port; never the login."""
        return clean(str(self.url.copy_with(userinfo=b"", path="/")).rstrip("/"))

    @property
    def has_login(self) -> bool:
        """Whether the variable holds a name or a password."""
        return bool(self.url.userinfo)


def proxy_for(origin: str) -> Proxy | None:
    """The proxy on the way to `origin`; none leads to loopback.

    Raises:
        ProxyUnusable: the environment names one that cannot be used.
    """
    parts = urlsplit(origin)
    host, scheme = parts.hostname or "", parts.scheme
    port = parts.port or {"https": 443, "http": 80}[scheme]
    if is_loopback(origin) or urllib.request.proxy_bypass(f"{host}:{port}"):
        return None
    proxies = urllib.request.getproxies()
    for kind in (scheme, "all"):
        if proxies.get(kind):
            variable = _variable(kind, proxies[kind])
            return Proxy(variable, _checked(proxies[kind].strip(), variable))
    return None


def _variable(kind: str, value: str) -> str:
    """The one that holds `value`: both small and capital letters are usual."""
    name = f"{kind}_proxy"
    return next((key for key in os.environ if key.lower() == name and os.environ[key] == value), name)


def _checked(named: str, variable: str) -> httpx.URL:
    """The proxy's URL; what is wrong with it is told without the value, which may hold a password."""
    fix = f"Correct {variable}, or unset it. {_FORM}"
    try:
        url = httpx.URL(named if "://" in named else f"http://{named}")
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        raise ProxyUnusable(f"{variable} holds no address of a proxy.", next=f"{fix} {_ESCAPED}") from None
    if url.fragment or url.query or "@" in url.path:
        raise ProxyUnusable(f"{variable} goes on after the proxy's host and port.", next=f"{fix} {_ESCAPED}")
    if url.scheme not in SCHEMES:
        kinds = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise ProxyUnusable(
            f"{variable} names a kind of proxy that smily-tui cannot use.",
            next=f"Correct {variable}, or unset it. Possible are {kinds}.",
        )
    has_port = url.port is None or 0 < url.port < 1 << 16
    if not is_host(host.removesuffix(".")) or "%" in host or not has_port:
        raise ProxyUnusable(f"{variable} has no host and port that can be used.", next=fix)
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ProxyUnusable(
            f"{variable} names a SOCKS proxy, which needs one more package.",
            next="Install it: pip install 'smily-tui[socks]'",
        )
    return url
