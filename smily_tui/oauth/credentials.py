"""Client ID, Client Secret and access token as people and programs hand them over: tidied and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.paste import find_field, tidy, unwrap
from smily_tui.oauth.scopes import find
from smily_tui.secret import Secret
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from collections.abc import Callable

# 32 random bytes in hexadecimal digits, as Doorkeeper makes them
USUAL_LENGTH: Final = 64
_SHORTEST, _LONGEST = 8, 512
_LABEL_START = r"^(?:export\s+)?(?:(?:[a-z0-9]+_)*(?:client|application|app)[\s_-]*)?"
_LABEL_END = r"(?:[\"']?\s*[:=]\s*|\s+)"
_ID_LABEL = re.compile(rf"{_LABEL_START}(?:id|identifier|uid){_LABEL_END}", re.IGNORECASE)
_SECRET_LABEL = re.compile(rf"{_LABEL_START}secret(?:[\s_-]*key)?{_LABEL_END}", re.IGNORECASE)
_TOKEN_LABEL = re.compile(
    r"^(?:export\s+|-H\s+[\"']?)?"
    r"(?:(?:(?:[a-z0-9]+[\s_-])*token|(?:proxy-)?authorization)(?:[\"']?\s*[:=]\s*[\"']?|\s+))?(?:bearer\s+)*",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{8,}=*")
_CODE_LABEL = re.compile(r"^[?&]?(?:authori[sz]ation\s+)?code\s*[:=]", re.IGNORECASE)
_URL = re.compile(
    r"https?://|www\.|.*[?&](?:client_id|redirect_uri|response_type|client_secret)=", re.IGNORECASE
)
_PRINTABLE = re.compile(r"[\x21-\x7e]+")
ID: Final = "Client ID"
SECRET: Final = "Client Secret"  # noqa: S105 - a name, not a secret
_SAME: Final = "Client ID and Client Secret are the same. Copy each one again."
_BOTH: Final = "One field has both Client ID and Client Secret. Copy each one again."


@dataclass(frozen=True)
class FieldCheck:
    """Result of checking a field.

    Attributes:
        problem: why the value cannot be right, and what to do; empty if it can.
        remark: unusual feature of a value that may be right.
    """

    problem: str = ""
    remark: str = ""


@dataclass(frozen=True)
class KnownCredentials:
    """Stored credentials, to notice values in the wrong field.

    Attributes:
        is_client_id: whether a stored application has that Client ID.
        is_client_secret: whether a stored application has that Client Secret.
    """

    is_client_id: Callable[[str], bool]
    is_client_secret: Callable[[Secret], bool]


def read_client_id(typed: Untrusted) -> str:
    """Read the Client ID without label, quotes, white space, line breaks and invisible characters."""
    return _value(typed.for_parsing(), "client_id", _ID_LABEL)


def read_client_secret(typed: Untrusted) -> Secret:
    """Read the Client Secret without label, quotes, white space, line breaks and invisible characters."""
    return Secret(_value(typed.for_parsing(), "client_secret", _SECRET_LABEL))


def read_access_token(typed: Untrusted) -> Secret | None:
    """Read the access token that a program hands back: in a header, in a token response, or bare.

    None if nothing has the form of one (`b64token`, RFC 6750 section 2.1).
    """
    text = typed.for_parsing()
    # a token copied from a URL may be followed by other parameters
    value = re.split("[&#]", _value(text, "access_token", _TOKEN_LABEL))[0]
    return Secret(value) if _TOKEN.fullmatch(value) else None


def _value(text: str, field: str, label: re.Pattern[str]) -> str:
    return unwrap(find_field(text, field) or text, label)


def check_client_id(
    typed: Untrusted, secret: Secret | None = None, stored: KnownCredentials | None = None
) -> FieldCheck:
    """Check a Client ID as typed against the secret in the other field and the stored credentials."""
    value = read_client_id(typed)
    if _SECRET_LABEL.match(tidy(typed.for_parsing())):
        return FieldCheck("This is labelled as the Client Secret. Are the two fields swapped?")
    if secret and Secret(value) == secret:
        return FieldCheck(_SAME)
    if secret and _contains(value, secret.reveal()):
        return FieldCheck(_BOTH)
    if stored is not None and stored.is_client_secret(Secret(value)):
        return FieldCheck("This is the Client Secret of an app stored here. Are the two fields swapped?")
    return _check(value, ID)


def check_client_secret(secret: Secret, client_id: str, stored: KnownCredentials | None = None) -> FieldCheck:
    """Check a Client Secret, read or typed, against the ID in the other field and the stored credentials."""
    typed = secret.reveal()
    value = read_client_secret(Untrusted(typed)).reveal()
    if _ID_LABEL.match(tidy(typed)):
        return FieldCheck("This is labelled as the Client ID. Are the two fields swapped?")
    if value and value == client_id:
        return FieldCheck(_SAME)
    if _contains(client_id, value) or _contains(value, client_id):
        return FieldCheck(_BOTH)
    if stored is not None and stored.is_client_id(value):
        return FieldCheck("This is the Client ID of an app stored here. Are the two fields swapped?")
    return _check(value, SECRET)


def _contains(value: str, second: str) -> bool:
    """Tell whether a value contains a whole second one."""
    return len(second) >= _SHORTEST and second in value


def _check(value: str, name: str) -> FieldCheck:
    if problem := _problem(value, name):
        return FieldCheck(problem)
    if re.fullmatch(rf"[0-9A-Fa-f]{{{USUAL_LENGTH}}}", value):
        return FieldCheck()
    return FieldCheck(
        remark=f"A Smily {name} usually has {USUAL_LENGTH} digits and letters a–f. "
        f"This has {len(value)} characters. Is it complete?"
    )


def _problem(value: str, name: str) -> str:
    """Explain why the value cannot be right, and what to do; empty if it can."""
    if not value:
        return f"The {name} is missing. Paste it here."
    if _URL.match(value):
        return f"This is a web address. The {name} has only letters and digits."
    if _CODE_LABEL.match(value):
        return f"This is the code, which comes in a later step. Paste the {name} here."
    scopes = value.replace(",", " ").split()
    if scopes and all(find(scope) for scope in scopes):
        return f"These are permissions, which you choose later. Paste the {name} here."
    if value.startswith("mcp_"):
        return f"This is a token of Smily's MCP server. Paste the {name} here."
    if _is_two_values(value):
        return f"A {name} has {USUAL_LENGTH} characters. This has {len(value)}. Did you paste two values?"
    if not _PRINTABLE.fullmatch(value):
        return f"A {name} has only letters and digits. Copy it again."
    if len(value) > _LONGEST:
        return f"Too long: this has {len(value)} characters. Copy the {name} alone."
    if len(value) < _SHORTEST:
        return f"Too short: a {name} has {USUAL_LENGTH} characters. This has {len(value)}. Copy it again."
    return ""


def _is_two_values(value: str) -> bool:
    """Recognize two values, or one and the beginning of a second, with or without a blank between them."""
    joined = "".join(value.split())
    is_too_long = re.fullmatch(rf"[0-9A-Fa-f]{{{USUAL_LENGTH + 1},}}", joined)
    return is_too_long is not None or len(joined) == 2 * USUAL_LENGTH
