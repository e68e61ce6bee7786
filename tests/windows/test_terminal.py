"""Full screen and hidden prompts at a Windows console; that of Wine 8 shows sequences as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.support.polling import until
from tests.support.terminal import Terminal
from tests.support.windows import PROGRAM, environment

if TYPE_CHECKING:
    from pathlib import Path

LIMIT: Final = 90.0  # seconds; Wine starts slowly on a busy machine
CLIENT_ID: Final = "a" * 64
CLIENT_SECRET: Final = "5ecre7" * 10 + "5ecr"


def written(terminal: Terminal) -> str:
    """Return all that was written, without the ends of lines that the console puts in at its width."""
    return terminal.raw.replace("\r", "").replace("\n", "")


def test_the_full_screen_starts_and_leaves(tmp_path: Path) -> None:
    variables = environment(tmp_path / "home", "http://127.0.0.1:1")
    with Terminal(PROGRAM, variables, limit=LIMIT) as terminal:
        terminal.wait_for(lambda _: "Client Secret" in written(terminal))
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def test_a_secret_is_not_shown_while_it_is_typed(tmp_path: Path) -> None:
    variables = environment(tmp_path / "home", "http://127.0.0.1:1")
    command = (*PROGRAM, "connect", "--plain", "--app", "app", "--client-id", CLIENT_ID)
    with Terminal(command, variables, limit=LIMIT) as terminal:
        terminal.wait_for("Client Secret (not shown)")
        # Wine 8 leaves the pty as it is until its console reads for the first time
        terminal.wait_until_hidden()
        terminal.type(f"{CLIENT_SECRET}\r")
        terminal.wait_for("Step 2 of 4")
        assert CLIENT_SECRET[:8] not in written(terminal)
        terminal.type("quit\r")
        terminal.exit_code()


def test_an_owner_is_put_into_the_queue(environ: dict[str, str], tmp_path: Path) -> None:
    queue = tmp_path / "home" / "state" / "app.queue"
    with Terminal(PROGRAM, environ, limit=LIMIT) as terminal:
        for key, words in (("", "1 account"), ("Q", "The queue is empty"), ("a", "One account per line")):
            terminal.type(key)
            terminal.wait_for(lambda _, words=words: words in written(terminal))  # type: ignore[misc]
        terminal.type("Villa Azur")
        terminal.press("ctrl+s")
        until(lambda: queue.exists() and b"Villa Azur" in queue.read_bytes(), LIMIT)
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
