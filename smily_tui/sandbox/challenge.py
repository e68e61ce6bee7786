"""Challenge of a refusal: the header that names the error (RFC 6750 section 3)."""

from __future__ import annotations


def challenge(error: str, description: str) -> dict[str, str]:
    """Return the header that Doorkeeper adds to every error, of the API and of the token endpoint."""
    text = description.replace("\\", "\\\\").replace('"', '\\"')
    return {"WWW-Authenticate": f'Bearer realm="Doorkeeper", error="{error}", error_description="{text}"'}
