"""Each variable about the network, set to nonsense: it is named, nothing is lost, and nothing is a bug."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from smily_tui.oauth.errors import NoAnswer, NotTrusted, Offline, ProxyUnusable
from smily_tui.oauth.http import Transport
from smily_tui.origin import DEFAULT, BadServer
from smily_tui.sandbox.owner import Owner, PageUnusable
from smily_tui.secret import Secret
from tests.support.listening import Listener, sends

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.person import Person

SECRET: Final = "c0de" * 16
FORM: Final = (("code", Secret(SECRET)),)
PASSWORD: Final = "pa55word"
LABEL: Final = "a" * 64
NO_ADDRESS: Final = "https_proxy is not a proxy address."
NO_HOST: Final = "https_proxy has no valid host and port."
GOES_ON: Final = "https_proxy has more than a proxy's host and port."
KIND: Final = "https_proxy names an unsupported kind of proxy."
NOBODY: Final = "Cannot reach the proxy "
PROXIES: Final = {
    "a raw # in the password": (f"http://me:{PASSWORD}#1@127.0.0.1:1", NO_ADDRESS),
    "a raw @ and # in the password": (f"http://me:p@{PASSWORD}#1@127.0.0.1:1", GOES_ON),
    "a raw / in the password": (f"http://me:{PASSWORD}/1@127.0.0.1:1", NO_ADDRESS),
    "a raw ? in the password": (f"http://me:{PASSWORD}?1@127.0.0.1:1", NO_ADDRESS),
    "digits before a raw / in the password": (f"http://me:12/{PASSWORD}@127.0.0.1:1", GOES_ON),
    "empty labels": ("http://..:1", NO_HOST),
    "an empty label within": (f"http://me:{PASSWORD}@a..example:1", NO_HOST),
    "IDNA that is none": ("http://xn--:1", NO_HOST),
    "IDNA that is none, below": (f"http://me:{PASSWORD}@a.xn--:1", NO_HOST),
    "a label of 64 letters": (f"http://me:{PASSWORD}@{LABEL}.example:1", NO_HOST),
    "a name of 300 letters": (f"http://{'a.' * 150}example:1", NO_HOST),
    "another scheme": (f"ftp://me:{PASSWORD}@127.0.0.1:1", KIND),
    "socks4": ("socks4://127.0.0.1:1", KIND),
    "socks": ("socks://127.0.0.1:1", KIND),
    "a port out of range": (f"http://me:{PASSWORD}@127.0.0.1:65536", NO_HOST),
    "port 0": ("http://127.0.0.1:0", NO_HOST),
    "a port of letters": (f"http://me:{PASSWORD}@127.0.0.1:abc", NO_ADDRESS),
    "a negative port": ("http://127.0.0.1:-1", NO_HOST),
    "no host": ("http://", NO_HOST),
    "no host but a port": ("http://:8080", NO_HOST),
    "no slashes": ("http:127.0.0.1:1", NO_ADDRESS),
    "a colon": (":", NO_HOST),
    "blanks": ("   ", NO_HOST),
    "a control character": (f"http://me:{PASSWORD}@127.0.0.1\x1b[2J:1", NO_ADDRESS),
    "bytes that are no text": ("http://\udcff:1", NO_ADDRESS),
    "an emoji": ("http://\u2603.example:1", NO_ADDRESS),
    "an IPv6 address without its end": ("http://[::1:1", NO_ADDRESS),
    "nobody there": (f"http://me:{PASSWORD}@127.0.0.1:1", NOBODY),
    "nobody there, encrypted": (f"https://me:{PASSWORD}@127.0.0.1:1", NOBODY),
    "nobody there, SOCKS": (f"socks5://me:{PASSWORD}@127.0.0.1:1", NOBODY),
    "a host that is quoted": ("http://a%20b:1", NO_HOST),
}
COMMANDS: Final = {
    "refresh": ("refresh",),
    "refresh --all": ("refresh", "--all"),
    "api": ("api", "me"),
    "doctor": ("doctor",),
    "token": ("token", "--min-valid", "7200"),
}
NONSENSE: Final = {
    "https_proxy": f"http://me:p@{PASSWORD}#1@127.0.0.1:1",
    "HTTPS_PROXY": f"http://me:{PASSWORD}@..:1",
    "all_proxy": f"http://me:{PASSWORD}@127.0.0.1:1",
    "ALL_PROXY": f"ftp://me:{PASSWORD}@127.0.0.1",
    "SSL_CERT_FILE": "/no/such.pem",
    "SSL_CERT_DIR": "/no/such/folder",
    "REQUESTS_CA_BUNDLE": "/dev/zero",
    "CURL_CA_BUNDLE": "~/ca.pem",
}


@pytest.mark.parametrize(("variable", "value"), NONSENSE.items(), ids=NONSENSE)
def test_nonsense_is_named_and_costs_nothing(connected: Person, variable: str, value: str) -> None:
    server = connected.server
    token, requests = connected.run("token").stdout, len(server.posts) + len(server.paths)
    right = dict(connected.environ)
    if variable in ("SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        del connected.environ["SSL_CERT_FILE"]  # which goes before them
    connected.environ[variable] = value
    for arguments in COMMANDS.values():
        ended = connected.run(*arguments)
        words = ended.stdout + ended.stderr
        assert (ended.returncode, variable in words) == (6, True), (arguments, words)
        assert not any(told in words for told in ("A bug", "Traceback", PASSWORD)), (arguments, words)
        assert ended.stdout == "" or arguments == ("doctor",)
        assert "Clipboard: " in words or arguments != ("doctor",), "it goes on to its end"
    ended = connected.connect()
    assert (ended.returncode, variable in ended.stderr, PASSWORD in ended.stderr) == (6, True, False)
    assert connected.run("token").stdout == token, "nothing has to be sent for a valid token"
    assert len(server.posts) + len(server.paths) == requests
    connected.environ = right
    server.revoke_all()
    ended = connected.run("refresh")
    assert (ended.returncode, "interrupted" in ended.stderr) == (4, False), "no answer was lost"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("http_proxy", "http://..:1"), ("HTTP_PROXY", ":"), ("no_proxy", ":::,[,*.*,\udcff"), ("NO_PROXY", ",,"),
     ("SSLKEYLOGFILE", "/no/such/folder/keys"), ("REQUESTS_CA_BUNDLE", "/gone"), ("SSL_CERT_DIR", "/gone")],
)  # fmt: skip
def test_what_does_not_count_changes_nothing(connected: Person, variable: str, value: str) -> None:
    """The server is encrypted, and SSL_CERT_FILE is named, which goes before the others."""
    for arguments in COMMANDS.values():
        ended = connected.run(*arguments, **{variable: value})
        assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("host", ["a" * 64, f"www.{'a' * 64}.com", "xn--", "www.xn--.com"])
@pytest.mark.parametrize("command", ["accounts", "refresh", "doctor", "token"])
def test_a_server_that_cannot_be_looked_up_is_refused_at_once(
    client: Person, host: str, command: str
) -> None:
    ended = client.run(command, "--server", f"https://{host}")
    assert ended.returncode == 2
    assert "has no valid host name." in ended.stderr


def test_the_keys_of_a_connection_are_written_nowhere(connected: Person, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    assert connected.run("refresh", SSLKEYLOGFILE=str(keys)).returncode == 0
    assert not keys.exists()


def test_the_demo_writes_no_keys_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "gone" / "keys"))
    with Listener(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nNo.\n")) as server:
        with pytest.raises(PageUnusable):
            Owner(server.origin).read(f"{server.origin}/oauth/authorize")
        assert server.connections == 1


# -- what is refused while a request is made ---------------------------------------------------------------


@pytest.mark.parametrize(
    "origin",
    [f"https://{LABEL}", f"https://a.{LABEL}.example", "https://xn--", "https://a.xn--", "https://..",
     "https://a..b", "https://xn--ls8h.la", "https://\udcff", "https://", f"https://{'a.' * 200}b",
     ],
)  # fmt: skip
def test_a_host_that_an_older_version_stored_is_no_bug(alone: pytest.MonkeyPatch, origin: str) -> None:
    with pytest.raises(BadServer) as raised:
        Transport(origin, deadline=3.0)
    assert raised.value.kept == "Nothing was sent."
    assert raised.value.what.isprintable()


@pytest.mark.parametrize("token", ["a\nb", "a\r\nHost: evil.example", "a\0", "t\u00f6ken", "\udcff"])
def test_a_token_that_no_header_can_hold_is_not_sent(alone: pytest.MonkeyPatch, token: str) -> None:
    with Listener(sends(b"")) as server:
        with pytest.raises(Offline) as raised:
            Transport(server.origin, deadline=3.0).get("/api/v3/me", Secret(token))
        assert b"".join(server.received) == b""
    assert raised.value.what.startswith(f"Cannot send the request to 127.0.0.1:{server.port}: ")
    assert token not in raised.value.in_lines()


def test_a_request_that_was_cut_off_is_still_in_doubt(alone: pytest.MonkeyPatch) -> None:
    with Listener(sends(b"")) as server, pytest.raises(NoAnswer) as raised:
        Transport(server.origin, deadline=3.0).post_form("/oauth/token", FORM)
    assert raised.value.in_doubt


# -- one variable, many ways to be wrong -----------------------------------------------------------------


@pytest.mark.parametrize(("value", "what"), PROXIES.values(), ids=PROXIES)
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    alone: pytest.MonkeyPatch, value: str, what: str
) -> None:
    alone.setenv("https_proxy", value)
    with pytest.raises((Offline, ProxyUnusable)) as raised:
        Transport(DEFAULT, deadline=3.0).post_form("/oauth/token", FORM)
    words = raised.value.in_lines()
    assert raised.value.what.startswith(what)
    assert "https_proxy" in raised.value.what
    assert "https_proxy" in raised.value.next
    assert words.isprintable() or words.replace("\n", "").isprintable()
    assert not any(part in words for part in (PASSWORD, "Error", SECRET))
    assert "still good" in raised.value.kept


WRONG: Final = {
    "text.pem": "it has no certificate in PEM format",
    "empty.pem": "it has no certificate in PEM format",
    "cut.pem": "it has no certificate in PEM format",
    "gone.pem": "there is no such file",
    "text.pem/below": "",
    "x" * 300: "it cannot be read: File name too long",
    "\udcff": "there is no such file",
    "\x1b[2J": "there is no such file",
    "pipe": "it is not a file",
}


@pytest.mark.parametrize(("name", "why"), WRONG.items(), ids=[*"abcdefghi"])
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_cannot_be_read_are_named(
    alone: pytest.MonkeyPatch, tmp_path: Path, variable: str, name: str, why: str
) -> None:
    (tmp_path / "text.pem").write_text("no certificate\n")
    (tmp_path / "cut.pem").write_text("-----BEGIN CERTIFICATE-----\nMIIB\n")
    (tmp_path / "empty.pem").touch()
    os.mkfifo(tmp_path / "pipe")
    alone.setenv(variable, str(tmp_path / name))
    assert_untrusted(variable, why)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("gone",), "there is no such folder"),
        (("empty",), "it has no certificate named by its hash (see: openssl rehash)"),
        (("gone", "empty"), "it has no certificate named by its hash (see: openssl rehash)"),
        (("file",), "there is no such folder"),
        (("", ""), "there is no such folder"),
    ],
    ids=["missing", "empty", "both", "a file", "nothing but colons"],
)
def test_folders_that_hold_no_certificates_are_named(
    alone: pytest.MonkeyPatch, tmp_path: Path, names: tuple[str, ...], why: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    alone.setenv("SSL_CERT_DIR", os.pathsep.join(str(tmp_path / name) if name else "" for name in names))
    assert_untrusted("SSL_CERT_DIR", why)


def test_a_folder_in_the_variable_for_files_is_told(alone: pytest.MonkeyPatch, tmp_path: Path) -> None:
    alone.setenv("SSL_CERT_FILE", str(tmp_path))
    assert_untrusted("SSL_CERT_FILE", "it is a folder (use SSL_CERT_DIR for folders)")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_what_may_not_be_read_is_named(alone: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    place = tmp_path / "shut"
    place.mkdir() if variable == "SSL_CERT_DIR" else place.touch()
    place.chmod(0)
    alone.setenv(variable, str(place))
    assert_untrusted(variable, "it cannot be read: Permission denied")


def assert_untrusted(variable: str, why: str) -> None:
    with pytest.raises(NotTrusted) as raised:
        Transport(DEFAULT, deadline=3.0).post_form("/oauth/token", FORM)
    assert raised.value.what.startswith(f"{variable} is set to ")
    assert raised.value.what.endswith(f", but {why}.") or not why
    assert variable in raised.value.next
    assert raised.value.what.isprintable()
    assert "Nothing was sent" in raised.value.kept
