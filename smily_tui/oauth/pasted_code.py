"""What a person pasted as the code: read tolerantly, and refused with words that help.

PasteRefused               exit code 2; never holds what was pasted
EmptyPaste, NoCode, SeveralCodes, OwnLink, OtherServer, OwnerSaidNo, PageError,
ClientIdPasted, ClientSecretPasted, TokenPasted, CodeSpent
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urlsplit

from smily_tui.errors import SmilyError
from smily_tui.secret import Secret
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_PASTE: Final = 8192
SHORTEST_WHOLE: Final = 40  # this family's codes have 43 or 64 characters
_CODE = re.compile(r"[\x21-\x7e]{4,512}")
_LABEL = re.compile(r"^(?:your\s+)?(?:authori[sz]ation\s+)?code\s*(?:is)?\s*[:=]\s*", re.IGNORECASE)
_QUOTES = "\"'`“”‘’«»‹›„‚"
_ADDRESS = re.compile(r"https?://[^\s\"'`<>“”]+", re.IGNORECASE)
_NATIVE = re.compile(r"/oauth/authorize/([^/]+)/?")


class PasteRefused(SmilyError):
    """What was pasted is not a code that can be used."""

    exit_code = 2
    default_kept = "Nothing was sent; the link is still good."
    default_next = "Copy the code from the page that appeared after “Authorize”, and paste it here."


class EmptyPaste(PasteRefused):
    """Nothing was pasted."""


class NoCode(PasteRefused):
    """There is no code in what was pasted."""


class SeveralCodes(PasteRefused):
    """More than one thing in what was pasted could be the code."""


class OwnLink(PasteRefused):
    """The link that is to be opened was pasted."""

    default_next = "Open it in a browser first; then paste what the page shows."


class OtherServer(PasteRefused):
    """The address of another server's page was pasted."""


class OwnerSaidNo(PasteRefused):
    """The page said that access was denied."""

    exit_code = 5
    default_kept = "Nothing is stored."
    default_next = "Send the link again, or ask the owner why."


class PageError(PasteRefused):
    """The page showed an error instead of a code."""

    exit_code = 5
    default_next = "Check the application's permissions and its redirect address, then open the link again."


class ClientIdPasted(PasteRefused):
    """The Client ID was pasted."""


class ClientSecretPasted(PasteRefused):
    """The Client Secret was pasted."""


class TokenPasted(PasteRefused):
    """A token response was pasted."""


class CodeSpent(PasteRefused):
    """The code was exchanged here before."""

    default_next = "Open the link again to get a new code."


@dataclass(frozen=True)
class PasteContext:
    """What is known here that helps to understand a paste.

    Attributes:
        client_id, client_secret: the application's, to notice that one of them was pasted.
        server: the origin whose code page is meant.
        spent: when the code with that fingerprint was exchanged here, in words; None if it was not.
    """

    client_id: str
    client_secret: Secret | None
    server: str
    spent: Callable[[str], str | None]


def read_pasted_code(pasted: str, context: PasteContext) -> Secret:
    """The code in what a person pasted.

    Bare, quoted, wrapped over lines, with white space and invisible characters, after "Authorization
    code:" or `code=`, or as the whole address of the page that shows it.

    Raises:
        PasteRefused: one of its kinds; none repeats what was pasted.
    """
    if len(pasted) > LONGEST_PASTE:
        raise NoCode("That is far too long to be a code.")
    text = _visible(pasted)
    if not text:
        raise EmptyPaste("Nothing was pasted.")
    code = _code_in(text, context)
    if not _CODE.fullmatch(code):
        raise NoCode("There is no code in what was pasted: a code is one run of letters, digits and signs.")
    return _checked(Secret(code), context)


def _checked(code: Secret, context: PasteContext) -> Secret:
    if code == Secret(context.client_id):
        raise ClientIdPasted("That is the application's Client ID, not the code.")
    if context.client_secret is not None and code == context.client_secret:
        raise ClientSecretPasted("That is the application's Client Secret, not the code.")
    when = context.spent(code.fingerprint())
    if when is not None:
        raise CodeSpent(f"This code was already exchanged here at {clean(when, 40)}; a code works once.")
    return code


