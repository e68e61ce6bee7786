"""Route to a server: certificates, proxy, and the step at which a connection failed."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpcore

from smily_tui.oauth.errors import NotTrusted, Offline, ProxyUnusable
from smily_tui.oauth.trust import Trust, trust_for
from smily_tui.origin import host_of, is_host, is_loopback
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


SCHEMES: Final = ("http", "https", "socks5", "socks5h")
_FORM: Final = "Write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT."
_ESCAPED: Final = "In a password write # as %23, / as %2F, ? as %3F and @ as %40."


@dataclass(frozen=True)
class Proxy:
    """Proxy of the environment.

    Attributes:
        variable: the variable that names it.
        url: its URL, with the login if there is one.
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
        """Presence of a user or a password in the URL."""
        return bool(self.url.userinfo)


def proxy_for(origin: str) -> Proxy | None:
    """Return the proxy on the way to `origin`; loopback is always reached directly.

    Raises:
        ProxyUnusable: the environment names one that cannot be used.
    """
    if is_loopback(origin):
        return None
    import urllib.request  # with `http.client` and `email`

    parts = urlsplit(origin)
    host, scheme = parts.hostname or "", parts.scheme
    port = parts.port or {"https": 443, "http": 80}[scheme]
    # it reads no_proxy as most programs do, and the system's settings on macOS and Windows
    if urllib.request.proxy_bypass(f"{host}:{port}"):
        return None
    proxies = urllib.request.getproxies()
    for kind in (scheme, "all"):
        if proxies.get(kind):
            variable = _variable(kind, proxies[kind])
            return Proxy(variable, _parse_proxy(proxies[kind].strip(), variable))
    return None


def _variable(kind: str, value: str) -> str:
    """Find the variable with that value: both https_proxy and HTTPS_PROXY are common."""
    name = f"{kind}_proxy"
    return next((key for key in os.environ if key.lower() == name and os.environ[key] == value), name)


def _parse_proxy(value: str, variable: str) -> httpx.URL:
    """Parse a proxy's URL; errors do not repeat it, as it may hold a password."""
    import httpx  # takes a while, and hardly a computer needs it

    fix = f"Correct {variable}, or unset it. {_FORM}"
    try:
        url = httpx.URL(value if "://" in value else f"http://{value}")
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        raise ProxyUnusable(f"{variable} is not a proxy address.", next=f"{fix} {_ESCAPED}") from None
    if url.fragment or url.query or "@" in url.path:
        raise ProxyUnusable(f"{variable} has more than a proxy's host and port.", next=f"{fix} {_ESCAPED}")
    if url.scheme not in SCHEMES:
        schemes = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise ProxyUnusable(
            f"{variable} names an unsupported kind of proxy.",
            next=f"Correct {variable}, or unset it. Supported: {schemes}.",
        )
    # a percent sign is an escape that httpx 0.28 leaves alone, or a zone of IPv6
    has_port = url.port is None or 0 < url.port < 1 << 16
    if not is_host(host.removesuffix(".")) or "%" in host or not has_port:
        raise ProxyUnusable(f"{variable} has no valid host and port.", next=fix)
    # httpcore 1.0 raises a bare ImportError for SOCKS without its extra
    if url.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ProxyUnusable(
            f"{variable} names a SOCKS proxy, which needs one more package.",
            next="Install it: pip install 'smily-tui[socks]'",
        )
    return url


class Progress:
    """Progress of a request; httpcore calls it at each step (its `trace` extension).

    Attributes:
        connecting: a connection to the server or its proxy was tried.
        past_proxy: the proxy has connected to the server.
        sent: the request began to leave; until then no part of it can have arrived.
    """

    connecting = False
    past_proxy = False
    sent = False

    def __call__(self, step: str, info: Mapping[str, Any]) -> None:
        """Note a step; a CONNECT to the proxy is not yet the request."""
        self.connecting = True
        if step in ("proxy.start_tls.started", "socks.start_tls.started"):
            self.past_proxy = True
        elif step == "http11.send_request_headers.started":
            self.sent = info["request"].method != b"CONNECT"
        elif step == "http11.send_request_headers.failed":  # h11 0.16 checks a header before any byte leaves
            self.sent = self.sent and not isinstance(info["exception"], httpcore.LocalProtocolError)


