"""`smily-tui sandbox` as a process: one line when it listens, a log, and an orderly end."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-P", "-m", "smily_tui", "sandbox"]
LIMIT = 30


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: subprocess.Popen[str]) -> dict[str, str]:
    assert process.stdout
    listening: dict[str, str] = json.loads(process.stdout.readline())
    return listening


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_right_after_the_line_ends_it_well(number: signal.Signals) -> None:
    with started() as process:
        assert set(line_of(process)) == {"server", "client_id", "client_secret"}
        process.send_signal(number)
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out, err) == (0, "", "")


def test_requests_are_logged_and_a_signal_ends_it_well() -> None:
    with started("--expires-in", "60", "--rotation", "immediate", "--latency-ms", "1") as process:
        listening = line_of(process)
        with httpx.Client(base_url=listening["server"], trust_env=False) as http:
            listening["grant_type"] = "client_credentials"
            answer = http.post("/oauth/token", data=listening).json()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=LIMIT)
    assert answer["expires_in"] == 60
    assert (process.returncode, out) == (0, "")
    assert re.fullmatch(r"\d\d:\d\d:\d\d POST /oauth/token grant_type=client_credentials 200 \d+ ms\n", err)


def test_it_ends_with_its_parent() -> None:
    with started("--until-stdin-closes") as process:
        line_of(process)
        out, err = process.communicate(timeout=LIMIT)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_log_that_nobody_reads_does_not_end_it() -> None:
    with started() as process:
        listening = line_of(process)
        assert process.stderr
        process.stderr.close()
        with httpx.Client(base_url=listening["server"], trust_env=False) as http:
            assert [http.get("/oauth/authorize").status_code for _ in range(3)] == [200] * 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "--port", port], check=False, capture_output=True, text=True, timeout=LIMIT
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"Cannot listen on port {port}: Address already in use." in done.stderr
    assert "Traceback" not in done.stderr
