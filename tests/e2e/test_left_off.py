"""Killed in the wizard, by a signal that nothing can catch: the next start goes on where it was."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

from smily_tui.accounts import Accounts
from smily_tui.vault.home import Home
from tests.support.dialogue import HIDDEN, Dialogue, say_yes
from tests.support.polling import until
from tests.support.processes import PROGRAM, SandboxProcess
from tests.support.terminal import Terminal, fill_in, fill_in_secret, link_on

if TYPE_CHECKING:
    from collections.abc import Mapping

YES = "[yes]: "


def draft_of(environ: Mapping[str, str]) -> Path:
    return Home.at(Path(environ["SMILY_TUI_HOME"])).state / "wizard.draft"


def labels(environ: Mapping[str, str]) -> list[str]:
    return [each.label for each in Accounts(Home.at(Path(environ["SMILY_TUI_HOME"]))).accounts()]


def enter_secret_again(terminal: Terminal, sandbox: SandboxProcess) -> None:
    """It is stored when the server has accepted it, with a code; until then a kill loses it."""
    terminal.wait_for("Paste the Client Secret again (drafts don't hold it).")
    fill_in_secret(terminal, sandbox.client_secret)
    terminal.wait_for("2 selected")
    terminal.press("enter")


def kill(terminal: Terminal) -> None:
    terminal.signal(signal.SIGKILL)
    assert terminal.exit_code() == -signal.SIGKILL


def test_killed_at_each_step_and_connected_in_the_end(environ: dict[str, str]) -> None:
    with SandboxProcess() as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        with Terminal(PROGRAM, environ) as terminal:
            fill_in(terminal, sandbox.client_id, sandbox.client_secret)
            terminal.press("down", "down", "down", "space")
            terminal.wait_for("2 selected")
            until(lambda: b"bookings_read" in draft_of(environ).read_bytes())
            kill(terminal)
        assert sandbox.client_secret.encode() not in draft_of(environ).read_bytes()

        with Terminal(PROGRAM, environ) as terminal:
            terminal.wait_for("You were connecting an app: step 2 of 4, Permissions.")
            terminal.press("enter")
            enter_secret_again(terminal, sandbox)
            link = link_on(terminal)
            until(lambda: b'"authorize"' in draft_of(environ).read_bytes())
            kill(terminal)

        with Terminal(PROGRAM, environ) as terminal:
            terminal.wait_for("You were connecting an app: step 3 of 4, Authorize.")
            terminal.press("enter")
            enter_secret_again(terminal, sandbox)
            assert link_on(terminal) == link
            terminal.paste(say_yes(link))
            terminal.press("enter")
            terminal.wait_for("Connected: Villa Rosa")
            assert not draft_of(environ).exists()
            kill(terminal)

        with Terminal(PROGRAM, environ) as terminal:
            screen = terminal.wait_for("1 account")
            assert "Continue" not in screen
            terminal.press("q")
            assert terminal.exit_code() == 0
        assert labels(environ) == ["Villa Rosa"]


def test_the_plain_mode_offers_the_same_in_the_same_words(environ: dict[str, str]) -> None:
    with SandboxProcess() as sandbox:
        environ["SMILY_TUI_SERVER"] = sandbox.server
        with Dialogue(PROGRAM, environ) as talk:
            talk.answer("Name (optional) [My app]: ", "Demo app")
            talk.answer("Client ID: ", sandbox.client_id)
            talk.answer(HIDDEN, sandbox.client_secret)
            talk.answer("Permission [done]: ", "")
            link = talk.link()
            talk.hear(HIDDEN)
            talk.kill()
        assert sandbox.client_secret.encode() not in draft_of(environ).read_bytes()

        with Dialogue(PROGRAM, environ) as talk:
            talk.hear("You were connecting Demo app: step 3 of 4, Authorize.")
            talk.answer(f"Continue where you left off? {YES}", "")
            talk.hear("Paste the Client Secret again (drafts don't hold it).")
            talk.answer("Name (optional) [Demo app]: ", "")
            talk.answer(f"Client ID [{sandbox.client_id}]: ", "")
            talk.answer(HIDDEN, sandbox.client_secret)
            talk.answer("Permission [done]: ", "")
            assert talk.link() == link
            talk.answer(HIDDEN, say_yes(link))
            talk.answer(f"Is this the right account? {YES}", "")
            talk.hear("1 Villa Rosa: valid")
            assert not draft_of(environ).exists()
