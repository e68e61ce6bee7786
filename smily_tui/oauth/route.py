"""How a server is reached: whom to trust, which proxy leads there, and where on the way it failed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from smily_tui.oauth.errors import NotTrusted, Offline, ProxyUnusable
from smily_tui.oauth.proxy import Proxy, proxy_for
from smily_tui.oauth.trust import Trust, trust_for
from smily_tui.origin import host_of
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from smily_tui.text import Clean


class Progress:
    """How far a request came; httpcore calls it with each of its steps (the `trace` extension).

    Attributes:
        connecting: a connection is tried, to the server or its proxy.
        past_proxy: the proxy has opened the way to the server.
        sent: the request began to leave; before that, nothing of it can have arrived.
    """

    connecting = False
    past_proxy = False
    sent = False

    def __call__(self, step: str, info: Mapping[str, Any]) -> None:
        """Note a step; asking a proxy to CONNECT is not yet the request."""
        self.connecting = True
        if step in ("proxy.start_tls.started", "socks.start_tls.started"):
            self.past_proxy = True
        elif step == "http11.send_request_headers.started":
            self.sent = info["request"].method != b"CONNECT"
        elif step == "http11.send_request_headers.failed":  # h11 checks a header before a byte leaves
            self.sent = self.sent and not isinstance(info["exception"], httpcore.LocalProtocolError)


@dataclass(frozen=True)
class Route:
    """The way to a server."""

    trust: Trust
    proxy: Proxy | None

    @classmethod
    def to(cls, origin: str) -> Route:
        """The way to `origin` by the environment; raises NotTrusted, ProxyUnusable."""
        return cls(trust_for(origin), proxy_for(origin))

    def httpx_proxy(self) -> httpx.Proxy | None:
        """The proxy as httpx takes it."""
        if self.proxy is None:
            return None
        encrypted = self.proxy.url.scheme == "https"
        return httpx.Proxy(self.proxy.url, ssl_context=self.trust.context if encrypted else None)


def not_sent(error: Exception, origin: str, progress: Progress) -> Offline | NotTrusted:
    """The error of a request that never began to leave, whatever it was that failed on the way."""
    host = clean(host_of(origin))
    if not progress.connecting or isinstance(error, httpx.LocalProtocolError):
        return Offline(f"The request to {host} cannot be made: {type(error).__name__}.")
    route = Route.to(origin)
    if route.proxy is not None and not progress.past_proxy:
        return _proxy_failed(error, route.proxy, host)
    if reason := _distrust(error):
        only = f" Only the certificates of {route.trust.source} are trusted." if route.trust.named else ""
        return NotTrusted(f"The connection to {host} is not trusted: {reason}.{only}")
    return Offline(f"Cannot reach {host}.")


def _proxy_failed(error: Exception, proxy: Proxy, host: Clean) -> Offline | NotTrusted:
    if reason := _distrust(error):
        return NotTrusted(
            f"The proxy {proxy} is not trusted: {reason}.",
            next=f"Does it speak plain HTTP? Then write http:// in {proxy.variable}. "
            "Otherwise put its certificate into SSL_CERT_FILE.",
        )
    fix = f"Check the network and {proxy.variable}, then try again."
    if isinstance(error, httpx.ProxyError):
        reply = str(error)  # a status and its phrase, or one of httpcore's sentences about SOCKS
        if reply.startswith("407") or "username" in reply.lower() or "NO ACCEPTABLE" in reply:
            return _login(proxy)
        status = f" ({reply[:3]})" if reply[:3].isdecimal() else ""
        return Offline(f"The proxy {proxy} does not connect to {host}{status}.", next=fix)
    if isinstance(error, httpx.TimeoutException):
        return Offline(f"The proxy {proxy} did not answer in time.", next=fix)
    if isinstance(error, httpx.ConnectError | OSError | ValueError):
        return Offline(f"Cannot reach the proxy {proxy}.", next=fix)
    return Offline(f"The proxy {proxy} gave no usable answer.", next=fix)


def _login(proxy: Proxy) -> ProxyUnusable:
    if proxy.has_login:
        return ProxyUnusable(
            f"The proxy {proxy} does not accept the login.", next=f"Correct the login in {proxy.variable}."
        )
    where = f"{proxy.url.scheme}://USER:PASSWORD@HOST:PORT"
    return ProxyUnusable(f"The proxy {proxy} wants a login.", next=f"Set {proxy.variable} to {where}.")


def _distrust(error: BaseException) -> str:
    """Why the certificate does not hold; empty where that is not the cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return clean(getattr(cause, "verify_message", "") or "TLS failed", 120)
        cause = cause.__cause__ or cause.__context__
    return ""
