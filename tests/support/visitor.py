"""Client and person at a sandbox's pages, over real HTTP."""

from __future__ import annotations

import html
import re
from typing import Any

import httpx

from smily_tui.sandbox.server import Options, Sandbox
from tests.support.polling import PATIENCE

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


class Visitor:
    """A client and a person, over real HTTP."""

    def __init__(self, options: Options) -> None:
        self.wall = 1_795_500_000.0
        self.log: list[str] = []
        self.sandbox = Sandbox(options, log=self.log.append, now=lambda: self.wall)
        found = self.sandbox.listening
        self.server = found.server
        self.client = {"client_id": found.client_id, "client_secret": found.client_secret.reveal()}
        self.http = httpx.Client(base_url=self.server, trust_env=False, timeout=PATIENCE)

    def request(self, **changes: str) -> dict[str, str]:
        asked = {
            "client_id": self.client["client_id"],
            "redirect_uri": OUT_OF_BAND,
            "response_type": "code",
            "scope": "public bookings_read",
        }
        return asked | changes

    def decide(self, decision: str = "authorize", account: int = 4711, **changes: str) -> httpx.Response:
        self.http.cookies.clear()
        page = self.http.get("/oauth/authorize", params=self.request(**changes))
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        form = {name: html.unescape(value) for name, value in hidden.items()}
        form |= {"account": str(account), "decision": decision}
        return self.http.post("/oauth/authorize", data=form, follow_redirects=True)

    def code(self, account: int = 4711, **changes: str) -> str:
        page = self.decide(account=account, **changes)
        found = re.search(r'<code id="authorization_code">([^<]+)</code>', page.text)
        assert found, page.text
        return found[1]

    def post(self, **fields: str) -> httpx.Response:
        return self.http.post("/oauth/token", data=fields)

    def exchange(self, code: str, /, **changes: str) -> httpx.Response:
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": OUT_OF_BAND}
        return self.post(**(self.client | fields | changes))

    def refresh(self, token: str, /, **changes: str) -> httpx.Response:
        fields = {"grant_type": "refresh_token", "refresh_token": token, "redirect_uri": OUT_OF_BAND}
        return self.post(**(self.client | fields | changes))

    def tokens(self, account: int = 4711, **changes: str) -> dict[str, Any]:
        answer = self.exchange(self.code(account, **changes))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def api(self, path: str, token: str) -> httpx.Response:
        return self.http.get(f"/api/v3/{path}", headers={"Authorization": f"Bearer {token}"})
