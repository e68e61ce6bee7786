"""What people paste as a code, as a Client ID and as a secret."""

from __future__ import annotations

import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.oauth import pasted_code as pasted
from smily_tui.oauth.credentials import (
    check_client_id,
    check_client_secret,
    read_client_id,
    read_client_secret,
)
from smily_tui.secret import Secret

SERVER = "https://www.bookingsync.com"
CODE = hashlib.sha256(b"code").hexdigest()
OTHER = "Ab-_9" * 8 + "xyz"
ID = "a1b2" * 16
SECRET = Secret("5ec4" * 16)
SPENT = "77aa" * 16
CONTEXT = pasted.PasteContext(
    ID, SECRET, SERVER, lambda mark: "10:32" if mark == Secret(SPENT).fingerprint() else None
)


@pytest.mark.parametrize(
    "text",
    [
        CODE,
        f"  {CODE}\n",
        f"\n\n{CODE}",
        f"\r\n\t{CODE}\t",
        f'"{CODE}"',
        f"“{CODE}”",
        f"`{CODE}`",
        f"\ufeff{CODE}\u200b",
        f"{CODE[:20]}\u200b{CODE[20:]}",
        f"\u00a0{CODE}\u00a0",
        f"{CODE[:40]}\n{CODE[40:]}",
        f"{CODE[:32]}\n{CODE[32:]}",
        f"{CODE[:24]}\r\n{CODE[24:48]}\r\n{CODE[48:]}",
        f"Authorization code: {CODE}",
        f"Authorization code:\n{CODE}",
        f"authorisation code = {CODE}",
        f"Your code is: {CODE}",
        f"code={CODE}",
        f"?code={CODE}&state=x",
        f"state=x&code={CODE}",
        f"{SERVER}/oauth/authorize/native?code={CODE}",
        f"<{SERVER}/oauth/authorize/native?code={CODE}>",
        f"{SERVER}/oauth/authorize/{CODE}",
        f"{SERVER}/oauth/authorize/native?code={CODE[:20]}\n{CODE[20:]}",
        f"The page is {SERVER}/oauth/authorize/native?code={CODE} now",
        f'{{"code": "{CODE}"}}',
        f"{CODE} {CODE}",
    ],
)
def test_a_code_is_read_however_it_comes(text: str) -> None:
    assert pasted.read_pasted_code(text, CONTEXT) == Secret(CODE)


@pytest.mark.parametrize(
    ("text", "named", "words"),
    [
        ("", pasted.EmptyPaste, "Nothing was pasted"),
        (" \n\u200b ", pasted.EmptyPaste, "Nothing was pasted"),
        (f"{CODE}\n{OTHER}", pasted.SeveralCodes, "several codes"),
        (f"?code={CODE}&code={OTHER}", pasted.SeveralCodes, "several codes"),
        (f"{SERVER}/oauth/authorize?client_id={ID}&response_type=code", pasted.OwnLink, "link to open"),
        (f"https://evil.example/oauth/authorize/native?code={CODE}", pasted.OtherServer, "another server"),
        (f"{SERVER}/oauth/authorize/native?error=access_denied", pasted.OwnerSaidNo, "said no"),
        ('{"error":"access_denied","error_description":"x"}', pasted.OwnerSaidNo, "said no"),
        ("error=invalid_scope", pasted.PageError, "invalid_scope"),
        (f"{SERVER}/en/partners", pasted.NoCode, "no code in that address"),
        (ID, pasted.ClientIdPasted, "Client ID"),
        (SECRET.reveal(), pasted.ClientSecretPasted, "Client Secret"),
        (SPENT, pasted.CodeSpent, "10:32"),
        ('{"access_token": "abcdefgh"}', pasted.TokenPasted, "token response"),
        ("abc", pasted.NoCode, "no code"),
        ("please send me the code", pasted.NoCode, "more than a code"),
        ("пароль-код-пароль", pasted.NoCode, "no code"),
        ("x" * 9000, pasted.NoCode, "too long"),
        ("{not json", pasted.NoCode, "no code"),
    ],
)
def test_anything_else_is_refused_with_words_that_help(
    text: str, named: type[pasted.PasteRefused], words: str
) -> None:
    with pytest.raises(pasted.PasteRefused) as raised:
        pasted.read_pasted_code(text, CONTEXT)
    assert type(raised.value) is named
    assert words in raised.value.what
    assert raised.value.kept
    assert raised.value.next
    for secret in (CODE, OTHER, ID, SECRET.reveal(), SPENT):
        assert secret not in raised.value.in_lines()


codes = st.text(string.ascii_letters + string.digits + "-_", min_size=20, max_size=64)
around = st.sampled_from(["", " ", "\n", "\t", '"', "\u200b", "\ufeff", "\r\n"])


@given(codes, around, around, st.sampled_from(["", "Authorization code: ", "code="]))
def test_any_code_survives_any_wrapping(code: str, before: str, after: str, label: str) -> None:
    assert pasted.read_pasted_code(f"{before}{label}{code}{after}", CONTEXT) == Secret(code)


@given(st.text(max_size=300))
def test_any_paste_gives_a_code_or_a_named_refusal(text: str) -> None:
    try:
        found = pasted.read_pasted_code(text, CONTEXT)
    except pasted.PasteRefused:
        return
    assert all("!" <= char <= "~" for char in found.reveal())


@pytest.mark.parametrize(
    "typed",
    [
        ID,
        f" {ID}\n",
        f"Client ID: {ID}",
        f"client_id={ID}",
        f'"{ID}"',
        f"{ID[:30]}\n{ID[30:]}",
        f"\u200b{ID}",
    ],
)
def test_a_client_id_is_tidied(typed: str) -> None:
    assert read_client_id(typed) == ID
    assert check_client_id(typed).problem == ""


@pytest.mark.parametrize("label", ["", "Client Secret: ", "client_secret=", "Secret: "])
def test_a_client_secret_is_tidied(label: str) -> None:
    assert read_client_secret(f"{label}{SECRET.reveal()}\n") == SECRET


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "missing"),
        ("   ", "missing"),
        (f"Client Secret: {ID}", "swapped"),
        ("ab", "Too short"),
        ("two words here", "no blanks"),
        ("https://www.bookingsync.com/x", "an address"),
        ("x" * 600, "Too long"),
        (SECRET.reveal(), "the same"),
    ],
)
def test_what_cannot_be_a_client_id_is_said_before_anything_is_sent(typed: str, words: str) -> None:
    assert words in check_client_id(typed, SECRET).problem


def test_what_cannot_be_a_secret_is_said_without_repeating_it() -> None:
    assert "swapped" in check_client_secret(Secret(f"Client ID: {ID}"), "").problem
    assert "the same" in check_client_secret(Secret(ID), ID).problem
    unusual = check_client_secret(Secret("unusual-secret-9"), ID)
    assert unusual.problem == ""
    assert "16 characters" in unusual.remark
    assert "unusual-secret" not in unusual.remark
