"""`smily-tui sandbox` as a process: one line when it listens, a log, and an orderly end."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.support.polling import PATIENCE
from tests.support.processes import PROGRAM, clean_environment, needs_curl
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-P", "-m", "smily_tui", "sandbox"]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def in_a_shell(script: str) -> str:
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, timeout=PATIENCE)
    return done.stdout


def line_of(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout
    listening: dict[str, str] = json.loads(process.stdout.readline())
    return listening


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_right_after_the_line_ends_it_well(number: signal.Signals) -> None:
    with started() as process:
        assert set(line_of(process)) == {"server", "client_id", "client_secret"}
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")


def test_requests_are_logged_and_a_signal_ends_it_well() -> None:
    with started("--expires-in", "60", "--rotation", "immediate", "--latency-ms", "1") as process:
        listening = line_of(process)
        with httpx.Client(base_url=listening["server"], trust_env=False) as http:
            listening["grant_type"] = "client_credentials"
            answer = http.post("/oauth/token", data=listening).json()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=PATIENCE)
    assert answer["expires_in"] == 60
    assert (process.returncode, out) == (0, "")
    assert re.fullmatch(r"\d\d:\d\d:\d\d POST /oauth/token grant_type=client_credentials 200 \d+ ms\n", err)


def test_quiet_writes_no_log() -> None:
    with started("--quiet") as process:
        server = line_of(process)["server"]
        httpx.get(f"{server}/style.css", trust_env=False)
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=PATIENCE) == ("", "")


CALLBACK = "http://localhost:3000/cb?a=b&c"
SECRET = 'p q$`&;"#é'


def test_env_prints_lines_for_a_shell_and_for_a_env_file() -> None:
    options = ("--env", "--client-id", "my-app", "--client-secret", SECRET)
    with started(*options, "--redirect-uri", CALLBACK) as process:
        assert process.stdout
        lines = [process.stdout.readline().rstrip("\n") for _ in range(5)]
        shell = 'set -u; printf "%s\\n" "$BOOKINGSYNC_URL" "$BOOKINGSYNC_APP_ID" "$BOOKINGSYNC_APP_SECRET"'
        shell += ' "$BOOKINGSYNC_SCOPE" "$BOOKINGSYNC_VERIFY_SSL"'
        read = in_a_shell("\n".join([*lines, shell])).splitlines()
        url, *values = read
        assert values == ["my-app", SECRET, "public bookings_read rentals_read", "false"]
        # a .env file has one value a line, bare or between single quotes with nothing special in them
        in_file = [re.fullmatch(r"[A-Z_]+=(?:'([^'\\]*)'|([\w.:/-]*))", line) for line in lines]
        assert [match and (match[1] or match[2]) for match in in_file] == read
        request = {"client_id": "my-app", "redirect_uri": CALLBACK, "response_type": "code"}
        page = httpx.get(f"{url}/oauth/authorize", params=request, trust_env=False)
        assert 'name="token"' in page.text


@needs_curl
def test_on_a_terminal_it_says_what_runs_and_its_commands_work(tmp_path: Path) -> None:
    options = ("sandbox", "--client-secret", "x y", "--client-id", "my app")
    with Terminal([*PROGRAM, *options], clean_environment(tmp_path), rows=40, columns=300) as terminal:
        terminal.wait_for("Press Ctrl+C to stop")
        screen = terminal.text()
        server = re.search(r"http://127.0.0.1:\d+", screen)
        assert server
        assert f"{server[0]}/sandbox/faults" in screen
        curl = re.search(r"curl (.*\\\r?\n)*.*", screen)
        assert curl
        assert json.loads(in_a_shell(curl[0].replace("\r", "")))["scope"] == "public"
        terminal.wait_for("grant_type=client_credentials 200")
        terminal.press("ctrl+c")
        assert terminal.exit_code() == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--redirect-uri", "http://app.example/"), "plain http is for this computer only"),
        (
            ("--fault", "x\x1b[31my"),
            "Unknown fault “xy”.\nNothing was done.\nChoose from: expired-code,",
        ),
        (("--allow-host", "*"), "“*” is not a host name."),
        (("--app-name", ""), "The app's name is empty."),
        (("--client-id", "a\tb"), "Cannot register the Client ID"),
        (("--env", "--client-secret", "it's"), "--env cannot write"),
    ],
)
def test_an_option_that_cannot_be_used_is_explained(arguments: tuple[str, ...], sentence: str) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments], check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_an_ordered_fault_and_the_rest_of_the_options_reach_the_server() -> None:
    options = ("--fault", "wrong-secret", "--pkce", "--allow-host", "proxy.example", "--app-name", "My app")
    with started(*options) as process:
        listening = line_of(process)
        fields = {name: listening[name] for name in ("client_id", "client_secret")}
        fields["grant_type"] = "client_credentials"
        with httpx.Client(base_url=listening["server"], trust_env=False) as http:
            assert [http.post("/oauth/token", data=fields).status_code for _ in range(2)] == [401, 200]
            proxied = http.get("/style.css", headers={"Host": "proxy.example"})
            assert proxied.status_code == 200
            request = {"client_id": listening["client_id"], "response_type": "code", "code_challenge": "x"}
            request["redirect_uri"] = "urn:ietf:wg:oauth:2.0:oob"
            assert "must be plain or S256" in http.get("/oauth/authorize", params=request).text
            del request["code_challenge"]
            assert "My app" in http.get("/oauth/authorize", params=request).text


def test_a_log_that_is_not_read_does_not_stop_the_answers() -> None:
    """A pipe holds 64 KiB."""
    with started() as process:
        server = line_of(process)["server"]
        with httpx.Client(base_url=server, trust_env=False, timeout=PATIENCE) as http:
            for _ in range(700):
                assert http.get(f"/{'x' * 150}").status_code == 404


def test_offline_at_the_start_is_offline_at_once() -> None:
    with started("--fault", "offline") as process:
        server = line_of(process)["server"]
        with pytest.raises(httpx.ConnectError):
            ask_until_refused(server)


def ask_until_refused(server: str) -> None:
    """Ask until the port refuses; before that it may accept and stay silent."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        httpx.get(f"{server}/style.css", trust_env=False, timeout=1)


def test_it_ends_with_its_parent() -> None:
    with started("--until-stdin-closes") as process:
        line_of(process)
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_log_that_nobody_reads_does_not_end_it() -> None:
    with started() as process:
        listening = line_of(process)
        assert process.stderr
        process.stderr.close()
        with httpx.Client(base_url=listening["server"], trust_env=False) as http:
            assert [http.get("/oauth/authorize").status_code for _ in range(3)] == [200] * 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "--port", port], check=False, capture_output=True, text=True, timeout=PATIENCE
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Cannot listen on port {port}: Address already in use." in done.stderr
    assert "Traceback" not in done.stderr
