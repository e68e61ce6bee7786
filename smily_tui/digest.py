"""SHA-256 for short texts, without the OpenSSL that `hashlib` loads: four megabytes and some milliseconds."""

from __future__ import annotations


def sha256(data: bytes) -> str:
    """Return the digest as hex digits."""
    try:
        from _sha2 import sha256 as built_in  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        try:
            from _sha256 import sha256 as built_in  # type: ignore[import-not-found,unused-ignore] # until 3.11
        except ImportError:  # a Python that was built without them
            from hashlib import sha256 as built_in
    digest: str = built_in(data).hexdigest()
    return digest
