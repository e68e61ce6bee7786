"""What "copied" means: read back, or not said."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.desktop.clipboard import (
    CLEARS,
    COPIED,
    LIMIT,
    NOT_COPIED,
    OFF,
    SENT,
    Clipboard,
    Copied,
    clear_if_unchanged,
    copy,
)
from smily_tui.desktop.terminal import terminal_of
from smily_tui.secret import Secret
from tests.support.polling import PATIENCE, until
from tests.support.programs import HANGS, KEEPS, Programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


pytestmark = pytest.mark.alone  # a clipboard has 3 s to answer
VERIFIED = Copied(verified=True, words=COPIED, ask_terminal=False)
ASK = Copied(verified=False, words=SENT, ask_terminal=True)
ASK_IN_TMUX = replace(ASK, words=f"{SENT} {terminal_of({'TMUX': 'socket'}).get_clipboard}")
REFUSED = Copied(verified=False, words=NOT_COPIED, ask_terminal=False)
TOKEN = Secret("70ce" * 16)
LIES = '#!/bin/sh\ncase "$*" in *-o*) echo another ;; *) cat >/dev/null ;; esac\n'
FAILS = '#!/bin/sh\necho "Error: Can\'t open display" >&2\nexit 1\n'
TAKES = '#!/bin/sh\necho "$*" >"$0.arguments"\ncat >"$0.taken"\n'
TEXTS = ["plain", "ends\n", "\r\nlines\r\n", "Zoë – ✓ 京", " " * 9]


def environ(programs: Programs, **more: str) -> dict[str, str]:
    return {"PATH": f"{programs.folder}:/usr/bin:/bin", "DISPLAY": ":no-such-screen", **more}


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("locale", ["C.UTF-8", "C", "en_US.ISO-8859-1"])
def test_a_text_that_is_read_back_was_copied(programs: Programs, text: str, locale: str) -> None:
    xclip = programs.add("xclip", KEEPS)
    assert copy(text, environ(programs, LC_ALL=locale)) == VERIFIED
    assert Path(f"{xclip}.kept").read_bytes() == text.encode()


@pytest.mark.parametrize("tool", [LIES, FAILS])
def test_a_tool_that_lies_or_fails_is_not_believed(
    programs: Programs, tool: str, capfd: pytest.CaptureFixture[str]
) -> None:
    programs.add("xclip", tool)
    assert copy("text", environ(programs)) == ASK
    assert copy(TOKEN, environ(programs)) == REFUSED
    assert capfd.readouterr() == ("", "")


def test_a_tool_that_hangs_is_ended_with_all_that_it_started(programs: Programs) -> None:
    xclip = programs.add("xclip", HANGS)
    began = time.monotonic()
    assert copy(TOKEN, environ(programs)) == REFUSED
    assert LIMIT <= time.monotonic() - began <= 3.0
    pid = Path(f"{xclip}.pid").read_text("ascii").strip()
    until(lambda: not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes())


def test_whatever_hangs_the_person_waits_for_less_than_three_seconds(programs: Programs) -> None:
    programs.add("xclip", HANGS)
    tmux = programs.add("tmux", HANGS)
    inside = environ(programs, TMUX="/tmp/x,1,0")
    began = time.monotonic()
    assert copy("text", inside) == ASK_IN_TMUX
    assert time.monotonic() - began <= 3.0
    assert Path(f"{tmux}.pid").exists(), "tmux was given its turn"
    began = time.monotonic()
    clear_if_unchanged(TOKEN, inside)
    assert time.monotonic() - began <= 3.0


def test_without_any_clipboard_the_terminal_is_asked(programs: Programs) -> None:
    bare = {"PATH": str(programs.folder)}
    assert copy("text", bare) == ASK
    assert copy(TOKEN, bare) == REFUSED


def test_on_a_remote_machine_its_own_clipboard_is_left_alone(programs: Programs) -> None:
    xclip = programs.add("xclip", KEEPS)
    remote = environ(programs, SSH_CONNECTION="x")
    assert copy("text", remote) == ASK
    assert copy(TOKEN, remote) == REFUSED
    clear_if_unchanged("text", remote)
    assert not Path(f"{xclip}.kept").exists()


@pytest.mark.parametrize("more", [{}, {"SSH_TTY": "/dev/pts/9"}])
def test_tmux_is_given_a_text_but_never_a_secret(programs: Programs, more: Mapping[str, str]) -> None:
    programs.add("xclip", FAILS)
    tmux = programs.add("tmux", TAKES)
    inside = environ(programs, TMUX="/tmp/x,1,0", **more)
    assert copy(TOKEN, inside) == REFUSED
    assert not Path(f"{tmux}.taken").exists()
    assert copy("text", inside) == ASK_IN_TMUX
    assert Path(f"{tmux}.taken").read_text("utf-8") == "text"
    assert Path(f"{tmux}.arguments").read_text("utf-8") == "load-buffer -w -\n"


def test_a_secret_is_cleared_unless_something_newer_was_copied(programs: Programs) -> None:
    kept = Path(f"{programs.add('xclip', KEEPS)}.kept")
    assert copy(TOKEN, environ(programs)) == VERIFIED
    assert kept.read_text("utf-8") == TOKEN.reveal()
    clear_if_unchanged(TOKEN, environ(programs))
    assert kept.read_bytes() == b""
    assert copy("newer", environ(programs)) == VERIFIED
    clear_if_unchanged(TOKEN, environ(programs))
    assert kept.read_bytes() == b"newer"


def test_a_text_that_cannot_be_written_is_not_called_copied(programs: Programs) -> None:
    programs.add("xclip", KEEPS)
    assert copy("half \ud83d", environ(programs)) == ASK


@pytest.fixture
def screen() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A real X server without a monitor, and its name."""
    if not (shutil.which("Xvfb") and shutil.which("xclip")):
        pytest.skip("Xvfb or xclip is not installed")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with server, os.fdopen(reading, "rb") as names:
        yield f":{names.readline().decode().strip()}", server
        server.kill()


