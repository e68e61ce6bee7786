"""A server that can be bent, and a person who uses the program with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import BentServer
from tests.support.certificates import Authority
from tests.support.person import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["immediate"])
def server(request: pytest.FixtureRequest) -> Iterator[BentServer]:
    """A server; parametrize it indirectly with "on-use" for the other way of rotating."""
    with BentServer(request.param) as running:
        yield running


@pytest.fixture
def person(tmp_path: Path, server: BentServer) -> Person:
    """A person with an empty store."""
    return Person(tmp_path, server)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """What signs the certificate of `encrypted`."""
    return Authority(tmp_path)


@pytest.fixture
def encrypted(authority: Authority) -> Iterator[BentServer]:
    """A server at https://localhost, for which certificates and proxies count."""
    with BentServer(tls=authority.server()) as running:
        yield running


@pytest.fixture
def client(tmp_path: Path, encrypted: BentServer, authority: Authority) -> Person:
    """A person with an empty store, whose environment names the authority of `encrypted`."""
    person = Person(tmp_path, encrypted)
    person.environ["SSL_CERT_FILE"] = str(authority.file)
    return person


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without any variable about the network."""
    for name in os.environ:
        if name.lower().endswith("_proxy") or name.startswith("SSL") or name.endswith("CA_BUNDLE"):
            monkeypatch.delenv(name)
    return monkeypatch


@pytest.fixture
def connected(client: Person) -> Person:
    """A person with one account at an encrypted server."""
    assert client.connect().returncode == 0
    return client
