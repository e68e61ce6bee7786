"""Which certificates are trusted: those that the environment names, otherwise this system's."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from smily_tui.oauth.errors import NotTrusted
from smily_tui.origin import is_loopback
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

OPENSSL: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
VARIABLES: Final = (*OPENSSL, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
BUNDLED: Final = "smily-tui's own list (certifi)"
# OpenSSL finds a certificate in a folder by the hash of its subject: `openssl rehash`
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class Trust:
    """How the certificate of a server is checked.

    Attributes:
        context: checks it.
        source: whose certificates are trusted, for people.
        named: whether the environment names them, so that this system's do not count.
    """

    context: ssl.SSLContext
    source: str
    named: bool = False


@dataclass(frozen=True)
class _Named:
    """A variable that names trusted certificates, and the file or the folders that it names."""

    variable: str
    path: str

    def __str__(self) -> str:
        return f"{self.variable} ({clean(self.path, 200)})"

    def unusable(self, why: str) -> NotTrusted:
        """The error of a variable that names nothing usable."""
        return NotTrusted(
            f"{self.variable} is set to {clean(self.path, 200)}, but {why}.",
            next=f"Correct {self.variable}, or unset it to trust this system's certificates.",
        )


def trust_for(origin: str) -> Trust:
    """Whom to trust when connecting to `origin`; the environment has no say for loopback.

    Raises:
        NotTrusted: the environment names certificates that cannot be used.
    """
    if urlsplit(origin).scheme == "http":
        return Trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "nobody")  # httpx wants one; this trusts none
    if is_loopback(origin):
        return _bundled()
    named = tuple(_named())
    try:
        return _of(named) if named else _of_this_system()
    except OSError as error:
        reason = clean(error.strerror or type(error).__name__)
        raise NotTrusted(f"This system's certificates cannot be read: {reason}.") from None


def with_absolute_paths(environ: Mapping[str, str]) -> dict[str, str]:
    """The same environment for a process with another working folder."""
    changed = dict(environ)
    for name in VARIABLES:
        if environ.get(name):
            with contextlib.suppress(OSError):  # this folder was deleted: then nothing is in it
                parts = environ[name].split(os.pathsep) if name == "SSL_CERT_DIR" else [environ[name]]
                changed[name] = os.pathsep.join(str(Path.cwd() / part) if part else "" for part in parts)
    return changed


def _named() -> list[_Named]:
    """OpenSSL's variables add up; without them the first of the other libraries' counts."""
    named = [_Named(name, os.environ[name]) for name in VARIABLES if os.environ.get(name)]
    added = [place for place in named if place.variable in OPENSSL]
    return added or named[:1]


# Contexts are made by hand, since ssl.create_default_context writes the keys of each connection to the file
# that SSLKEYLOGFILE names. Each is made once in a process: reading the certificates takes up to 50 ms.


@functools.cache
def _of(named: tuple[_Named, ...]) -> Trust:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # as Python has it since 3.13
    loaded = [_load(context, place, alone=len(named) == 1) for place in named]
    return Trust(context, " and ".join(loaded), named=True)


@functools.cache
def _of_this_system() -> Trust:
    import sys

    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.platform != "linux":  # the system itself checks certificates
        return Trust(context, "this system")
    # truststore reads the files anew for each connection: take the context that it has filled
    filled = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost").context
    folder = ssl.get_default_verify_paths().capath
    if filled.cert_store_stats()["x509_ca"] or (folder and _certificates_in(folder)):
        return Trust(filled, "this system")
    return _bundled()  # such as Debian without ca-certificates


@functools.cache
def _bundled() -> Trust:
    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=certifi.where())
    return Trust(context, BUNDLED)


def _load(context: ssl.SSLContext, named: _Named, *, alone: bool) -> str:
    """Load what a variable names, and say so; a folder without certificates may stand beside a good file."""
    try:
        if named.variable == "SSL_CERT_DIR" or Path(named.path).is_dir():
            _load_folders(context, named, alone=alone)
        else:
            _load_file(context, named)
    except ssl.SSLError:
        raise named.unusable("it holds no certificate in PEM form") from None
    except OSError as error:
        raise named.unusable(f"it cannot be read: {clean(error.strerror or '')}") from None
    return str(named)


def _load_file(context: ssl.SSLContext, named: _Named) -> None:
    path = Path(named.path)
    if not path.exists():
        raise named.unusable("there is no such file")
    if not path.is_file():  # reading a pipe could take for ever
        raise named.unusable("it is not a file")
    context.load_verify_locations(cafile=path)


def _load_folders(context: ssl.SSLContext, named: _Named, *, alone: bool) -> None:
    if named.variable == "SSL_CERT_FILE":
        raise named.unusable("it is a folder (use SSL_CERT_DIR for folders)")
    folders = [folder for folder in named.path.split(os.pathsep) if folder]
    if alone and not any(map(_certificates_in, folders)):
        if any(Path(folder).is_dir() for folder in folders):
            raise named.unusable("no certificate is there under its hash (see: openssl rehash)")
        raise named.unusable("there is no such folder")
    context.load_verify_locations(capath=named.path)


def _certificates_in(folder: str) -> bool:
    """Whether OpenSSL would look at any file there; it says nothing where it finds none."""
    path = Path(folder)
    return path.is_dir() and any(_HASHED.fullmatch(entry.name) for entry in path.iterdir())
