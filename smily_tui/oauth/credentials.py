"""Client ID and Client Secret as they were typed or pasted: tidied, and checked before anything is sent."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from smily_tui.secret import Secret

USUAL_LENGTH: Final = 64
_LONGEST = 512
_QUOTES = "\"'`“”‘’«»‹›„‚"
_ID_LABEL = re.compile(
    r"^(?:client|application|app)[\s_-]*(?:id|identifier|uid)\s*[:=]?\s+|^client_id\s*[=:]\s*", re.IGNORECASE
)
_SECRET_LABEL = re.compile(
    r"^(?:client|application|app)?[\s_-]*secret(?:[\s_-]*key)?\s*[:=]\s*|^client[\s_-]*secret\s+",
    re.IGNORECASE,
)
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
ID: Final = "Client ID"
SECRET: Final = "Client Secret"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True)
class Finding:
    """What is to be said of a field.

    Attributes:
        problem: why it cannot be right, with its fix; empty where nothing speaks against it.
        remark: what is unusual, but may be right.
    """

    problem: str = ""
    remark: str = ""


def read_client_id(typed: str) -> str:
    """The Client ID without label, quotes, white space, line breaks and invisible characters."""
    return _tidy(typed, _ID_LABEL)


def read_client_secret(typed: str) -> Secret:
    """The Client Secret without label, quotes, white space, line breaks and invisible characters."""
    return Secret(_tidy(typed, _SECRET_LABEL))


def check_client_id(typed: str, secret: Secret | None = None) -> Finding:
    """What speaks against a Client ID as typed; `secret` is what stands in the other field."""
    if _SECRET_LABEL.match(_visible(typed)):
        return Finding("This is labelled as the Client Secret. Are the two fields swapped?")
    value = read_client_id(typed)
    if secret and Secret(value) == secret:
        return Finding("Client ID and Client Secret are the same. Copy each one again.")
    return _check(value, ID)


def check_client_secret(secret: Secret, client_id: str) -> Finding:
    """What speaks against a Client Secret; `client_id` is what stands in the other field."""
    value = secret.reveal()
    if _ID_LABEL.match(value):
        return Finding("This is labelled as the Client ID. Are the two fields swapped?")
    if value and value == client_id:
        return Finding("Client ID and Client Secret are the same. Copy each one again.")
    return _check(value, SECRET)


def _check(value: str, name: str) -> Finding:
    if not value:
        return Finding(f"The {name} is missing. Paste it here.")
    if value.lower().startswith(("http://", "https://")):
        return Finding(f"This is an address. The {name} is a row of letters and digits.")
    if not _PRINTABLE.fullmatch(value):
        return Finding(f"A {name} has no blanks and no special letters. Copy it again.")
    if len(value) > _LONGEST:
        return Finding(f"Too long: this has {len(value)} characters. Copy the {name} alone.")
    if len(value) < 8:
        return Finding(
            f"Too short: a {name} has {USUAL_LENGTH} characters, this has {len(value)}. Copy it again."
        )
    if len(value) != USUAL_LENGTH or not re.fullmatch(r"[0-9A-Fa-f]+", value):
        return Finding(
            remark=f"A Smily {name} usually has {USUAL_LENGTH} digits and letters a–f; "
            f"this has {len(value)} characters. Is it whole?"
        )
    return Finding()


def _visible(typed: str) -> str:
    kept = (char for char in typed if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs"})
    return "".join(" " if char.isspace() else char for char in kept).strip(" " + _QUOTES)


def _tidy(typed: str, label: re.Pattern[str]) -> str:
    """Without label and quotes; the lines of a wrapped paste are joined, blanks inside a line stay."""
    rest = label.sub("", _visible(typed.replace("\r", "\n"))).strip(" " + _QUOTES)
    pieces = [piece for piece in rest.split(" ") if piece]
    return "".join(pieces) if "\n" in typed.strip() else " ".join(pieces)
