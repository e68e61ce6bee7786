"""Driver of curl, with the lines of Smily's reference."""

from __future__ import annotations

import json
import subprocess
from typing import Any
from urllib.parse import quote

from tests.clients.drivers.python.serving import Setup, serve


class Refused(Exception):
    """OAuth error in the answer."""


class Client:
    """curl --data for the token endpoint, as the reference has it."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    @staticmethod
    def reported(error: Exception) -> str:
        return str(error) if isinstance(error, Refused) else ""

    def authorize(self, state: str) -> dict[str, Any]:
        setup = self._setup
        return {
            "url": f"{setup.authorize}?client_id={setup.client_id}&redirect_uri={setup.redirect_uri}"
            f"&response_type=code&scope={quote(' '.join(setup.scopes))}&state={state}"
        }

    def exchange(self, code: str, url: str) -> dict[str, Any]:
        del url
        return self._post(grant_type="authorization_code", code=code, redirect_uri=self._setup.redirect_uri)

    def get(self, path: str, access_token: str) -> dict[str, Any]:
        status, body = _curl("-H", f"Authorization: Bearer {access_token}", self._setup.server + path)
        return {"status": status, "json": json.loads(body) if body else None}

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        redirect_uri = self._setup.redirect_uri
        return self._post(grant_type="refresh_token", refresh_token=refresh_token, redirect_uri=redirect_uri)

    def client_credentials(self) -> dict[str, Any]:
        return self._post(grant_type="client_credentials")

    def revoke(self, token: str) -> dict[str, Any]:
        status, _ = _curl(*self._credentials(), "-d", f"token={token}", self._setup.revoke)
        return {"done": True} if status == 200 else {"error": str(status)}

    def introspect(self, token: str) -> dict[str, Any]:
        status, _ = _curl(*self._credentials(), "-d", f"token={token}", self._setup.introspect)
        return {"done": True} if status == 200 else {"error": str(status)}

    def _post(self, **fields: str) -> dict[str, Any]:
        data = [part for name, value in fields.items() for part in ("-d", f"{name}={quote(value)}")]
        _, body = _curl(*self._credentials(), *data, self._setup.token)
        answer = json.loads(body)
        if "error" in answer:
            raise Refused(answer["error"])
        return {"tokens": answer}

    def _credentials(self) -> list[str]:
        setup = self._setup
        if setup.authentication == "basic":
            return ["-u", f"{setup.client_id}:{setup.client_secret}"]
        return ["-d", f"client_id={setup.client_id}", "-d", f"client_secret={setup.client_secret}"]


def _curl(*arguments: str) -> tuple[int, str]:
    """Return status and body."""
    # the credentials in argv are those of a sandbox
    command = ["curl", "-q", "--silent", "--noproxy", "*", "--write-out", "\n%{http_code}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


if __name__ == "__main__":
    serve(Client)
