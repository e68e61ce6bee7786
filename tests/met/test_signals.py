"""Signals sent to the process that refreshes, while the server has acted and its answer is not yet here."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer, Reply
from tests.support.polling import until
from tests.support.processes import PROGRAM, workers_of

if TYPE_CHECKING:
    from tests.support.person import Person

IRRESISTIBLE = {signal.SIGKILL, signal.SIGSTOP}


def helper_of(pid: int) -> int:
    """The refreshing process that a program has started."""
    (helper,) = workers_of(pid)
    return helper


def blocked(pid: int) -> set[int]:
    """The signals that a process holds back (proc(5), SigBlk)."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    (mask,) = [int(line.split()[1], 16) for line in lines if line.startswith("SigBlk:")]
    return {number for number in range(1, signal.NSIG) if mask >> (number - 1) & 1}


class SlowAnswer:
    """The answer to a refresh: decided at once, sent when the test says so."""

    def __init__(self, server: BentServer) -> None:
        self._go = threading.Event()
        server.bend_token = self._wait

    def _wait(self, _: dict[str, str], reply: Reply) -> Reply:
        assert self._go.wait(20)
        return reply

    def send(self) -> None:
        """Let it go."""
        self._go.set()


def send_all(helper: int) -> None:
    """Every signal that can be held back, one after the other."""
    sent = signal.valid_signals() - IRRESISTIBLE
    assert blocked(helper) == sent
    for number in sorted(sent):
        os.kill(helper, number)


def test_no_signal_that_can_be_held_back_costs_the_answer_to_a_refresh(
    server: BentServer, person: Person
) -> None:
    person.connect()
    before = person.run("token").stdout.strip()
    answer = SlowAnswer(server)
    with subprocess.Popen([*PROGRAM, "refresh"], env=person.environ) as refreshing:
        until(lambda: len(server.posts) == 2)
        send_all(helper_of(refreshing.pid))
        answer.send()
        assert refreshing.wait(20) == 0
    after = person.run("token").stdout.strip()
    assert after != before
    assert after in server.live.values()
    assert person.holds_a_live_token()


def test_no_signal_that_can_be_held_back_costs_the_answer_to_a_code(
    server: BentServer, person: Person
) -> None:
    answer = SlowAnswer(server)
    command = [
        *PROGRAM,
        "connect",
        "--plain",
        "--yes",
        "--app",
        "app",
        "--client-id",
        CLIENT_ID,
        "--secret-stdin",
    ]
    with subprocess.Popen(command, env=person.environ, stdin=subprocess.PIPE, text=True) as connecting:
        assert connecting.stdin is not None
        connecting.stdin.write(f"{CLIENT_SECRET}\n{server.code()}\n")
        connecting.stdin.close()
        until(lambda: len(server.posts) == 1)
        send_all(helper_of(connecting.pid))
        answer.send()
        assert connecting.wait(20) == 0
    assert person.run("token").stdout.strip() in server.live.values()


def test_a_limit_of_seconds_of_work_ends_no_refresh_before_it_must(
    server: BentServer, person: Person
) -> None:
    """`ulimit -S -t`: the soft limit sends SIGXCPU each second; the hard one kills, and stays."""
    person.connect()
    answer = SlowAnswer(server)
    limited = lambda: resource.setrlimit(resource.RLIMIT_CPU, (100, 1000))  # noqa: E731
    with subprocess.Popen([*PROGRAM, "refresh"], env=person.environ, preexec_fn=limited) as refreshing:  # noqa: PLW1509
        until(lambda: len(server.posts) == 2)
        limits = Path(f"/proc/{helper_of(refreshing.pid)}/limits").read_text("ascii")
        assert "Max cpu time 1000 1000 seconds" in " ".join(limits.split())
        answer.send()
        assert refreshing.wait(20) == 0
