"""An origin is checked where it becomes one: no file that a person or a program edits gets around it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from smily_tui.origin import BadServer, Origin
from smily_tui.records import Record
from smily_tui.vault.format import decode_file, encode_file
from smily_tui.vault.model import Authorization, Credentials
from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.person import Person

FORBIDDEN = [
    "http://localhost:{port}",
    "http://LOCALHOST:{port}",
    "http://user:pw@localhost:{port}",
    "http://user:pw@127.0.0.1:{port}",
    "http://127.0.0.1:{port}/x",
    "http://127.0.0.1:{port}?x=1",
    "http://127.0.0.1:{port}#x",
    "http://127.1:{port}",
    "http://www.bookingsync.com",
    "ftp://127.0.0.1:{port}",
    "127.0.0.1:{port}",
    "https://",
    "https://xn--\u0131.example",
]
SPELLINGS = ["HTTP://127.0.0.1:{port}", "http://127.0.0.1:{port}/", "Http://127.0.0.1:0{port}/"]


def config(server: str, client_id: str = CLIENT_ID) -> str:
    return f'[applications.app]\nname = "app"\nclient_id = "{client_id}"\nserver = {json.dumps(server)}\n'


def write_config(person: Person, server: str) -> None:
    person.home.mkdir(parents=True, exist_ok=True)
    (person.home / "config.toml").write_text(config(server))


@pytest.mark.parametrize("address", FORBIDDEN)
def test_a_forbidden_server_in_the_settings_gets_no_secret(
    server: BentServer, person: Person, address: str
) -> None:
    address = address.format(port=server.port)
    write_config(person, address)
    ended = person.run(
        "connect", "--plain", "--yes", "--app", "app", "--client-id", CLIENT_ID, "--secret-stdin",
        stdin=f"{CLIENT_SECRET}\n{server.code()}\n", SMILY_TUI_SERVER="",
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (7, "")
    assert "config.toml" in ended.stderr
    assert "applications.app.server" in ended.stderr
    assert server.posts == []
    assert CLIENT_SECRET.encode() not in person.stored()


@pytest.mark.parametrize("address", SPELLINGS)
def test_another_spelling_of_a_server_is_the_same_server(
    server: BentServer, person: Person, address: str
) -> None:
    assert person.connect().returncode == 0
    write_config(person, address.format(port=server.port))
    again = person.connect()
    assert again.returncode == 0, again.stderr
    assert again.stdout.split()[-1] == "app/villa-rosa"
    assert person.run("refresh").returncode == 0
    assert [fields["client_secret"] for fields in server.posts] == [CLIENT_SECRET] * 3


def _credentials(person: Person, address: str) -> Path:
    path = person.home / "state" / "app" / "application.json"
    content = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "server": address}
    path.write_bytes(encode_file("application", content))
    return path


def _tokens(person: Person, address: str) -> Path:
    path = person.home / "state" / "app" / "villa-rosa.tokens"
    content = decode_file("authorization", path.read_bytes(), path).raw("server")
    path.write_bytes(encode_file("authorization", content | {"server": address}))
    return path


@pytest.mark.parametrize("address", FORBIDDEN[:5])
@pytest.mark.parametrize("put", [_credentials, _tokens])
def test_a_store_that_names_a_forbidden_server_is_an_error_and_sends_nothing(
    server: BentServer, person: Person, put: Callable[[Person, str], Path], address: str
) -> None:
    person.connect()
    path = put(person, address.format(port=server.port))
    before, posts, paths = path.read_bytes(), len(server.posts), len(server.paths)
    for command in (["refresh"], ["api", "bookings"] if put is _tokens else ["refresh", "--all"]):
        ended = person.run(*command)
        assert (ended.returncode, ended.stdout) == (7, ""), ended.stderr
        assert str(path) in ended.stderr
        assert "names a server that cannot be used" in ended.stderr
    assert (len(server.posts), len(server.paths)) == (posts, paths)
    assert path.read_bytes() == before


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_store_in_another_spelling_is_read(server: BentServer, person: Person, spelling: str) -> None:
    person.connect()
    address = spelling.format(port=server.port)
    _credentials(person, address)
    _tokens(person, address)
    assert person.run("refresh").returncode == 0
    assert person.run("accounts").stdout.startswith("app/villa-rosa")


def test_a_draft_for_a_forbidden_server_is_none(server: BentServer, person: Person) -> None:
    person.connect()
    draft = {
        "step": "authorize", "server": f"http://localhost:{server.port}", "name": "App",
        "client_id": CLIENT_ID, "application": "", "scopes": ["public"], "link_made": None,
        "account_id": None, "at": [0.0, "", 0.0],
    }  # fmt: skip
    (person.home / "state" / "wizard.draft").write_bytes(encode_file("draft", draft))
    assert person.run("accounts").returncode == 0


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_origin_holds_a_forbidden_address(address: str) -> None:
    with pytest.raises(BadServer):
        Origin(address.format(port=8000))
    with pytest.raises(ValueError, match=r".|$"):
        Record({"server": address.format(port=8000)}).origin("server")


def test_an_origin_is_a_plain_text_in_a_file() -> None:
    assert json.dumps([Origin("HTTPS://WWW.Example.com:443/")]) == '["https://www.example.com"]'
    assert Origin(Origin("https://a.example")) == "https://a.example"
    for kind in (Authorization, Credentials):
        assert "Origin" in str(kind.__annotations__["server"])