@dataclass(frozen=True)
class Route:
    """Certificates and proxy on the way to a server."""

    trust: Trust
    proxy: Proxy | None

    @classmethod
    def to(cls, origin: str) -> Route:
        """Read the route to `origin` from the environment; raises NotTrusted, ProxyUnusable."""
        return cls(trust_for(origin), proxy_for(origin))

    def proxy_of_httpcore(self) -> httpcore.Proxy | None:
        """Make the proxy object of httpcore."""
        if self.proxy is None:
            return None
        url = self.proxy.url
        return httpcore.Proxy(
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            auth=(url.username.encode(), url.password.encode()) if self.proxy.has_login else None,
            ssl_context=self.trust.context if url.scheme == "https" else None,
        )


def not_sent(error: Exception, origin: str, progress: Progress) -> Offline | NotTrusted | ProxyUnusable:
    """Make the error of a request that was not sent, whatever the cause."""
    host = clean(host_of(origin))
    if not progress.connecting or isinstance(error, httpcore.LocalProtocolError):
        return Offline(f"Cannot send the request to {host}: {type(error).__name__}.")
    route = Route.to(origin)
    if route.proxy is not None and not progress.past_proxy:
        return _proxy_failed(error, route.proxy, host)
    if reason := _distrust(error):
        only = f" Only the certificates of {route.trust.source} are trusted." if route.trust.named else ""
        return NotTrusted(f"The connection to {host} is not trusted: {reason}.{only}")
    return Offline(f"Cannot reach {host}.")


def _proxy_failed(error: Exception, proxy: Proxy, host: Clean) -> Offline | NotTrusted | ProxyUnusable:
    if reason := _distrust(error):
        return NotTrusted(
            f"The proxy {proxy} is not trusted: {reason}.",
            next=f"Does it speak plain HTTP? Then write http:// in {proxy.variable}. "
            "Otherwise put its certificate into SSL_CERT_FILE.",
        )
    fix = f"Check your network and {proxy.variable}, then try again."
    if isinstance(error, httpcore.ProxyError):
        # of httpcore 1.0: a status and its phrase, or a sentence about SOCKS
        reply = str(error)
        if reply.startswith("407") or "username" in reply.lower() or "NO ACCEPTABLE" in reply:
            return _login(proxy)
        status = f" ({reply[:3]})" if reply[:3].isdecimal() else ""
        return Offline(f"The proxy {proxy} did not connect to {host}{status}.", next=fix)
    if isinstance(error, httpcore.TimeoutException):
        return Offline(f"The proxy {proxy} did not answer in time.", next=fix)
    if isinstance(error, httpcore.ConnectError | OSError | ValueError):
        return Offline(f"Cannot reach the proxy {proxy}.", next=fix)
    return Offline(f"The proxy {proxy} sent no usable answer.", next=fix)


def _login(proxy: Proxy) -> ProxyUnusable:
    if proxy.has_login:
        return ProxyUnusable(
            f"The proxy {proxy} rejected the login.", next=f"Correct the login in {proxy.variable}."
        )
    form = f"{proxy.url.scheme}://USER:PASSWORD@HOST:PORT"
    return ProxyUnusable(f"The proxy {proxy} needs a login.", next=f"Set {proxy.variable} to {form}.")


def _distrust(error: BaseException) -> str:
    """Return why the certificate is not trusted; empty if that is not the cause."""
    # httpcore chains the errors of ssl, by `from` or while handling them
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return clean(getattr(cause, "verify_message", "") or "TLS failed", 120)
        cause = cause.__cause__ or cause.__context__
    return ""
