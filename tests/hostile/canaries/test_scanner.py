"""The scanner finds what it should, in each form; else nothing that it does not find means anything."""

from __future__ import annotations

import base64
import secrets
from urllib.parse import quote

import pytest

from tests.support.scanner import Canary, Scanner

VALUE = secrets.token_hex(32)
SCANNER = Scanner(Canary("token", VALUE))


@pytest.mark.parametrize(
    "leak",
    [
        VALUE,
        f"Authorization: Bearer {VALUE}\n",
        VALUE[20:32],
        VALUE.upper(),
        quote(VALUE),
        VALUE.encode().hex(),
        *(base64.b64encode(b"x" * pad + VALUE.encode() + b"y" * 5).decode() for pad in range(4)),
        base64.urlsafe_b64encode(b"{" + VALUE.encode()).decode(),
        f"\x1b]52;c;{base64.b64encode(VALUE.encode()).decode()}\x07",
    ],
    ids=[
        "bare", "header", "piece", "capitals", "quoted", "hex",
        *(f"base64-{pad}" for pad in range(4)), "base64url", "osc52",
    ],
)  # fmt: skip
def test_a_secret_is_found_in_every_form(leak: str) -> None:
    assert SCANNER.hits(leak)
    assert SCANNER.hits(b"\xff\x00" + leak.encode())


@pytest.mark.parametrize(
    "harmless",
    ["", VALUE[:11], secrets.token_hex(32), "●●●●●●●●" + VALUE[-4:]],
    ids=["", "short", "other", "masked"],
)
def test_what_is_no_secret_is_not_found(harmless: str) -> None:
    assert SCANNER.hits(harmless) == []
