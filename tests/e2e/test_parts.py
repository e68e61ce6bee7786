"""The parts of the end-to-end tests do what the tests take for granted."""

from __future__ import annotations

import re
import signal
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.support.processes import SandboxProcess
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.support.browser import Owner

APP = """
from textual.app import App
from textual.widgets import Input, Label

class Echo(App):
    BINDINGS = [("ctrl+t", "finish", "End")]
    def compose(self):
        yield Input()
        yield Label(f"ready [{self.size.width}]", markup=False)
    def on_input_changed(self, event):
        self.query_one(Label).update(f"typed {len(event.value)}")
    def on_resize(self, event):
        self.title = f"{event.size.width}x{event.size.height}"
        self.query_one(Input).placeholder = self.title
    def action_finish(self):
        self.exit(return_code=7)

app = Echo()
app.run()
raise SystemExit(app.return_code)
"""


@pytest.fixture
def echo(environ: dict[str, str]) -> Terminal:
    return Terminal([sys.executable, "-c", APP], environ)


def test_a_program_is_typed_to_pasted_to_resized_and_ended(echo: Terminal) -> None:
    with echo as terminal:
        terminal.wait_for("80x24")
        terminal.resize(60, 20)
        terminal.wait_for(re.compile("60x20"))
        terminal.type("ab")
        terminal.press("c")
        terminal.wait_for("typed 3")
        terminal.press("backspace")
        terminal.wait_for("typed 2")  # a binding's key may be passed by what follows it at once
        terminal.paste("x" * 40)
        screen = terminal.wait_for(lambda shown: "typed 42" in shown)
        assert "ab" + "x" * 40 in screen
        terminal.press("ctrl+t")
        assert terminal.exit_code() == 7
        assert "\x1b[?1049l" in terminal.raw


def test_the_screen_shows_nothing_of_the_toolkits_questions(echo: Terminal) -> None:
    with echo as terminal:
        screen = terminal.wait_for("80x24")
        assert "\x1b[>" in terminal.raw
        assert not re.search(r"\$p|\du\b|2026", screen)


def test_a_sequence_that_arrives_in_pieces_is_one_sequence(environ: dict[str, str]) -> None:
    with Terminal(["cat"], environ) as terminal:
        for piece in "one\x1b[<1u\x1b[?2026$p\x1bPtmux\x1b\\\x1b]0;title\x07\x1b[1mtwo":
            terminal.show(piece)
        assert terminal.text().split() == ["onetwo"]


def test_waiting_in_vain_tells_what_the_screen_shows(environ: dict[str, str]) -> None:
    with (
        Terminal(["echo", "something else"], environ) as terminal,
        pytest.raises(AssertionError, match=r"in vain for 'this'.*\n.*something else"),
    ):
        terminal.wait_for("this")


def test_a_program_that_a_signal_ends_is_told_from_one_that_ends_itself(environ: dict[str, str]) -> None:
    with Terminal(["sh", "-c", "kill -TERM $$"], environ) as terminal:
        assert terminal.exit_code() == -signal.SIGTERM


def test_a_program_that_is_left_running_is_ended(environ: dict[str, str]) -> None:
    with Terminal(["sh", "-c", "trap '' HUP INT; echo deaf; cat"], environ) as terminal:
        terminal.wait_for("deaf")
    assert not terminal.is_alive()


def test_a_signed_in_browser_authorizes_without_asking(owner: Owner) -> None:
    with SandboxProcess() as sandbox:
        link = f"{sandbox.server}/oauth/authorize?" + urlencode(
            {
                "client_id": sandbox.client_id,
                "redirect_uri": "urn:ietf:wg:oauth:2.0:oob",
                "response_type": "code",
            }
        )
        first = owner.approve(link, "Chalet [Alpes]")
        second = owner.code_without_being_asked(link)
        assert len({first, second}) == 2
        owner.sign_out()
        assert "access_denied" in owner.deny(link)
        assert sandbox.stop() == 0
        assert any("POST /oauth/authorize 302" in line for line in sandbox.log)
        assert sandbox.token_requests("refresh_token") == 0
