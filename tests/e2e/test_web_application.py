"""Web application beside the sandbox, in a real browser: its callback gets the code or the refusal."""

from __future__ import annotations

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from smily_tui.sandbox.server import Options, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.support.browser import Chromium


class Callback(BaseHTTPRequestHandler):
    """Page that an owner comes back to."""

    def do_GET(self) -> None:
        body = b"<title>Back in the app</title>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""


class Server(ThreadingHTTPServer):
    """HTTP server on the IPv6 loopback address."""

    address_family = socket.AF_INET6


@contextlib.contextmanager
def web_application(host: str) -> Iterator[str]:
    """Serve the callback; yield its URI."""
    kind, address = (Server, "::1") if host == "[::1]" else (ThreadingHTTPServer, "127.0.0.1")
    with kind((address, 0), Callback) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{host}:{server.server_port}/callback?from=smily"
        finally:
            server.shutdown()
            thread.join()


def link(sandbox: Sandbox, uri: str) -> str:
    client_id = sandbox.listening.client_id
    request = {"client_id": client_id, "redirect_uri": uri, "response_type": "code", "state": "a&b c"}
    return f"{sandbox.listening.server}/oauth/authorize?{urlencode(request)}"


def press(page: Page, address: str, button: str) -> dict[str, list[str]]:
    """Open the consent page, press a button, and return the query that comes back."""
    page.goto(address)
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/callback?*")
    assert page.title() == "Back in the app"
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_code_and_refusal_come_back_to_a_web_application(chromium: Chromium, host: str) -> None:
    with web_application(host) as uri, Sandbox(Options(redirect_uris=(uri,))) as sandbox:
        page = chromium.window()
        declined = chromium.call(press, page, link(sandbox, uri), "Deny")
        assert declined["error"] == ["access_denied"]
        approved = chromium.call(press, page, link(sandbox, uri), "Authorize")
        chromium.call(page.context.close)
        assert {"from", "state"} <= approved.keys() & declined.keys()
        assert approved["state"] == declined["state"] == ["a&b c"]
        fields = {"grant_type": "authorization_code", "code": approved["code"][0], "redirect_uri": uri}
        credentials = (sandbox.listening.client_id, sandbox.listening.client_secret.reveal())
        with httpx.Client(trust_env=False) as client:
            token_url = f"{sandbox.listening.server}/oauth/token"
            assert client.post(token_url, data=fields, auth=credentials).json()["scope"] == "public"


def test_faults_are_switched_in_a_browser(chromium: Chromium) -> None:
    def switch(page: Page) -> str:
        page.goto(f"{sandbox.listening.server}/sandbox/faults")
        page.get_by_role("button", name="Order denied").click()
        page.get_by_role("button", name="Order slow").click()
        page.get_by_role("button", name="Withdraw slow").click()
        page.get_by_role("button", name="Withdraw denied").wait_for()
        page.get_by_role("button", name="Order offline").click()
        return page.locator("h1").inner_text()

    with Sandbox() as sandbox:
        page = chromium.window()
        sandbox.state.faults.away = lambda _: None
        assert chromium.call(switch, page) == "Going offline"
        chromium.call(page.context.close)
        assert sandbox.state.faults.is_waiting("denied")
        assert not sandbox.state.faults.is_waiting("slow")
