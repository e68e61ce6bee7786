"""What a terminal may send: no byte ends the full screen, and no bug of it ends it in the toolkit's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.processes import PROGRAM, clean_environment
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

HIGH = bytes(range(0x80, 0x100))
PIECES: dict[str, tuple[list[bytes], str]] = {
    "one byte": ([b"\xff"], "�okay"),
    "each byte alone": ([bytes([byte]) for byte in HIGH], "�okay"),
    "a latin-1 name": ([b"Soci\xe9t\xe9 "], "Soci�t� okay"),
    "a latin-1 paste": ([b"\x1b[200~Soci\xe9t\xe9 \x1b[201~"], "Soci�t�okay"),
    "every byte in a paste": ([b"\x1b[200~" + HIGH + b"\x1b[201~"], "�okay"),
    "half a letter in a paste": ([b"\x1b[200~Caf\xc3\x1b[201~"], "Caf�okay"),
    "a surrogate": ([b"\xed\xa0\x80"], "�okay"),
    "a letter beyond Unicode": ([b"\xf4\x90\x80\x80"], "�okay"),
    "a surrogate as a key": ([b"\x1b[55296u"], "okay"),
    "a key of no letter": ([b"\x1b[1114112u"], "okay"),
    "a key of too large a number": ([b"\x1b[99999999999999999999u"], "okay"),
    "a letter of no number": ([b"\x1b[97;;99999999999u"], "okay"),
    "an old mouse": ([b"\x1b[M\xff\xff\xff"], "okay"),
    "a mouse far away": ([b"\x1b[<35;99999999999999999;1M"], "okay"),
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return clean_environment(tmp_path)


@pytest.mark.parametrize("name", PIECES)
def test_no_byte_ends_the_full_screen(environ: dict[str, str], name: str) -> None:
    pieces, shown = PIECES[name]
    with Terminal(PROGRAM, environ) as terminal:
        terminal.wait_for_focus_below("Client ID")
        for piece in pieces:
            terminal.send(piece)
        terminal.send(b"okay")
        terminal.wait_for(shown)
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def test_a_letter_that_comes_in_two_pieces_is_one_letter(environ: dict[str, str]) -> None:
    with Terminal(PROGRAM, environ) as terminal:
        terminal.wait_for_focus_below("Client ID")
        terminal.send("Café".encode()[:-1])
        terminal.wait_for("Caf")
        terminal.send("é 東".encode()[1:-1])
        terminal.wait_for("Café")
        terminal.send("東".encode()[-1:])
        terminal.wait_for("Café 東")
