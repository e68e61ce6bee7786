"""SHA-256 for short texts, without the OpenSSL that `hashlib` loads: four megabytes and some milliseconds."""

from __future__ import annotations

# tried once: Python looks for a module that is not there in all of its folders, each time
try:
    from _sha2 import sha256 as _built_in  # type: ignore[import-not-found,unused-ignore]
except ImportError:
    try:
        from _sha256 import sha256 as _built_in  # type: ignore[import-not-found,unused-ignore] # until 3.11
    except ImportError:  # a Python that was built without them
        from hashlib import sha256 as _built_in


def sha256(data: bytes) -> str:
    """Return the digest as hex digits."""
    digest: str = _built_in(data).hexdigest()
    return digest
