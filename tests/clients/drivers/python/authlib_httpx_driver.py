"""Driver of Authlib over httpx."""

from __future__ import annotations

from authlib.integrations.httpx_client import OAuth2Client

from tests.clients.drivers.python import authlib_driver
from tests.clients.drivers.python.serving import serve


class Client(authlib_driver.Client):
    """OAuth2Client."""

    Session = OAuth2Client


if __name__ == "__main__":
    serve(Client)
