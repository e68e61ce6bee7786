"""Variables of the environment that name trusted certificates.

They are apart from their use because a parent of a worker needs them alone: `ssl` takes a while to import.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OPENSSL: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
VARIABLES: Final = (*OPENSSL, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def with_absolute_paths(environ: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment for a process with another working folder."""
    changed = dict(environ)
    for name in VARIABLES:
        if environ.get(name):
            with contextlib.suppress(OSError):  # the working folder was deleted
                parts = environ[name].split(os.pathsep) if name == "SSL_CERT_DIR" else [environ[name]]
                changed[name] = os.pathsep.join(str(Path.cwd() / part) if part else "" for part in parts)
    return changed