def _visible(pasted: str) -> str:
    """The text without invisible characters, outer quotes and white space."""
    kept = "".join(
        " " if char.isspace() else char
        for char in pasted
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )
    return kept.strip(" " + _QUOTES)


def _code_in(text: str, context: PasteContext) -> str:
    if text.startswith("{"):
        return _from_json(text)
    if re.match(r"https?:", text, re.IGNORECASE):
        return _from_address(text.replace(" ", ""), context)
    inside = _ADDRESS.search(text)
    if inside:
        return _from_address(inside[0], context)
    if re.match(r"[?&]?(?:[\w.]+=[^&\s]*&)*(?:code|error)=", text):
        return _from_query(text.replace(" ", "").lstrip("?&"))
    return _bare(text)


def _bare(text: str) -> str:
    """A code by itself, perhaps after its label; lines of one wrapped code are joined."""
    rest = _LABEL.sub("", text).strip(" " + _QUOTES)
    words = rest.split()
    if len(words) > 1 and len(set(words)) == 1:
        return words[0]
    if len(words) > 1 and all(len(word) >= SHORTEST_WHOLE for word in words):
        raise SeveralCodes("There are several codes in what was pasted; only one is wanted.")
    if len(words) > 1 and not _is_wrapped(words):
        raise NoCode("There is more than a code in what was pasted.")
    return unquote("".join(words)) if "%" in rest else "".join(words)


def _is_wrapped(words: list[str]) -> bool:
    """Whether the pieces look like one code broken at a line's end: all but the last are of one length."""
    lengths = {len(word) for word in words[:-1]}
    whole = sum(len(word) for word in words)
    short_end = len(words[-1]) < len(words[0]) or whole in {43, 64}
    return len(lengths) == 1 and short_end and min(lengths) >= 10 and whole <= 512


def _from_address(address: str, context: PasteContext) -> str:
    try:
        parts = urlsplit(address)
        origin = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
    except ValueError:
        raise NoCode("That address cannot be understood.") from None
    if origin != context.server:
        raise OtherServer("That is an address of another server than this application's.")
    found = _from_query_if_any(parts.query) or _from_query_if_any(parts.fragment)
    if found:
        return found
    native = _NATIVE.fullmatch(parts.path)
    if native and native[1] != "native":
        return unquote(native[1])
    if parts.path.rstrip("/") == "/oauth/authorize":
        raise OwnLink("That is the link to open, not the code.")
    raise NoCode("There is no code in that address.")


def _from_query_if_any(query: str) -> str:
    return _from_query(query) if re.search(r"(?:^|&)(?:code|error)=", query) else ""


def _from_query(query: str) -> str:
    fields = parse_qs(query, keep_blank_values=True)
    if "error" in fields:
        raise _page_error(fields["error"][0])
    codes = set(fields.get("code", []))
    if len(codes) > 1:
        raise SeveralCodes("There are several codes in what was pasted; only one is wanted.")
    if "client_secret" in fields:
        raise NoCode("That is a whole token request; only the code is wanted.")
    return next(iter(codes), "").strip().replace(" ", "+")


def _from_json(text: str) -> str:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise NoCode("There is no code in what was pasted.") from None
    if "error" in fields:
        raise _page_error(str(fields["error"]))
    if "access_token" in fields:
        raise TokenPasted("That is a token response, not a code.")
    code = fields.get("code")
    if not isinstance(code, str):
        raise NoCode("There is no code in what was pasted.")
    return code


def _page_error(error: str) -> PasteRefused:
    if error == "access_denied":
        return OwnerSaidNo("The owner said no: the page answered “access_denied”.")
    name = error if re.fullmatch(r"[a-z_]{3,40}", error) else "an error"
    return PageError(f"The page shows {clean(name, 60)} instead of a code.")