def test_a_real_clipboard_gets_the_text_and_a_dead_one_is_noticed(
    screen: tuple[str, subprocess.Popen[bytes]],
) -> None:
    name, server = screen
    real = {"PATH": os.environ["PATH"], "DISPLAY": name}
    for text in TEXTS:
        _copied(text, real)
        assert _held(real) == text.encode()
    _copied(TOKEN, real)
    clear_if_unchanged(TOKEN, real)
    assert _held(real) == b""
    server.kill()
    server.wait()
    assert copy(TOKEN, real) == REFUSED


def _copied(text: str | Secret, real: Mapping[str, str]) -> None:
    """Copied and verified; on a busy machine the one who holds the clipboard may answer too late."""
    until(lambda: copy(text, real) == VERIFIED)


def _held(real: Mapping[str, str]) -> bytes:
    asked = subprocess.run(
        ["xclip", "-selection", "clipboard", "-o"],
        env=dict(real),
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    return asked.stdout


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a pane in a real tmux of its own."""
    if not shutil.which("tmux"):
        pytest.skip("tmux is not installed")
    outside = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    call = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    subprocess.run([*call, "new-session", "-d", "cat"], env=outside, check=True)
    asked = subprocess.run(
        [*call, "display-message", "-p", "#{socket_path},#{pid},0"],
        env=outside, check=True, capture_output=True, text=True,
    )  # fmt: skip
    yield {**outside, "TMUX": asked.stdout.strip()}
    subprocess.run([*call, "kill-server"], env=outside, check=True)


def test_a_real_tmux_keeps_a_text_and_gets_no_secret(tmux: dict[str, str]) -> None:
    assert copy("https://www.bookingsync.com/é", tmux) == ASK_IN_TMUX
    assert copy(TOKEN, tmux) == REFUSED
    shown = subprocess.run(
        ["tmux", "list-buffers", "-F", "#{buffer_sample}"], env=tmux, check=True, capture_output=True
    )
    assert shown.stdout.decode().split() == ["https://www.bookingsync.com/é"]


def test_each_way_is_kept_to(programs: Programs) -> None:
    programs.add("xclip", KEEPS)
    found = environ(programs)
    assert copy("link", found, "system") == Copied(verified=True, words=COPIED, ask_terminal=False)
    assert copy("link", found, "osc52") == Copied(verified=False, words=SENT, ask_terminal=True)
    assert copy("link", found, "off") == Copied(verified=False, words=OFF, ask_terminal=False)
    assert not copy(Secret("token"), found, "osc52").ask_terminal, "never through the terminal"
    (programs.folder / "xclip").unlink()
    assert copy("link", found, "system") == Copied(verified=False, words=NOT_COPIED, ask_terminal=False)


def clipboard(outcome: Copied, *, due: bool = False) -> tuple[Clipboard, list[Secret]]:
    """A clipboard that answers with `outcome`, and the secrets cleared from it; `due`: its time is up."""
    cleared: list[Secret] = []

    def timer(seconds: float, *args: Any) -> threading.Timer:
        return threading.Timer(0.0 if due else seconds, *args)

    return Clipboard(write=lambda _: outcome, clear=cleared.append, timer=timer), cleared


def test_a_copied_secret_is_cleared_when_its_time_is_up() -> None:
    board, cleared = clipboard(VERIFIED, due=True)
    assert board.copy(TOKEN).words == f"{COPIED} {CLEARS}"
    until(lambda: cleared == [TOKEN])
    until(lambda: not board.close())


def test_a_secret_that_still_waits_is_cleared_at_the_end_and_only_once() -> None:
    board, cleared = clipboard(VERIFIED)
    board.copy(Secret("older"))
    board.copy(TOKEN)
    assert (board.close(), cleared) == (True, [TOKEN])
    until(lambda: not board.close())


@pytest.mark.parametrize(("text", "outcome"), [("text", VERIFIED), (TOKEN, REFUSED), ("text", ASK)])
def test_nothing_is_cleared_unless_a_secret_arrived(text: str | Secret, outcome: Copied) -> None:
    board, cleared = clipboard(outcome)
    assert (board.copy(text), board.close(), cleared) == (outcome, False, [])
