"""Client ID, Client Secret and access token as people and programs hand them over: tidied and checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.oauth.pasted_value import CODE_LENGTHS, find_field, tidy, unwrap
from smily_tui.oauth.scopes import find
from smily_tui.secret import Secret
from smily_tui.text import Untrusted, unmarked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
# as strings, which are compiled when something is pasted: the first page waits for the others alone.
# Labels of a value, in English and French; `key` is the name of some clients' ID
_OWNER: Final = r"(?:client|application|app|consumer|oauth2?)"
_ID_WORD: Final = (
    rf"(?:{_OWNER}[\s_.-]*(?:uid|id|identifier|key)|identifiant(?: (?:du )?client)?|id (?:du )?client|uid)"
)
_SECRET_WORD: Final = rf"(?:{_OWNER}?[\s_.-]*secret(?:[\s_-]*key)?(?: (?:du )?client)?)"
_ROLE: Final = rf"(?i)(?:[a-z0-9]+_)*(?:(?P<id>{_ID_WORD}|(?<![a-z_])id)|(?P<secret>{_SECRET_WORD}))(?![a-z])"
_TOKENS: Final = r"(?i)\b(?:access|refresh)[\s_-]*token|\bcode\b"
_TO_VALUE: Final = r"""(?![a-z])["'`*)\]]*(?:\s*(?:=>|[:=|,;]|\t)\s*|\s+)["'`*(|\s-]*"""
_BARE_VALUE: Final = r"([A-Za-z0-9._~+/-]{8,512}={0,2})(?![\w@:])"
_ID_AND_VALUE: Final = rf"(?i)(?:(?<![a-z])|(?<=_)){_ID_WORD}{_TO_VALUE}{_BARE_VALUE}"
_SECRET_AND_VALUE: Final = rf"(?i)(?:(?<![a-z])|(?<=_)){_SECRET_WORD}{_TO_VALUE}{_BARE_VALUE}"
_USUAL_VALUE: Final = rf"(?<![\w-])[0-9A-Fa-f]{{{USUAL_LENGTH}}}(?![\w-])"
_LONG_VALUE: Final = r"(?<![\w.~+/-])[A-Za-z0-9._~+/-]{16,512}={0,2}(?![\w~+/-])"
# addresses and redirect URIs
_NO_VALUE: Final = r"(?i)(?:https?://|urn:)[^\s\"'`<>|,]*"
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


class FieldCheck(NamedTuple):
    """Result of checking a field.

    Attributes:
        problem: why the value cannot be right, and what to do; empty if it can.
        remark: unusual feature of a value that may be right.
    """

    problem: str = ""
    remark: str = ""


class Pair(NamedTuple):
    """Client ID and Client Secret that were pasted as one text."""

    client_id: str
    client_secret: Secret


class KnownCredentials(NamedTuple):
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


def read_pair(pasted: Untrusted) -> Pair | None:
    """Read Client ID and Client Secret from one text; None unless it has exactly these two values.

    Two values in turn are ID and secret. With labels, in any order: those of a table (in rows or below a
    head), of `.env`, JSON, YAML, a URL or a form.
    """
    text = unmarked(pasted.for_parsing()).replace("\u00a0", " ")
    if labelled := _labelled_pair(text):
        return labelled
    values = _long_values(re.sub(_NO_VALUE, " ", text))
    # one value, wrapped into two lines, or something else with a name
    if len(values) != 2 or len("".join(values)) in CODE_LENGTHS or re.search(_TOKENS, text):
        return None
    if _is_secret_first(text, values):
        values.reverse()
    return Pair(values[0], Secret(values[1]))


def _labelled_pair(text: str) -> Pair | None:
    """Return the values that follow right behind their labels."""
    labelled = [
        [value for value in re.findall(label, text) if not re.fullmatch(_ROLE, value)]
        for label in (_ID_AND_VALUE, _SECRET_AND_VALUE)
    ]
    ids, secrets = (list(dict.fromkeys(values)) for values in labelled)
    if len(ids) != 1 or len(secrets) != 1 or ids == secrets:
        return None
    return Pair(ids[0], Secret(secrets[0]))


def _long_values(text: str) -> list[str]:
    """Return the different values in a text: two of the usual length, else whatever is long enough."""
    usual = list(dict.fromkeys(re.findall(_USUAL_VALUE, text)))
    if len(usual) == 2:
        return usual
    values = [value for value in re.findall(_LONG_VALUE, text) if re.search(r"\d", value)]
    return [value for value in dict.fromkeys(values) if not re.search(_ROLE, value)]


def _is_secret_first(text: str, values: Sequence[str]) -> bool:
    """Tell by the labels: they come in the order of the values; a single one belongs to the value behind."""
    roles = list(re.finditer(_ROLE, text))
    if not roles:
        return False
    is_secret = roles[0]["secret"] is not None
    is_alone = len({role.lastgroup for role in roles}) == 1
    if is_alone and roles[0].start() > text.find(values[0]):
        return not is_secret
    return is_secret


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
