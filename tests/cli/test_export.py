"""`smily-tui export`: what other programs read from it is what was stored, whatever the names hold."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smily_tui.export import _WRITERS, Export, as_text, export_of, file_name
from smily_tui.messages.accounts import FORMATS
from smily_tui.sandbox.server import Options
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean
from smily_tui.vault.store import Store
from tests.support.connected import connected, let_expire
from tests.support.corpus import strings
from tests.support.processes import clean_environment, needs_curl, run_program
from tests.support.sampling import examples
from tests.support.scanner import Canary, Scanner

if TYPE_CHECKING:
    from pathlib import Path

ME = "api/v3/me"
SCRIPT = """\
import os, sys
names = ("ACCESS_TOKEN", "SERVER", "EXPIRES_AT", "ACCOUNT", "ACCOUNT_ID", "ACCOUNT_NAME", "SCOPES")
sys.stdout.buffer.write(b"\\0".join(os.environb[b"SMILY_" + name.encode()] for name in names))
"""
LABELS = st.one_of(st.text(), st.sampled_from(strings())).map(clean)
TOKENS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=80)


def export(label: str = "Villa Rosa", token: str = "a" * 64, number: int | None = 4711) -> Export:
    return Export(
        "app/villa-rosa", Clean(label), number, "https://www.bookingsync.com",
        (Clean("public"), Clean("rentals_read")), Secret(token), 1_795_507_200.0, 1_795_500_000.0,
    )  # fmt: skip


def test_every_format_has_its_words_and_its_writer() -> None:
    assert list(FORMATS) == list(_WRITERS)
    assert len({file_name(export(), name) for name in FORMATS}) == len(FORMATS)


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LABELS, TOKENS)
def test_a_shell_that_evaluates_it_has_the_exact_values(label: str, token: str) -> None:
    code = f'eval "$(cat)" && exec {shlex.quote(sys.executable)} -c {shlex.quote(SCRIPT)}'
    text = as_text(export(label, token), "env")
    found = subprocess.run(["/bin/sh", "-c", code], input=text.encode(), capture_output=True, check=True)
    assert found.stderr == b""
    assert found.stdout.decode().split("\0") == [
        token, "https://www.bookingsync.com", "1795507200", "app/villa-rosa", "4711", label,
        "public rentals_read",
    ]  # fmt: skip


@given(LABELS, TOKENS)
def test_json_has_the_exact_values(label: str, token: str) -> None:
    found = json.loads(as_text(export(label, token, None), "json"))
    assert (found["name"], found["access_token"], found["account_id"]) == (label, token, None)
    assert (found["schema"], found["account"]) == (1, "app/villa-rosa")
    assert (found["expires_at"], found["expires_in"]) == ("2026-11-24T08:00:00Z", 7200)
    collection = json.loads(as_text(export(label, token), "postman"))
    assert collection["info"]["name"] == f"Smily: {label}"
    assert {each["key"]: each["value"] for each in collection["variable"]}["access_token"] == token


def test_the_collection_has_what_postman_asks_for() -> None:
    collection = json.loads(as_text(export(), "postman"))
    assert collection["info"]["schema"].endswith("/v2.1.0/collection.json")
    assert collection["auth"]["bearer"] == [{"key": "token", "value": "{{access_token}}", "type": "string"}]
    for item in collection["item"]:
        url = item["request"]["url"]
        assert url["raw"] == "/".join([*url["host"], *url["path"]])


@pytest.mark.parametrize("name", ["curl", "httpie"])
@given(token=TOKENS)
def test_a_command_has_the_token_in_its_input_and_not_in_its_arguments(name: str, token: str) -> None:
    command, *lines, end, nothing = as_text(export(token=token), name).split("\n")
    words = shlex.split(command)
    assert words[0] == {"curl": "curl", "httpie": "http"}[name]
    assert (words[-1], end, nothing) == ("<<END", "END", "")
    assert command == as_text(export(token="0" * 64), name).split("\n")[0], "it does not depend on the token"
    plain = re.sub(r"\\(.)", r"\1", lines[-1]) if name == "curl" else lines[-1]
    assert f"Bearer {token}" in plain
    assert len(lines) == {"curl": 2, "httpie": 1}[name]


# -- the command, against a real server ------------------------------------------------------------------


def test_it_leaves_with_a_valid_token_and_nothing_else_that_is_secret(tmp_path: Path) -> None:
    with connected(tmp_path / "smily", Options()) as (sandbox, stored, address):
        let_expire(Store(stored.home), address, sandbox)
        environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": sandbox.listening.server}
        found = {name: run_program(environ, "export", "villa-rosa", "--format", name) for name in FORMATS}
        pairs = sandbox.state.pairs
        access = pairs[-1].access
        secrets = [Canary("refresh", pair.refresh) for pair in pairs if pair.refresh]
        scanner = Scanner(Canary("client secret", sandbox.state.client.client_secret), *secrets)
    assert len(pairs) == 2, "it was expired, so the first of them renewed it, and the others did not"
    for name, answer in found.items():
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout.count(access) == 1, name
        assert scanner.hits(answer.stdout + answer.stderr) == []
        assert "It works until" in answer.stderr
        assert "smily-tui token app/villa-rosa" in answer.stderr
        assert access not in answer.stderr


class Echo(BaseHTTPRequestHandler):
    """Answers with the token that it was shown."""

    def do_GET(self) -> None:
        """What came after "Bearer"."""
        shown = self.headers.get("Authorization", "").removeprefix("Bearer ").encode("latin-1")
        self.send_response(200)
        self.send_header("Content-Length", str(len(shown)))
        self.end_headers()
        self.wfile.write(shown)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing."""


