"""Trusted certificates: those that the environment names, otherwise this system's.

Contexts are made by hand: ssl.create_default_context writes the keys of each connection to the file that
SSLKEYLOGFILE names (Python 3.8). Each is made once in a process, as reading certificates takes up to 50 ms.
"""

from __future__ import annotations

import functools
import os
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from smily_tui.oauth.errors import NotTrusted
from smily_tui.oauth.trust_variables import OPENSSL, VARIABLES
from smily_tui.origin import is_loopback
from smily_tui.system import here
from smily_tui.text import clean

BUNDLED: Final = "smily-tui's own list (certifi)"
# OpenSSL finds a certificate in a folder by the hash of its subject: see `openssl rehash`
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class Trust:
    """Check of server certificates.

    Attributes:
        context: does the check.
        source: origin of the trusted certificates, for people.
        named: whether the environment names them, in place of this system's.
    """

    context: ssl.SSLContext
    source: str
    named: bool = False


@dataclass(frozen=True)
class _Variable:
    """Variable that names trusted certificates, and the file or folders in it."""

    name: str
    path: str

    def __str__(self) -> str:
        return f"{self.name} ({clean(self.path, 200)})"

    def unusable(self, problem: str) -> NotTrusted:
        """Make the error of a variable without usable certificates."""
        return NotTrusted(
            f"{self.name} is set to {clean(self.path, 200)}, but {problem}.",
            next=f"Correct {self.name}, or unset it to trust this system's certificates.",
        )


def trust_for(origin: str) -> Trust:
    """Return the trust for connections to `origin`; the environment does not count for loopback.

    Raises:
        NotTrusted: the environment names certificates that cannot be used.
    """
    if urlsplit(origin).scheme == "http":
        # httpcore 1.0 would load certifi; an empty context trusts nobody
        return Trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "nobody")
    if is_loopback(origin):
        return _bundled()
    variables = tuple(_variables())
    try:
        return _of_variables(variables) if variables else _of_this_system()
    except OSError as error:
        reason = clean(error.strerror or type(error).__name__)
        raise NotTrusted(f"This system's certificates cannot be read: {reason}.") from None


def _variables() -> list[_Variable]:
    """Combine OpenSSL's two variables; without them take the first one of other libraries."""
    variables = [_Variable(name, os.environ[name]) for name in VARIABLES if os.environ.get(name)]
    return [variable for variable in variables if variable.name in OPENSSL] or variables[:1]


@functools.cache
def _of_variables(variables: tuple[_Variable, ...]) -> Trust:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # A company may hand out its intermediate certificate alone; Python 3.13 sets this flag by default.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for variable in variables:
        _load(context, variable, alone=len(variables) == 1)
    return Trust(context, " and ".join(map(str, variables)), named=True)


@functools.cache
def _of_this_system() -> Trust:
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # on macOS and Windows the system itself checks certificates
    if here.CHECKS_CERTIFICATES:
        return Trust(context, "this system")
    # truststore 0.10 reads the files anew for each connection: take the context that it has filled
    filled = context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost").context
    folder = ssl.get_default_verify_paths().capath
    if filled.cert_store_stats()["x509_ca"] or (folder and _certificates_in(folder)):
        return Trust(filled, "this system")
    # neither file nor folder holds one, as on Debian without ca-certificates
    return _bundled()


@functools.cache
def _bundled() -> Trust:
    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=certifi.where())
    return Trust(context, BUNDLED)


def _load(context: ssl.SSLContext, variable: _Variable, *, alone: bool) -> None:
    """Load the certificates of a variable; unless it is alone, its folders may be empty."""
    try:
        if variable.name == "SSL_CERT_DIR" or Path(variable.path).is_dir():
            _load_folders(context, variable, alone=alone)
        else:
            _load_file(context, variable)
    except ssl.SSLError:
        raise variable.unusable("it has no certificate in PEM format") from None
    except OSError as error:
        raise variable.unusable(f"it cannot be read: {clean(error.strerror or '')}") from None


def _load_file(context: ssl.SSLContext, variable: _Variable) -> None:
    path = Path(variable.path)
    if not path.exists():
        raise variable.unusable("there is no such file")
    # reading a pipe could block for ever
    if not path.is_file():
        raise variable.unusable("it is not a file")
    context.load_verify_locations(cafile=path)


def _load_folders(context: ssl.SSLContext, variable: _Variable, *, alone: bool) -> None:
    if variable.name == "SSL_CERT_FILE":
        raise variable.unusable("it is a folder (use SSL_CERT_DIR for folders)")
    folders = [folder for folder in variable.path.split(os.pathsep) if folder]
    if alone and not any(map(_certificates_in, folders)):
        if any(Path(folder).is_dir() for folder in folders):
            raise variable.unusable("it has no certificate named by its hash (see: openssl rehash)")
        raise variable.unusable("there is no such folder")
    context.load_verify_locations(capath=variable.path)


def _certificates_in(folder: str) -> bool:
    """Tell whether OpenSSL would read any file there; of an empty folder it reports no error."""
    path = Path(folder)
    return path.is_dir() and any(_HASHED.fullmatch(entry.name) for entry in path.iterdir())
