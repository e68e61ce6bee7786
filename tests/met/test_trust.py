"""Whose certificates are trusted: this system's, unless the environment names others."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import certifi
import pytest

from smily_tui.oauth.errors import NotTrusted
from smily_tui.oauth.http import Transport
from smily_tui.oauth.trust import BUNDLED, trust_for
from smily_tui.oauth.trust_variables import with_absolute_paths
from tests.support.certificates import Authority
from tests.support.processes import PROGRAM

if TYPE_CHECKING:
    from tests.support.bent_server import BentServer
    from tests.support.person import Person

PATHS: Final = ssl.get_default_verify_paths()
OTHER_PLACES: Final = ("/etc/ssl", "/etc/pki", "/usr/lib/ssl", "/usr/share/ssl", "/usr/local/ssl")


# -- the system's -----------------------------------------------------------------------------------------


def with_system_certificates(person: Person, *arguments: str, bundle: Path | None) -> tuple[int, str]:
    """Run a command where the system trusts what is in `bundle` alone, or has no certificates at all.

    It is done in a mount name space: the places where systems keep their certificates are covered.
    """
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("needs the right to make a mount name space (unshare -rm)")
    there = [
        place for place in (*OTHER_PLACES, str(Path(PATHS.openssl_cafile).parent)) if Path(place).is_dir()
    ]
    script = "set -e\n" + "".join(f"mount -t tmpfs none {place}\n" for place in dict.fromkeys(there))
    if bundle is not None:
        script += f"mkdir -p {Path(PATHS.openssl_cafile).parent}\ncp {bundle} {PATHS.openssl_cafile}\n"
    environ = {name: value for name, value in person.environ.items() if name != "SSL_CERT_FILE"}
    ended = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script + 'exec "$@"', "sh", *PROGRAM, *arguments],
        env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout + ended.stderr


def test_a_company_authority_that_the_system_trusts_is_trusted(
    connected: Person, authority: Authority
) -> None:
    assert with_system_certificates(connected, "refresh", bundle=authority.file)[0] == 0
    code, words = with_system_certificates(connected, "doctor", bundle=authority.file)
    assert (code, "Certificates: trusting those of this system." in words) == (0, True), words
    assert connected.holds_a_live_token()


def test_what_the_system_does_not_trust_is_not_trusted(connected: Person, tmp_path: Path) -> None:
    (tmp_path / "stranger").mkdir()
    stranger = Authority(tmp_path / "stranger")
    code, words = with_system_certificates(connected, "refresh", bundle=stranger.file)
    assert (code, "is not trusted: unable to get local issuer certificate." in words) == (6, True), words
    assert connected.holds_a_live_token()


def test_a_system_without_certificates_is_helped_out(connected: Person) -> None:
    """Such as Debian without ca-certificates."""
    code, words = with_system_certificates(connected, "doctor", bundle=None)
    assert f"Certificates: trusting those of {BUNDLED}." in words
    assert (code, "is not trusted: unable to get local issuer certificate." in words) == (6, True), words


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_an_empty_variable_names_nothing(alone: pytest.MonkeyPatch, variable: str) -> None:
    alone.setenv(variable, "")
    trust = trust_for("https://www.bookingsync.com")
    assert not trust.named
    assert "(" not in trust.source or trust.source == BUNDLED


@pytest.mark.parametrize("origin", ["https://127.0.0.1:1", "https://[::1]:1", "http://127.0.0.1:1"])
def test_the_environment_has_no_say_about_loopback(alone: pytest.MonkeyPatch, origin: str) -> None:
    alone.setenv("SSL_CERT_FILE", "/no/such.pem")
    assert not trust_for(origin).named


# -- the environment's ------------------------------------------------------------------------------------


def named(authority: Authority, folder: Path, form: str) -> str:
    """A file with the authority, or a folder as `openssl rehash` makes it."""
    if form == "file":
        return str(authority.file)
    folder.mkdir()
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(authority.file)]
    hashed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    shutil.copy(authority.file, folder / f"{hashed}.0")
    return f"/no/such/folder{os.pathsep}{folder}" if form == "list" else str(folder)


@pytest.mark.parametrize(
    ("variable", "form"),
    [("SSL_CERT_FILE", "file"), ("SSL_CERT_DIR", "folder"), ("SSL_CERT_DIR", "list"),
     ("REQUESTS_CA_BUNDLE", "file"), ("REQUESTS_CA_BUNDLE", "folder"), ("CURL_CA_BUNDLE", "file")],
)  # fmt: skip
def test_what_the_environment_names_is_trusted(
    connected: Person, authority: Authority, tmp_path: Path, variable: str, form: str
) -> None:
    if form != "file" and shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a folder")
    del connected.environ["SSL_CERT_FILE"]
    connected.environ[variable] = named(authority, tmp_path / "certificates", form)
    assert connected.run("refresh").returncode == 0
    words = connected.run("doctor").stdout
    assert f"Certificates: trusting those of {variable} ({connected.environ[variable]})." in words


def test_a_file_and_a_folder_add_up(
    alone: pytest.MonkeyPatch, encrypted: BentServer, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    alone.setenv("SSL_CERT_FILE", str(authority.file))
    alone.setenv("SSL_CERT_DIR", str(tmp_path / "empty"))
    alone.setenv("CURL_CA_BUNDLE", "/no/such.pem")
    assert Transport(encrypted.origin).look("/api/v3/me").status == 401
    if shutil.which("openssl"):
        alone.setenv("SSL_CERT_FILE", certifi.where())
        alone.setenv("SSL_CERT_DIR", named(authority, tmp_path / "certificates", "folder"))
        assert Transport(encrypted.origin).look("/api/v3/me").status == 401


def test_the_variable_is_named_where_its_certificates_are_not_enough(
    connected: Person, tmp_path: Path
) -> None:
    ended = connected.run("refresh", SSL_CERT_FILE=certifi.where())
    assert ended.returncode == 6
    assert f"Only the certificates of SSL_CERT_FILE ({certifi.where()}) are trusted." in ended.stderr


@pytest.mark.parametrize("path", ["authority.pem", "./authority.pem", "../{here}/authority.pem"])
def test_a_relative_path_means_the_same_in_every_process(
    connected: Person, tmp_path: Path, path: str
) -> None:
    relative = path.format(here=tmp_path.name)
    for arguments in (["refresh"], ["doctor"], ["api", "me"]):
        ended = subprocess.run(
            [*PROGRAM, *arguments], env=connected.environ | {"SSL_CERT_FILE": relative}, cwd=tmp_path,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
    wrong = subprocess.run(
        [*PROGRAM, "refresh"], env=connected.environ | {"SSL_CERT_FILE": relative}, cwd="/",
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (wrong.returncode, "SSL_CERT_FILE" in wrong.stderr) == (6, True)


def test_each_variable_with_paths_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environ = {
        "SSL_CERT_FILE": "ca.pem", "SSL_CERT_DIR": "a:/b::../c", "REQUESTS_CA_BUNDLE": "",
        "CURL_CA_BUNDLE": "/x:y", "HOME": "a",
    }  # fmt: skip
    assert with_absolute_paths(environ) == environ | {
        "SSL_CERT_FILE": f"{tmp_path}/ca.pem",
        "SSL_CERT_DIR": f"{tmp_path}/a:/b::{tmp_path}/../c",
    }
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert with_absolute_paths(environ) == environ


# -- the cost ---------------------------------------------------------------------------------------------


def test_a_valid_token_is_printed_without_reading_any_certificate(connected: Person) -> None:
    environ = connected.environ | {"PYTHONPROFILEIMPORTTIME": "1"}
    ended = subprocess.run(
        [*PROGRAM, "token"], env=environ, capture_output=True, text=True, timeout=60, check=True
    )
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert "smily_tui.accounts" in imported
    assert imported.isdisjoint({"ssl", "httpx", "truststore", "certifi", "smily_tui.oauth.trust"})


def test_certificates_are_read_once_in_a_process(
    alone: pytest.MonkeyPatch, encrypted: BentServer, authority: Authority, tmp_path: Path
) -> None:
    """It takes longer than many a request."""
    bundle = shutil.copy(authority.file, tmp_path / "copy.pem")
    alone.setenv("SSL_CERT_FILE", str(bundle))
    assert Transport(encrypted.origin).look("/").status == 401
    Path(bundle).unlink()
    assert Transport(encrypted.origin).look("/").status == 401
    alone.setenv("SSL_CERT_FILE", str(tmp_path / "gone.pem"))
    with pytest.raises(NotTrusted):
        Transport(encrypted.origin).look("/")
