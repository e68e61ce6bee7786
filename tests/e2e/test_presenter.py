"""A talk: the whole demo on a projector, with an error on demand, and nothing secret on the screen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal, link_on

if TYPE_CHECKING:
    from tests.support.browser import Owner


def ask_palette(terminal: Terminal, words: str, answer: str) -> None:
    """Choose an entry of the palette by typing a part of it."""
    terminal.press("ctrl+p")
    terminal.wait_for("Search for commands")
    terminal.type(words)
    terminal.wait_for(f"Demo: {words}")
    terminal.press("enter")
    terminal.wait_for(answer)


def test_a_talk_from_the_link_to_a_refresh_whose_cable_is_pulled(
    environ: dict[str, str], owner: Owner
) -> None:
    with Terminal([*PROGRAM, "demo", "--presenter"], environ, columns=120, rows=36, limit=30.0) as terminal:
        terminal.wait_for("demo app is filled in")
        terminal.wait_for("smily-tui    server")
        terminal.wait_for_focus_below("Client ID")
        terminal.press("enter")
        terminal.wait_for("[x] public")
        terminal.press("enter")
        terminal.wait_for("Check code")
        terminal.wait_for("not sent yet")
        link = link_on(terminal)

        ask_palette(terminal, "expired code", "Demo: The next code is too old.")
        late = owner.approve(link, "Villa Rosa")
        terminal.paste(late)
        terminal.press("enter")
        terminal.wait_for("✗ You asked for this: the code is 11 minutes old. The server")
        terminal.wait_for(re.compile(r"✗ .* 400 ─"))

        code = owner.code_without_being_asked(link)
        terminal.paste(code)
        terminal.press("enter")
        terminal.wait_for("Connected: Villa Rosa")
        terminal.wait_for(re.compile(r"✓ .* name ─"))
        terminal.wait_for(re.compile(r"POST /oauth/token +✓ 200"))

        terminal.press("tab", "enter")
        terminal.wait_for("██████")
        ask_palette(terminal, "lost answer", "Demo: The server acts")
        terminal.press("r")
        terminal.wait_for("Refreshed Villa Rosa, valid for")
        terminal.wait_for(re.compile(r"POST /oauth/token +✗ cut"))
        terminal.wait_for(re.compile(r"✓ .* tokens ─"))
        terminal.press("v")
        terminal.wait_for("stay hidden in presenter mode")
        terminal.press("q")
        assert terminal.exit_code() == 0
        for secret in (late, code):
            assert not any(secret[at : at + 12] in terminal.raw for at in range(len(secret) - 11))
