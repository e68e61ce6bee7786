"""A small server of Smily's family whose answers a test can bend: real sockets, both ways of rotating."""

from __future__ import annotations

import http.server
import json
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Self
from urllib.parse import parse_qsl

from smily_tui.oauth.requests import MADE_UP_CODE

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

CLIENT_ID: Final = "c1" * 32
CLIENT_SECRET: Final = "5ec7e7d0" * 8
Rotation = Literal["immediate", "on-use"]


@dataclass(frozen=True)
class Reply:
    """One answer: status, body, and headers besides the usual ones."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, content: object, **headers: str) -> Reply:
        """An answer in JSON."""
        return cls(status, json.dumps(content).encode(), {k.replace("_", "-"): v for k, v in headers.items()})


class BentServer:
    """Authorizes one client, and lets `bend_token` and `bend_api` change each answer before it is sent.

    With `tls` it is a host like any other, https://localhost, for which certificates and proxies count.

    Attributes:
        rotation: when a spent refresh token ends: with the answer, or with the first use of the new pair.
        client_secret: what the token endpoint accepts.
        account_id, business_name: whose account the next tokens belong to.
        posts: the fields of every token request, in order.
        paths: the path of every API request, in order.
        bend_token: given the fields and the honest reply; what is sent instead.
        bend_api: given the path and the honest reply; what is sent instead.
        token_length: how many characters each token has.
        more: fields that each token response gets besides the usual ones; None takes one away.
    """

    def __init__(self, rotation: Rotation = "immediate", *, tls: ssl.SSLContext | None = None) -> None:
        self.rotation = rotation
        self.client_secret = CLIENT_SECRET
        self.account_id, self.business_name = 7, "Villa Rosa"
        self.posts: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.bend_token: Callable[[dict[str, str], Reply], Reply] = lambda _, reply: reply
        self.bend_api: Callable[[str, Reply], Reply] = lambda _, reply: reply
        self.token_length = 64
        self.more: dict[str, Any] = {}
        self.live: dict[str, str] = {}
        self._ends_with_use: dict[str, str] = {}
        self._codes: set[str] = set()
        self._owners: dict[str, tuple[int, str]] = {}
        self._lock = threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.port: int = self._server.server_port
        self.origin = f"https://localhost:{self.port}" if tls else f"http://127.0.0.1:{self.port}"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def code(self) -> str:
        """A fresh authorization code."""
        return secrets.token_hex(32)

    def revoke_all(self) -> None:
        """The owner removes the application: no token is accepted any more."""
        self.live.clear()
        self._ends_with_use.clear()

    def answer_token(self, fields: dict[str, str]) -> Reply:
        """The token endpoint."""
        with self._lock:
            self.posts.append(fields)
            return self.bend_token(fields, self._granted(fields))

    def _granted(self, fields: dict[str, str]) -> Reply:
        if fields.get("client_secret") != self.client_secret:
            return Reply.of(401, {"error": "invalid_client"})
        if fields["grant_type"] == "refresh_token":
            spent = fields["refresh_token"]
            if spent not in self.live:
                return Reply.of(400, {"error": "invalid_grant"})
            response = self._issue(*self._owners[self.live[spent]])
            if self.rotation == "immediate":
                del self.live[spent]
            else:
                self._ends_with_use[response["access_token"]] = spent
        elif fields["code"] in {*self._codes, MADE_UP_CODE}:
            return Reply.of(400, {"error": "invalid_grant"})
        else:
            self._codes.add(fields["code"])
            response = self._issue(self.account_id, self.business_name)
        changed = response | self.more
        return Reply.of(200, {name: value for name, value in changed.items() if value is not None})

    def _issue(self, account_id: int, name: str) -> dict[str, Any]:
        length = self.token_length
        access, refresh = (secrets.token_hex(length // 2 + 1)[:length] for _ in range(2))
        self.live[refresh] = access
        self._owners[access] = (account_id, name)
        usual = {"token_type": "bearer", "expires_in": 7200, "scope": "public"}
        return {"access_token": access, "refresh_token": refresh} | usual

    def answer_api(self, path: str, access_token: str) -> Reply:
        """The API: who is asking, and 401 for what is not accepted."""
        with self._lock:
            self.paths.append(path)
            self.live.pop(self._ends_with_use.pop(access_token, ""), None)
            if access_token not in self.live.values():
                return self.bend_api(path, Reply.of(401, {"errors": [{"code": "unauthorized"}]}))
            account_id, name = self._owners[access_token]
        content: object = {"accounts_applications": [{"links": {"account": account_id}}]}
        if "accounts" in path:
            content = {"accounts": [{"id": account_id, "business_name": name, "status": "paying"}]}
        return self.bend_api(path, Reply.of(200, content))


def _handler(server: BentServer) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing: what was asked is in the server's attributes."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send(server.answer_token(dict(parse_qsl(body))))

        def do_GET(self) -> None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self._send(server.answer_api(self.path, token))

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            usual = {"Content-Type": "application/json", "Content-Length": str(len(reply.body))}
            if "Transfer-Encoding" in reply.headers:
                del usual["Content-Length"]
                self.close_connection = True
            for name, value in {**usual, **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

    return Handler
