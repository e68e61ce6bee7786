"""The main job, as a person does it: a real terminal, a real browser, a real server, real files."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

from smily_tui.accounts import Accounts
from smily_tui.vault.home import Home
from tests.support.polling import until
from tests.support.processes import PROGRAM, SandboxProcess, connect_plain
from tests.support.terminal import Terminal, fill_in, link_on

if TYPE_CHECKING:
    from tests.support.browser import Owner

Run = Any


def status_of_me(server: str, token: str) -> int:
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{server}/api/v3/me", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def wait_until_refused(server: str, token: str) -> None:
    """Wait until the server agrees: its clock started when the answer left, ours when the request did."""
    until(lambda: status_of_me(server, token) == 401)


def wait_until_expired(environ: dict[str, str], run: Run, address: str) -> None:
    """Wait for the account's token to expire; the program says so then."""
    stored = Accounts(Home.at(Path(environ["SMILY_TUI_HOME"])))
    account = stored.find(address)
    until(lambda: account.left(stored.clock.now()) < 0)
    listed = json.loads(run("accounts", "--json").stdout)["accounts"]
    assert [each["state"] for each in listed if each["account"] == address] == ["expired"]


def test_from_a_client_id_to_tokens_that_stay_valid(environ: dict[str, str], run: Run, owner: Owner) -> None:
    with SandboxProcess("--expires-in", "6") as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        leak = Path(environ["HOME"]) / "leak.log"
        environ["TEXTUAL_LOG"] = str(leak)
        with Terminal(PROGRAM, environ) as terminal:
            fill_in(terminal, f"\nClient ID: {sandbox.client_id}\n", sandbox.client_secret)

            terminal.press("down", "down", "down", "space")
            terminal.wait_for(re.compile(r"\[x\] read +See bookings"))
            terminal.press("enter")

            link = link_on(terminal)
            assert link.endswith("response_type=code&scope=public%20bookings_read")
            code = owner.approve(link, "Villa Rosa")
            terminal.paste(f"\n  {code[:40]}\n{code[40:]} \n")
            terminal.press("enter")
            screen = terminal.wait_for("No, forget it")
            assert "Connected: Villa Rosa  (account 4711)" in screen
            assert "Is this the right account?" in screen

            # a second account of the same application, and once a no
            terminal.type("a")
            link = link_on(terminal)
            owner.sign_out()
            terminal.paste(owner.deny(link))
            terminal.press("enter")
            terminal.wait_for("The owner declined")
            owner.sign_out()
            code = owner.approve(link, "Chalet [Alpes]")
            terminal.paste(f"{sandbox.server}/oauth/authorize/native?code={code}")
            terminal.press("enter")
            screen = terminal.wait_for("No, forget it")
            assert "Connected: Chalet [Alpes]  (account 4712)" in screen
            terminal.type("d")
            terminal.wait_for("2 accounts")
            terminal.wait_for("/ Find")
            terminal.press("q")
            assert terminal.exit_code() == 0
            for secret in (sandbox.client_secret, code):
                assert secret not in terminal.raw
            assert not leak.exists(), "the toolkit's log would hold every paste"

        for account in ("my-app/villa-rosa", "my-app/chalet-alpes"):
            first = run("token", account)
            assert first.returncode == 0, first.stderr
            assert status_of_me(sandbox.server, first.stdout.strip()) == 200
            wait_until_expired(environ, run, account)
            wait_until_refused(sandbox.server, first.stdout.strip())
            second = run("token", account)
            assert second.stdout != first.stdout
            assert status_of_me(sandbox.server, second.stdout.strip()) == 200
        assert sandbox.stop() == 0


