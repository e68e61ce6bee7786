"""Hostile strings by the hundred, each with a printable word before and after it that must survive."""

from __future__ import annotations

import itertools
from typing import Final

BEFORE: Final = "Abra"
AFTER: Final = "kadabra"
SCRIPTS: Final = (
    "Ünïcødé",
    "Παράδειγμα",
    "Пример",
    "例え話",
    "مثال",
    "דוגמה",
    "उदाहरण",
    "ตัวอย่าง",
    "👩‍🌾🏡",
    "ﬁ½Ⅷ",
)

_ENDS = ("\x07", "\x1b\\", "\x9c", "")
_COMMANDS = (
    "0;title", "2;title", "8;;http://evil.example", "52;c;ZXZpbA==", "52;c;?", "1337;File=:AAAA", "4;1;?",
    "10;?", "11;?", "104", "9;4;1;50", "777;notify;a;b", "133;A",
)  # fmt: skip
_CSI = (
    "2J", "3J", "H", "1;1H", "?1049h", "?1049l", "?25l", "?2004l", "?1000h", "?1003h", "6n", "5n", "c", ">c",
    "=c", "0;31m", "38;5;1m", "7m", "8m", "1000A", "1000B", "1000C", "1000D", "2K", "1P", "100X", "r", "s",
    "u", "?6n", "18t", "21t", "14t", ">4;2m", "?2026h", "!p", "4l", "20h", "5i", "4i", ">1u", "<u",
)  # fmt: skip
_STRINGS = ("tmux;\x1b\x1b]52;c;eA==\x07", '$q"p', "+q544e", "1$r", "anything", "\x1b\x1b", "@kitty-cmd{}")
_MARKUP = (
    "[", "]", "[/]", "[/b]", "[b]", "[red]", "[/red]", "[link=http://evil.example]", "[@click=app.quit]",
    "[@click=app.bell()]x[/]", "[on red]", "[TODO]", "[$error]", "[bold red on blue]", "\\[b]", "[[", "]]",
    "[b", "b]", "[/nothing]", "[#ff0000]", "[reverse]", "[not a tag]", "[1]", "[=x]", "[\n]", "{x}", "%s",
    "{0.__class__}", "$HOME", "`id`", "<b>", "&amp;", ":smile:", "[link]", "[/link]", "[@]", "[a=\"b]",
)  # fmt: skip
_INVISIBLE = (
    *"\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064",
    *"\u2066\u2067\u2068\u2069\ufeff\u00ad\u061c\u180e\u206a\u206f\ufff9\ufffa\ufffb\u115f\u3164\ufe0f\u034f",
    *(chr(0xE0000 + number) for number in range(0x20, 0x7F, 7)),
    "\ud800", "\udfff", "\ud83d", "\udc80\udcff", "\ufffe", "\uffff", "\U0010ffff", "\ue000", "\u2028",
    "\u2029", "e" + "\u0301" * 60, "\u0e49" * 40, "\u20dd" * 30,
)  # fmt: skip


def hostile() -> list[str]:
    """All of them, without repetition."""
    found: list[str] = [chr(code) for code in (*range(32), *range(0x7F, 0xA0))]
    found += [f"{intro}{each}" for intro in ("\x1b[", "\x9b") for each in _CSI]
    found += [
        f"{intro}{command}{end}"
        for intro, command, end in itertools.product(("\x1b]", "\x9d"), _COMMANDS, _ENDS)
    ]
    found += [
        f"{intro}{body}{end}"
        for intro, body, end in itertools.product(
            ("\x1bP", "\x90", "\x1b_", "\x9f", "\x1b^", "\x9e", "\x1bX", "\x98"), _STRINGS[:3], _ENDS
        )
    ]
    found += [f"\x1b{char}" for char in "c78DEHMNOZ=>lmn|}~#(*+/-.%"]
    found += [*_MARKUP, *_STRINGS, *_INVISIBLE]
    found += ["\r\n", "\n\n\n", "\t" * 9, "\x0b", "\x0c", "\x00" * 5, "\x7f" * 5, "\b" * 50, " " * 500]
    found += ["A" * 100_000, "漢" * 10_000, "\x1b[" + "1;" * 5000 + "m", "\x1b]0;" + "x" * 100_000]
    found += [f"{script}{each}" for script, each in itertools.product(SCRIPTS, ("\x1b[2J", "[/b]", "\u202e"))]
    return list(dict.fromkeys(found))


def strings() -> list[str]:
    """Each between two words."""
    return [f"{BEFORE}{each}{AFTER}" for each in hostile()]
