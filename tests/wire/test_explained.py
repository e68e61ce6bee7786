"""What is said of a request without a whole answer: whether a server may have acted is known, not guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.oauth.errors import NoAnswer, NotTrusted, NoUsableAnswer, Offline
from smily_tui.oauth.http import Transport
from smily_tui.wire.explain import outcome
from smily_tui.wire.redaction import masked
from tests.support.raw_server import TOKEN, RawServer

if TYPE_CHECKING:
    from smily_tui.oauth.requests import RawExchange

ACTED = "The server may still have acted"
GOOD = "Nothing was sent. The code or token is still good."


def said(origin: str, error: type[NoUsableAnswer]) -> str:
    heard: list[RawExchange] = []
    with pytest.raises(error):
        Transport(origin, record=heard.append).post_form("/oauth/token", (("code", TOKEN),))
    return outcome(masked(heard)[0])


def test_a_proxy_that_cannot_be_used_means_that_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert GOOD in said("https://nowhere.invalid", Offline)


def test_a_cut_means_that_the_server_may_have_acted_and_no_trust_that_nothing_was_sent() -> None:
    server = RawServer(
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
    )
    try:
        assert ACTED in said(server.origin, NoAnswer)
        assert GOOD in said(server.origin.replace("http:", "https:"), NotTrusted)
    finally:
        server.stop()
