"""Pasted codes: read in any wrapping, refused with a reason otherwise."""

from __future__ import annotations

import dataclasses
import hashlib
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from smily_tui.oauth.errors import OwnerDeclined, OwnLink, PageError, PasteRefused
from smily_tui.oauth.paste import PasteContext, read_pasted_code
from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.text import Untrusted

SERVER = Origin("https://www.bookingsync.com")
CODE = hashlib.sha256(b"code").hexdigest()
OTHER = "Ab-_9" * 8 + "xyz"
ID = "a1b2" * 16
SECRET = Secret("5ec4" * 16)
SPENT = "77aa" * 16
TOKEN = "70ce" * 16
PAGE = f"{SERVER}/oauth/authorize/native"
CONTEXT = PasteContext(
    ID,
    SECRET,
    SERVER,
    spent=lambda mark: "at 10:32" if mark == Secret(SPENT).fingerprint() else None,
    is_token=lambda secret: secret == Secret(TOKEN),
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
        f"\x1b[200~{CODE}\x1b[201~",
        f"\x1b[1m{CODE}\x1b[0m",
        f"Authorization code {CODE}",
        f"Code\n{CODE}",
        f"AUTHORIZATION CODE:\n  “{CODE}”.",
        f"Smily\nSign out\nAuthorization code:\n{CODE}\nHelp",
        f"Authorization code: {CODE[:20]}\n{CODE[20:]}",
        f'<code id="authorization_code">{CODE}</code>',
        f"> {CODE}",
        f"**{CODE}**",
        f"code={CODE}\nThanks, Ana",
        f"code={CODE[:10]}%{ord(CODE[10]):02X}{CODE[11:]}",
        f"{PAGE}?code={CODE}\n\nThanks, Ana",
        f"{PAGE}?code={CODE} {PAGE}?code={CODE}",
        f"HTTPS://WWW.BookingSync.com:443/oauth/authorize/native?code={CODE}",
        f"www.bookingsync.com/oauth/authorize/native?code={CODE}",
        f"{SERVER}/en/oauth/authorize/native?code={CODE}",
        f'{{"error": null, "code": "{CODE}"}}',
    ],
)
def test_a_code_is_read_however_it_comes(text: str) -> None:
    assert read_pasted_code(Untrusted(text), CONTEXT) == Secret(CODE)


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        ("", PasteRefused, "Nothing was pasted"),
        (" \n\u200b ", PasteRefused, "Nothing was pasted"),
        (f"{CODE}\n{OTHER}", PasteRefused, "several codes"),
        (f"?code={CODE}&code={OTHER}", PasteRefused, "several codes"),
        (f"{SERVER}/oauth/authorize?client_id={ID}&response_type=code", OwnLink, "link to open"),
        (f"https://evil.example/oauth/authorize/native?code={CODE}", PasteRefused, "another server"),
        (f"{SERVER}/oauth/authorize/native?error=access_denied", OwnerDeclined, "The owner declined"),
        ('{"error":"access_denied","error_description":"x"}', OwnerDeclined, "The owner declined"),
        ("error=invalid_scope", PageError, "invalid_scope"),
        (f"{SERVER}/en/partners", PasteRefused, "no code in that address"),
        (ID, PasteRefused, "Client ID"),
        (SECRET.reveal(), PasteRefused, "Client Secret"),
        (SPENT, PasteRefused, "here at 10:32."),
        ('{"access_token": "abcdefgh"}', PasteRefused, "token response"),
        ("abc", PasteRefused, "no code"),
        ("please send me the code", PasteRefused, "more than the code"),
        ("пароль-код-пароль", PasteRefused, "cyrillic small letter pe"),
        ("x" * 9000, PasteRefused, "too long"),
        ("x" * 513, PasteRefused, "too long"),
        (f"{CODE[:20]}é{CODE[20:]}", PasteRefused, "latin small letter e with acute"),
        ("code=%00%00%00%00", PasteRefused, "one without a name"),
        (TOKEN, PasteRefused, "stored here"),
        (f"Bearer {CODE}", PasteRefused, "a token"),
        (f"access_token={CODE}", PasteRefused, "a token"),
        ('{"refresh_token": "abcdefgh"}', PasteRefused, "token response"),
        (f"Client ID: {OTHER}", PasteRefused, "Client ID"),
        (f"Client Secret: {OTHER}", PasteRefused, "Client Secret"),
        (f"{SECRET.reveal()[:40]}\n{SECRET.reveal()[40:]}", PasteRefused, "Client Secret"),
        (f"{PAGE}?code={ID}", PasteRefused, "Client ID"),
        (
            f"client_id={ID}&redirect_uri=urn:ietf:wg:oauth:2.0:oob&response_type=code",
            OwnLink,
            "link",
        ),
        (f"{SERVER}/oauth/authorize?client_id={ID}&response_ty\npe=code", OwnLink, "link to open"),
        (f"{PAGE}?code={CODE} {PAGE}?code={OTHER}", PasteRefused, "several addresses"),
        (f"https://evil.example/oauth/authorize?client_id={ID}", PasteRefused, "evil.example"),
        (f"https://www.bookingsync.com@evil.example/?code={CODE}", PasteRefused, "evil.example"),
        (f"https://{CODE}/?code={CODE}", PasteRefused, "another server."),
        (f"https://[oops/?code={CODE}", PasteRefused, "is not valid"),
        (f"client_id=x&client_secret=y&code={CODE}", PasteRefused, "token request"),
        ("error=ACCESS_DENIED", OwnerDeclined, "The owner declined"),
        (
            "The resource owner or authorization server denied the request.",
            OwnerDeclined,
            "The owner declined",
        ),
        ("An error has occurred\nThe requested scope is invalid.", PageError, "shows an error"),
        (f"error={OTHER.lower()}", PageError, "an error instead"),
        ("code=", PasteRefused, "no code"),
        ("authorization please", PasteRefused, "more than the code"),
        ('{"code": 7}', PasteRefused, "no code"),
        ("{not json", PasteRefused, "more than the code"),
    ],
)
def test_anything_else_is_refused_with_words_that_help(
    text: str, kind: type[PasteRefused], sentence: str
) -> None:
    with pytest.raises(PasteRefused) as raised:
        read_pasted_code(Untrusted(text), CONTEXT)
    assert type(raised.value) is kind
    assert sentence in raised.value.what
    assert raised.value.kept
    assert raised.value.next
    for secret in (CODE, OTHER, OTHER.lower(), ID, SECRET.reveal(), SPENT, TOKEN):
        assert secret not in raised.value.in_lines()


