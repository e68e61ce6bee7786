"""Cases 11 to 15 and C10: codes, tokens and credentials are known however they are handed over."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.oauth.credentials import (
    check_client_id,
    check_client_secret,
    read_access_token,
    read_client_id,
    read_client_secret,
)
from smily_tui.oauth.errors import OwnerDeclined, PageError, PasteRefused
from smily_tui.oauth.paste import PasteContext, read_pasted_code
from smily_tui.origin import DEFAULT
from smily_tui.secret import Secret
from smily_tui.text import Untrusted
from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer
from tests.support.tui.pilot import paste, until
from tests.support.tui.queue import at_row, put, sandbox, states, world

if TYPE_CHECKING:
    from smily_tui.sandbox.server import Sandbox
    from tests.support.person import Person
    from tests.support.tui.scenes import World

__all__ = ["sandbox", "world"]  # the fixtures
SERVER: Final = DEFAULT
PAGE: Final = f"{SERVER}/oauth/authorize/native"
CONTEXT: Final = PasteContext(CLIENT_ID, Secret(CLIENT_SECRET), SERVER, spent=lambda _: None)

# around anything that is handed over
WRAPPINGS: Final = (
    "{}", " {} ", "\t{}\r\n", "\n\n{}", "\u00a0{}\u00a0", "\u3000{}",
    "\ufeff{}", "\u200b{}\u200b", "\u2060{}\u200e", "\u00ad{}",
    '"{}"', "'{}'", "`{}`", "```{}```", "“{}”", "‘{}’", "«{}»", "« {} »", "„{}“", "‹{}›", '"{}",', "'{}';",
    "<{}>", "({})", "[{}]", "{{{}}}", "**{}**", '("{}")', '\ufeff"{}"\r\n',
    "\x1b[200~{}\x1b[201~", "[200~{}[201~", "^[[200~{}^[[201~", "\\e[200~{}\\e[201~", "200~{}201~",
    "00~{}01~", "0~{}1~", "[200~{}", "{}[201~", '[200~"{}"[201~', "\x1b[200~{}\n\x1b[201~",
    "\x1b[1m{}\x1b[0m",
)  # fmt: skip
OF_A_CODE: Final = (
    "{}#_=_", "{}#", "{}&state=x", "{}&amp;state=x", "{}?", "{}.", "{},", "{})", "{}]", "{}>", "{}…",
    "code={}", "code={}#_=_", "?code={}&state=x", "(code={})", "(the code is code={})", "Code: {}.",
    '"code": "{}"', '"code":"{}","state":"x"', '{{"code":"{}"', "{{'code': '{}'}}",
    '{{"state":"x","code":"{}"}}',
    "urn:ietf:wg:oauth:2.0:oob?code={}", "urn:ietf:wg:oauth:2.0:oob:auto?code={}&state=x",
    "<urn:ietf:wg:oauth:2.0:oob?state=x&code={}>", "URN:IETF:WG:OAUTH:2.0:OOB#code={}",
    PAGE + "?code={}#_=_", PAGE + "?code={})", "[here](" + PAGE + "?code={})", "(" + PAGE + "?code={}).",
    "[" + PAGE + "?code={0}](" + PAGE + "?code={0})", SERVER + "/oauth/authorize/{})",
    PAGE + "?state=x&amp;code={}", "<" + PAGE + "?code={}|Authorization code>", "<" + PAGE + "?code={0}|{0}>",
    "code%3D{}", quote(PAGE + "?state=x&code={}", safe="{}"), quote(quote(PAGE + "?code={}"), safe="{}")
    .replace("%257B%257D", "{}"), "> Hello,\n> the code is\n> {}\n> Ana", "［{}］", "＂{}＂",
    "{}\n\nAna, https://agency.example", '<link href="https://cdn.example/x.css"><code id="x">{}</code>',
    '<a href="' + PAGE + '?code={}">open</a>', '<input type="text" value="{}" readonly>',
    "https:\\/\\/www.bookingsync.com\\/oauth\\/authorize\\/native?state=x\\u0026code={}",
)  # fmt: skip
INNER: Final = PAGE + "?code={}&state=x"
WRAPPED_LINKS: Final = (
    "https://eur01.safelinks.protection.outlook.com/?url=" + quote(INNER, safe="{}")
    + "&data=05%7C01%7Cana%40example.com%7C0&sdata=x%2By%3D&reserved=0",
    "<https://emea01.safelinks.protection.outlook.com/ap/t-59584e83/?url="
    + quote(SERVER + "/oauth/authorize/{}", safe="{}") + "&data=05%7C01%7C%2F%7C&reserved=0>",
    "https://www.google.com/url?q=" + quote(INNER, safe="{}") + "&sa=D&source=gmail&ust=17&usg=AO",
    "https://www.google.com/url?q=" + PAGE + "?code={}&sa=D&usg=AO",
    "https://l.facebook.com/l.php?u=" + quote(INNER, safe="{}") + "&h=AT0",
    "https://slack-redir.net/link?url=" + quote(INNER, safe="{}"),
    "https://linkprotect.cudasvc.com/url?a=" + quote(INNER, safe="{}") + "&c=E,1,x&typo=1",
    "https://secure-web.cisco.com/1aB_cD/" + quote(INNER, safe="{}"),
    "https://urldefense.com/v3/__" + PAGE + "?code={}__;!!abc!x$",
    "Here: " + PAGE + "?code={0}<https://eur01.safelinks.protection.outlook.com/?url="
    + quote(PAGE + "?code={0}", safe="{}") + "&data=1> (https://agency.example)",
)  # fmt: skip
ERROR_PAGE: Final = (
    "The requested redirect uri is malformed or doesn't match client redirect URI.",
    "The requested scope is invalid, unknown, or malformed.",
    "Client authentication failed due to unknown client, no client authentication included, or others.",
    "The request is missing a required parameter, or is otherwise malformed.",
    "Missing required parameter: client_id.",
    "The authorization server does not support this response type.",
    "The client is not authorized to perform this request using this method.",
)
OF_A_TOKEN: Final = (
    "Bearer {}", "bearer  {}", "BEARER {}", "Authorization: Bearer {}", "authorization:bearer {}",
    '"Bearer {}"',
    "-H 'Authorization: Bearer {}'", "Authorization: Bearer {}\r\n", "access_token={}", "token: {}",
    "access_token={}&token_type=bearer&expires_in=7200", '{{"access_token":"{}","token_type":"bearer"}}',
    '"access_token": "{}",', "export SMILY_ACCESS_TOKEN='{}'", "SMILY_ACCESS_TOKEN={}", "Access token: {}",
)  # fmt: skip
OF_AN_ID: Final = (
    "Client ID: {}", "client_id={}", '"client_id": "{}",', '{{"client_id":"{}","client_secret":"x"}}',
    "export SMILY_CLIENT_ID='{}'", "**{}**", "{}.", "({})", "Client ID: ({})",
)  # fmt: skip

letters = st.text(string.ascii_letters + string.digits, min_size=64, max_size=64) | st.text(
    string.ascii_letters + string.digits + "-_", min_size=41, max_size=41
).map("a{}z".format)
hexadecimal = st.text("0123456789abcdef", min_size=64, max_size=64)


def read_code(pasted: str) -> Secret:
    return read_pasted_code(Untrusted(pasted), CONTEXT)


@pytest.mark.parametrize("wrapping", [*WRAPPINGS, *OF_A_CODE, *WRAPPED_LINKS])
@given(letters)
def test_a_code_is_known_in_every_wrapping(wrapping: str, code: str) -> None:
    assert read_code(wrapping.format(code)) == Secret(code)


@given(letters, st.sampled_from(WRAPPINGS), st.sampled_from([*OF_A_CODE, *WRAPPED_LINKS, "{}"]))
def test_a_code_is_known_in_wrappings_of_wrappings(code: str, outer: str, inner: str) -> None:
    assert read_code(outer.format(inner.format(code))) == Secret(code)


@given(
    letters, st.integers(9, 75), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["{}", PAGE + "?code={}"])
)
def test_a_code_is_known_in_a_mails_source(code: str, at: int, end: str, wrapping: str) -> None:
    """Quoted-printable: a line ends in `=` where it goes on."""
    source = wrapping.replace("=", "=3D").format(code)
    at = len(source) - len(code) + at % (len(code) - 10) + 9
    assert read_code(f"{source[:at]}={end}{source[at:]}") == Secret(code)


@given(letters, st.integers(60, 76), st.sampled_from(["\n", "\r\n"]))
def test_a_code_is_known_in_the_quoted_lines_of_a_mail(code: str, width: int, end: str) -> None:
    address = f"{PAGE}?code={code}"
    lines = [address[at : at + width] for at in range(0, len(address), width)]
    assert read_code(end.join(f"> {line}" for line in lines)) == Secret(code)


@given(letters.filter(lambda code: "-" in code), st.sampled_from("\u2010\u2011"))
def test_special_hyphens_of_a_word_processor_are_plain_ones(code: str, hyphen: str) -> None:
    assert read_code(code.replace("-", hyphen)) == Secret(code)


@given(hexadecimal)
def test_fullwidth_letters_are_plain_ones(value: str) -> None:
    wide = "".join(chr(ord(char) + 0xFEE0) for char in value)
    assert read_code(wide) == read_client_secret(Untrusted(wide)) == Secret(value)
    assert read_client_id(Untrusted(wide)) == value


@pytest.mark.parametrize("wrapping", [*WRAPPINGS, *OF_A_TOKEN])
@given(letters)
def test_an_access_token_is_known_in_every_wrapping(wrapping: str, token: str) -> None:
    assert read_access_token(Untrusted(wrapping.format(token))) == Secret(token)


@pytest.mark.parametrize("wrapping", [*WRAPPINGS, *OF_AN_ID])
@given(hexadecimal)
def test_a_client_id_is_known_in_every_wrapping(wrapping: str, value: str) -> None:
    assert read_client_id(Untrusted(wrapping.format(value))) == value
    secret = wrapping.replace("client_id", "client_secret").replace("CLIENT_ID", "CLIENT_SECRET")
    secret = secret.replace("Client ID", "Client Secret").replace(',"client_secret":"x"', "")
    assert read_client_secret(Untrusted(secret.format(value))) == Secret(value)


@pytest.mark.parametrize("secret", ["s3cret.", "(half", "with,comma;", "ends-in-#", "a&b=c", "x}y{z!"])
def test_an_unusual_secret_keeps_its_own_punctuation(secret: str) -> None:
    assert read_client_secret(Untrusted(f" {secret}\n")) == Secret(secret)


@pytest.mark.parametrize(
    ("pasted", "kind", "words"),
    [
        *((sentence, PageError, "shows an error") for sentence in ERROR_PAGE),
        (
            "The resource owner or authorization server denied the request.",
            OwnerDeclined,
            "The owner declined",
        ),
        ("error: access_denied", OwnerDeclined, "The owner declined"),
        ("urn:ietf:wg:oauth:2.0:oob?error=access_denied", OwnerDeclined, "The owner declined"),
        ("mcp_0123456789abcdef0123456789abcdef", PasteRefused, "token of Smily's MCP server"),
        ('"mcp_0123456789abcdef0123456789abcdef"', PasteRefused, "token of Smily's MCP server"),
        (
            "https://links.example/?url=https%3A%2F%2Fevil.example%2F%3Fcode%3Dx",
            PasteRefused,
            "another",
        ),
        (
            "https://links.example/?url=" + quote(PAGE + "?error=access_denied", safe=""),
            OwnerDeclined,
            "The owner declined",
        ),
        (f"{PAGE}?code={'a' * 64} {PAGE}?code={'b' * 64}", PasteRefused, "several addresses"),
    ],
)
def test_what_is_no_code_is_known_by_its_form(pasted: str, kind: type[Exception], words: str) -> None:
    with pytest.raises(PasteRefused) as raised:
        read_code(pasted)
    assert type(raised.value) is kind
    assert words in raised.value.what


def test_a_token_of_the_mcp_server_is_known_in_every_field() -> None:
    token = "mcp_" + "0123456789abcdef" * 2
    assert "MCP" in check_client_id(Untrusted(token)).problem
    assert "MCP" in check_client_secret(Secret(token), CLIENT_ID).problem


# -- the doors ---------------------------------------------------------------------------------------------

THROUGH_STDIN: Final = (
    "[200~{}[201~",
    "\ufeff{}",
    "“{}”",
    "{}#_=_",
    "\n\n{}",
    "urn:ietf:wg:oauth:2.0:oob?code={}",
)


@pytest.mark.parametrize("wrapping", THROUGH_STDIN)
def test_connect_takes_secret_and_code_however_they_come(
    server: BentServer, person: Person, wrapping: str
) -> None:
    code = server.code()
    environment = wrapping if wrapping in WRAPPINGS[:-1] and "\n" not in wrapping else '"{}"'
    connected = person.connect(secret=environment.format(CLIENT_SECRET), code=wrapping.format(code))
    assert connected.returncode == 0, connected.stderr
    assert (server.posts[0]["code"], server.posts[0]["client_secret"]) == (code, CLIENT_SECRET)


@pytest.mark.parametrize("wrapping", ["[200~{}[201~", "({})", "{}#_=_", "link"])
async def test_the_field_of_the_full_screen_takes_a_code_however_it_comes(
    sandbox: Sandbox, world: World, wrapping: str
) -> None:
    put(world, ("Villa Rosa", 4711))
    code = sandbox.state.grant(4711, ("public",))
    page = f"{sandbox.listening.server}/oauth/authorize/native?code={code}"
    link = f"https://eur01.safelinks.protection.outlook.com/?url={quote(page, safe='')}&data=05%7C01"
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        await paste(pilot, link if wrapping == "link" else wrapping.format(code))
        await pilot.press("enter")
        await until(pilot, lambda: states(world) == ["connected"])


@pytest.mark.parametrize(
    "wrapping",
    [
        "{}",
        "Bearer {}",
        '"{}"',
        "\ufeff{}",
        "\n{}",
        "Authorization: Bearer {}",
        "[200~{}[201~",
        '{{"access_token":"{}"}}',
        '{{\n  "access_token": "{}",\n  "token_type": "bearer"\n}}',
    ],
)
def test_a_token_that_is_handed_back_is_replaced_however_it_comes(person: Person, wrapping: str) -> None:
    person.connect()
    dead = person.run("token").stdout.strip()
    fresh = person.run("token", "--rejected-stdin", stdin=wrapping.format(dead) + "\n")
    assert fresh.returncode == 0, fresh.stderr
    assert fresh.stdout.strip() not in ("", dead)
    assert fresh.stderr == ""


def test_a_token_that_is_unknown_here_is_said_to_be(server: BentServer, person: Person) -> None:
    person.connect()
    stored = person.run("token").stdout
    told = person.run("token", "--rejected-stdin", stdin="0123456789abcdef" * 4 + "\n")
    assert (told.returncode, told.stdout) == (0, stored)
    assert "is not the one stored for app/villa-rosa" in told.stderr
    assert [fields["grant_type"] for fields in server.posts] == ["authorization_code"]


@pytest.mark.parametrize("handed", ["", "\n", "two words", "caf\u00e9" * 5, "<html>", "null", "{}", "Bearer"])
def test_what_has_no_tokens_form_is_refused_and_nothing_is_printed(person: Person, handed: str) -> None:
    person.connect()
    told = person.run("token", "--rejected-stdin", stdin=handed)
    assert (told.returncode, told.stdout) == (2, "")
    assert "--rejected-stdin" in told.stderr
    assert handed.strip() not in told.stderr or len(handed.strip()) < 3