def test_the_same_line_by_line_without_a_terminal(environ: dict[str, str], run: Run, owner: Owner) -> None:
    with SandboxProcess() as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        code, out, err = connect_plain(
            environ, owner, "Villa Rosa", [sandbox.client_secret], "--app", "Demo", "--client-id",
            sandbox.client_id, "--secret-stdin", "--scope", "bookings_read", "--yes",
        )  # fmt: skip
        assert (code, out) == (0, "demo/villa-rosa\n"), err
        code, out, err = connect_plain(environ, owner, "Casa Azul & Jardín", [], "--app", "Demo")
        assert (code, out) == (0, "demo/casa-azul-jardin\n"), err
        assert sandbox.client_secret not in err
        listed = run("accounts")
        assert "Villa Rosa" in listed.stdout
        assert "public bookings_read" in listed.stdout
        found = json.loads(run("api", "accounts", "villa-rosa").stdout)
        assert found["accounts"][0]["business_name"] == "Villa Rosa"
        again, out, _ = connect_plain(environ, owner, "Villa Rosa", [], "--app", "Demo")
        assert (again, out) == (0, "demo/villa-rosa\n"), "the same account takes its old place"
        assert len(json.loads(run("accounts", "--json").stdout)["accounts"]) == 2
        stored = Accounts(Home.at(Path(environ["SMILY_TUI_HOME"]))).accounts()
        assert all(account.used for account in stored), "the first use is noted"


def test_the_same_on_a_terminal_line_by_line(environ: dict[str, str], owner: Owner) -> None:
    with SandboxProcess() as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        with Terminal([*PROGRAM, "connect", "--plain"], environ, columns=200) as terminal:
            terminal.wait_for("Name (optional) [My app]:")
            terminal.press("enter")
            terminal.wait_for("Client ID:")
            terminal.type(f"{sandbox.client_id}\r")
            terminal.wait_for("Client Secret (not shown):")
            terminal.type(f"{sandbox.client_secret}\r")
            terminal.wait_for("Permission [done]:")
            terminal.press("enter")
            screen = terminal.wait_for("Code (not shown):")
            found = re.search(r"http://\S+", screen.replace("\n", ""))
            assert found
            link = found[0].split("Paste")[0]
            terminal.type(f"{link}\r")
            terminal.wait_for("That is the link to open, not the code.")
            code = owner.approve(link, "Villa Rosa")
            terminal.type(f"{code}\r")
            terminal.wait_for("Name of the account [Villa Rosa]:")
            terminal.type("Rosa\r")
            terminal.wait_for("Is this the right account? [yes]:")
            terminal.press("enter")
            terminal.wait_for("my-app/rosa")
            assert terminal.exit_code() == 0
            assert sandbox.client_secret not in terminal.raw
            assert code not in terminal.raw


def at_once(count: int, command: list[str], environ: dict[str, str]) -> list[subprocess.Popen[str]]:
    """So many processes, none of which gets to work before the last is there.

    On a busy machine the first would be done, and its token of six seconds expired, before the last began:
    a caller that comes so late has every right to another request.
    """
    gate, opener = os.pipe()
    callers = [
        subprocess.Popen(
            ["sh", "-c", 'read -r _; exec "$@"', "sh", *command],
            env=environ, stdin=gate, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(count)
    ]  # fmt: skip
    os.close(gate)
    os.close(opener)
    return callers


def test_fifty_callers_at_once_make_one_request(environ: dict[str, str], run: Run, owner: Owner) -> None:
    with SandboxProcess("--expires-in", "6") as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        connect_plain(
            environ, owner, "Villa Rosa", [sandbox.client_secret], "--client-id", sandbox.client_id,
            "--secret-stdin", "--yes",
        )  # fmt: skip
        wait_until_expired(environ, run, "my-app/villa-rosa")
        callers = at_once(50, [*PROGRAM, "token"], environ)
        answers = [caller.communicate(timeout=120) for caller in callers]
        assert {caller.returncode for caller in callers} == {0}, [err for _, err in answers if err][:1]
        assert len({out for out, _ in answers}) == 1
        sandbox.stop()
        assert sandbox.token_requests("refresh_token") == 1