codes = st.text(string.ascii_letters + string.digits + "-_", min_size=20, max_size=64)
environment = st.sampled_from(["", " ", "\n", "\t", '"', "\u200b", "\ufeff", "\r\n"])


@given(codes, environment, environment, st.sampled_from(["", "Authorization code: ", "code="]))
def test_any_code_survives_any_wrapping(code: str, before: str, after: str, label: str) -> None:
    assert read_pasted_code(Untrusted(f"{before}{label}{code}{after}"), CONTEXT) == Secret(code)


# The width of a whole code is left out: lines so long are taken for codes, as the docstring says.
widths = st.integers(16, 80).filter(lambda width: width not in {43, 64})
long_codes = st.text(string.ascii_letters + string.digits + "-_", min_size=20, max_size=512).filter(
    lambda code: len(set(code)) > 4
)


@given(long_codes, widths, st.sampled_from(["\n", "\r\n", "\n  ", "  \n", " ", "\u00a0\n"]))
def test_a_code_broken_at_any_width_is_put_together(code: str, width: int, end: str) -> None:
    lines = [code[start : start + width] for start in range(0, len(code), width)]
    assume(not (len(lines[-1]) in {43, 64} and len(lines) > 1))
    assert read_pasted_code(Untrusted(end.join(lines)), CONTEXT) == Secret(code)


@given(
    long_codes,
    st.sampled_from(["{}", "{} ", "https://other.example/x?code={}", "access_token={}", "a {} b c"]),
)
def test_a_refused_paste_is_not_in_the_words_of_its_refusal(code: str, frame: str) -> None:
    context = dataclasses.replace(CONTEXT, client_secret=Secret(code))
    with pytest.raises(PasteRefused) as raised:
        read_pasted_code(Untrusted(frame.format(code)), context)
    assert code not in raised.value.in_lines() + repr(raised.value)
    assert raised.value.__cause__ is None


@given(st.text(max_size=300))
def test_any_paste_gives_a_code_or_a_named_refusal(text: str) -> None:
    try:
        code = read_pasted_code(Untrusted(text), CONTEXT)
    except PasteRefused:
        return
    assert all("!" <= char <= "~" for char in code.reveal())