@needs_curl
@pytest.mark.parametrize(
    "token",
    ['a"b\\c"d\\', "x'y$HOME`id`", '"' * 9, "\\" * 9, "#%{}!*[]~|<>&;", "\\n\\t\\r\\v\\0", "@/etc/passwd"],
)
def test_curl_sends_every_character_of_a_token(token: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        found = dataclasses.replace(export(token=token), server=f"http://127.0.0.1:{server.server_port}")
        text = as_text(found, "curl").replace("curl ", "curl --noproxy '*' ", 1)
        answer = subprocess.run(["/bin/sh", "-c", text], capture_output=True, timeout=60, check=True)
        server.shutdown()
    assert answer.stdout.decode("latin-1") == token


@needs_curl
def test_the_curl_command_gets_an_answer(tmp_path: Path) -> None:
    with connected(tmp_path / "smily", Options()) as (_, stored, address):
        text = as_text(export_of(stored, address), "curl")
        command = ["/bin/sh", "-c", text.replace("curl ", "curl --noproxy '*' ", 1)]
        found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "accounts_applications" in json.loads(found.stdout)


def test_the_postman_collection_and_httpie_name_the_same_call(tmp_path: Path) -> None:
    with connected(tmp_path / "smily", Options()) as (sandbox, stored, address):
        found = export_of(stored, address)
        url = f"{sandbox.listening.server}/{ME}"
    assert shlex.split(as_text(found, "httpie").split("\n")[0])[3] == url
    assert json.loads(as_text(found, "postman"))["item"][0]["request"]["url"]["raw"] == "{{server}}/" + ME


def test_a_failure_leaves_stdout_empty_and_the_tokens_untouched(tmp_path: Path) -> None:
    with connected(tmp_path / "smily", Options()) as (sandbox, stored, address):
        let_expire(Store(stored.home), address, sandbox)
        server = sandbox.listening.server
        path = Store(stored.home).slot(address).path()
    before = path.read_bytes()
    environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": server}
    offline = run_program(environ, "export", "villa-rosa", "--format", "env")
    assert (offline.returncode, offline.stdout) == (6, "")
    assert "Cannot reach" in offline.stderr
    assert path.read_bytes() == before
    nobody = run_program(environ, "export", "nobody", "--format", "json")
    assert (nobody.returncode, nobody.stdout) == (3, "")
    usage = run_program(environ, "export", "villa-rosa")
    assert (usage.returncode, usage.stdout) == (2, "")
    assert "--format" in usage.stderr
