"""Foreign clients: which driver plays each, and which version is installed."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

DRIVERS: Final = Path(__file__).resolve().parent / "drivers"
INSTALLED: Final = DRIVERS.parents[2] / ".cache" / "clients"
_PYTHON: Final = str(INSTALLED / "python" / "bin" / "python")
_INTERPRETERS: Final = {".rb": "ruby", ".pl": "perl"}


@dataclass(frozen=True)
class Client:
    """Foreign client.

    Attributes:
        name: as its users know it.
        command: starts its driver.
        version: returns the installed version; an empty text where the client is not installed.
        remarks: behaviour worth knowing; Markdown.
    """

    name: str
    command: tuple[str, ...]
    version: Callable[[], str]
    remarks: str = ""


def _python(name: str, package: str, driver: str, remarks: str = "", python: str = _PYTHON) -> Client:
    """Package from PyPI, in an environment of its own."""
    probe = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    version = functools.partial(_first_line, python, "-c", probe, package)
    return Client(name, (python, "-m", f"tests.clients.drivers.python.{driver}"), version, remarks)


def _node(name: str, remarks: str = "") -> Client:
    """Package from npm."""
    command = ("node", str(INSTALLED / "node" / f"{name}.mjs"))
    return Client(name, command, functools.partial(_npm_version, name), remarks)


def _debian(name: str, package: str, driver: str, remarks: str = "") -> Client:
    """Package from Debian, whose driver an interpreter runs."""
    command = (_INTERPRETERS[Path(driver).suffix], str(DRIVERS / "debian" / driver))
    return Client(name, command, functools.partial(_debian_version, package), remarks)


def _curl_version() -> str:
    return _first_line("curl", "--version").removeprefix("curl ").partition(" ")[0]


def _npm_version(package: str) -> str:
    description = INSTALLED / "node" / "node_modules" / package / "package.json"
    return str(json.loads(description.read_text("utf-8"))["version"]) if description.is_file() else ""


def _debian_version(package: str) -> str:
    """Return the version without Debian's revision."""
    line = _first_line("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}\n", package)
    status, _, version = line.partition(" ")
    return version.partition("-")[0] if status == "installed" else ""


def _go_version() -> str:
    return _debian_version("golang-golang-x-oauth2-dev") if (INSTALLED / "xoauth2").is_file() else ""


def _first_line(*command: str) -> str:
    """Run a command and return the first line of its output; an empty text where it fails or is missing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.partition("\n")[0].strip()


# those that the tests' own environment has
AT_HAND: Final = (
    Client(
        "curl",
        (sys.executable, "-m", "tests.clients.drivers.python.curl_driver"),
        _curl_version,
        "with the lines of Smily's reference",
    ),
    _python("oauthlib", "oauthlib", "oauthlib_driver", "over httpx", sys.executable),
)
CLIENTS: Final = (
    *AT_HAND,
    _python("requests-oauthlib", "requests-oauthlib", "requests_oauthlib_driver"),
    _python("Authlib, requests", "Authlib", "authlib_driver"),
    _python("Authlib, httpx", "Authlib", "authlib_httpx_driver"),
    _python("Authlib, httpx async", "Authlib", "authlib_async_driver"),
    _python("httpx-oauth", "httpx-oauth", "httpx_oauth_driver"),
    _python("google-auth-oauthlib", "google-auth-oauthlib", "google_driver", "sends PKCE in both ways"),
    _python("social-auth-core", "social-auth-core", "social_driver"),
    _node("simple-oauth2"),
    _node("openid-client"),
    _node("oauth4webapi"),
    _node("passport-oauth2", "refresh as in passport-oauth2-refresh"),
    _node("grant", "calls `/me` by itself"),
    _debian("Ruby oauth2", "ruby-oauth2", "oauth2.rb"),
    _debian("Perl LWP::Authen::OAuth2", "liblwp-authen-oauth2-perl", "lwp_authen_oauth2.pl"),
    _debian("Perl Net::OAuth2", "libnet-oauth2-perl", "net_oauth2.pl", "sends `Host` without the port"),
    Client("Go x/oauth2", (str(INSTALLED / "xoauth2"),), _go_version),
)
