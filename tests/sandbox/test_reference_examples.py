"""Examples of Smily's reference, "Testing Authorization", with curl and only the host changed."""

from __future__ import annotations

import html
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.polling import PATIENCE
from tests.support.processes import needs_curl

if TYPE_CHECKING:
    from tests.support.visitor import Visitor

HOST = "https://www.bookingsync.com"
AUTHORIZE = (
    f"{HOST}/oauth/authorize?client_id=CLIENT_ID&redirect_uri=urn:ietf:wg:oauth:2.0:oob&response_type=code"
)
CUSTOM_SCOPES = "&scope=bookings_read%20rentals_read"
EXCHANGE = (
    "client_id=CLIENT_ID&client_secret=CLIENT_SECRET&code=RETURNED_CODE"
    "&grant_type=authorization_code&redirect_uri=urn:ietf:wg:oauth:2.0:oob"
)
REFRESH = (
    "client_id=CLIENT_ID&client_secret=CLIENT_SECRET&refresh_token=REFRESH_TOKEN"
    "&grant_type=refresh_token&redirect_uri=urn:ietf:wg:oauth:2.0:oob"
)
SAMPLE = {"access_token", "token_type", "expires_in", "refresh_token", "scope"}


def filled(visitor: Visitor, example: str, **values: str) -> str:
    client = {
        HOST: visitor.server,
        "CLIENT_ID": visitor.client["client_id"],
        "CLIENT_SECRET": visitor.client["client_secret"],
    }
    for name, value in (client | values).items():
        example = example.replace(name, value)
    return example


def curl(*arguments: str) -> dict[str, Any]:
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE)
    fields: dict[str, Any] = json.loads(done.stdout)
    return fields


def approve(visitor: Visitor, address: str) -> str:
    """Visit the link, send the page's own form, and read the code."""
    page = visitor.http.get(address)
    action = re.search(r'<form method="post" action="([^"]+)">', page.text)
    assert action, page.text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    chosen = re.search(r'name="account" value="(\d+)" checked', page.text)
    button = re.search(r'<button class="go" name="(\w+)" value="(\w+)">Authorize</button>', page.text)
    assert chosen
    assert button
    form = {name: html.unescape(value) for name, value in fields.items()}
    form |= {"account": chosen[1], button[1]: button[2]}
    code_page = visitor.http.post(action[1], data=form, follow_redirects=True)
    code = re.search(r'<code id="authorization_code">([0-9a-f]{64})</code>', code_page.text)
    assert code, code_page.text
    return code[1]


@needs_curl
@pytest.mark.parametrize(
    ("example", "scope"), [(AUTHORIZE, "public"), (AUTHORIZE + CUSTOM_SCOPES, "bookings_read rentals_read")]
)
def test_the_console_walk_through(visitor: Visitor, example: str, scope: str) -> None:
    code = approve(visitor, filled(visitor, example))
    url = filled(visitor, f"{HOST}/oauth/token")
    first = curl("-X", "POST", "-d", filled(visitor, EXCHANGE, RETURNED_CODE=code), url)
    second = curl("-X", "POST", "-d", filled(visitor, REFRESH, REFRESH_TOKEN=first["refresh_token"]), url)
    for tokens in (first, second):
        assert set(tokens) >= SAMPLE
        assert tokens["scope"] == scope
        assert tokens["expires_in"] == 7200
        for name in ("access_token", "refresh_token"):
            assert re.fullmatch(r"[0-9a-f]{64}", tokens[name])
    assert {first["access_token"], first["refresh_token"]}.isdisjoint(second.values())


@needs_curl
def test_the_post_to_the_full_address_works_as_the_reference_words_it(visitor: Visitor) -> None:
    code = approve(visitor, filled(visitor, AUTHORIZE))
    first = curl("-X", "POST", filled(visitor, f"{HOST}/oauth/token?{EXCHANGE}", RETURNED_CODE=code))
    token = first["refresh_token"]
    second = curl("-X", "POST", filled(visitor, f"{HOST}/oauth/token?{REFRESH}", REFRESH_TOKEN=token))
    accounts = curl(
        "-H", f"Authorization: Bearer {second['access_token']}", f"{visitor.server}/api/v3/accounts"
    )
    assert [account["id"] for account in accounts["accounts"]] == [4711]
