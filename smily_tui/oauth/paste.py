"""Parser for whatever a person pastes as the authorization code; refusals explain what it was instead."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlsplit

from smily_tui.oauth import errors as refused
from smily_tui.oauth.diagnosis import CODE_LENGTHS
from smily_tui.origin import Origin, host_of
from smily_tui.records import Record
from smily_tui.secret import Secret
from smily_tui.text import Untrusted, clean, unmarked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


QUOTES: Final = "\"'`“”‘’«»‹›„‚"
AROUND: Final = " <>()[]{}*.,;:!" + QUOTES
USUAL: Final = r"(?:[A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{43})"
_PAIRS: Final = frozenset({"<>", "()", "[]", "{}", "**"})
_AFTER_QUOTE = re.compile(rf"(?<=[{QUOTES}])[,;]+$")
_INVISIBLE = {"Cc", "Cf", "Cs"}
_BARE_MARKS = re.compile(
    r"(?P<mark>20|0|)0~(.*?)(?:(?P=mark)1~)?"
)  # what a shell leaves of a paste's marks: 0~ … 1~
_FULL_LINES = 16
_QUOTED = re.compile(r"(?<=\n)[ \t]*>[> \t]*")  # how mail programs mark the lines that they answer
# what word processors and keyboards of East Asia write instead
_ALIKE = str.maketrans("\u2010\u2011", "--") | {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def visible(pasted: str) -> str:
    """The text without invisible characters, marks of a paste or of a quoted mail, outer quotes, white space.

    Each white space is a blank; fullwidth letters and special hyphens are plain ones.
    """
    shown = "".join(
        " " if char.isspace() else char
        for char in _QUOTED.sub("", unmarked(pasted)).translate(_ALIKE)
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )
    text = shown.strip(" " + QUOTES)
    marked = _BARE_MARKS.fullmatch(text)
    return marked[2].strip(" " + QUOTES) if marked else text


def field_in(text: str, name: str) -> str:
    """The text of a field of JSON, also of a part of it; empty where there is none of that name."""
    field = re.search(rf"(?<!\w){name}[\"']\s*:\s*[\"']([^\"']*)", text)
    return field[1] if field else ""


def bare(pasted: str, label: re.Pattern[str]) -> str:
    """One value without its label and what stands around it.

    The lines of a wrapped paste are joined; other blanks stay. Punctuation that is not in pairs is taken away
    from a value of a usual length only: it may be a part of any other.
    """
    pieces = _peeled(label.sub("", _peeled(visible(pasted)))).split()
    value = unwrapped(pieces) or " ".join(pieces)
    inner = value.strip(AROUND)
    return inner if re.fullmatch(USUAL, inner) else value


def _peeled(text: str) -> str:
    """Without quotes, and without brackets and asterisks around all of it."""
    while True:
        text = _AFTER_QUOTE.sub("", text.strip()).strip(" " + QUOTES)
        if len(text) < 2 or text[0] + text[-1] not in _PAIRS:
            return text
        text = text[1:-1]


def unwrapped(pieces: Sequence[str]) -> str:
    """The pieces of one broken value in one; empty where they look like separate words.

    A value is broken into lines of one width, the last of them not longer. Behind a label the first may
    be shorter; then only a usual length tells that the pieces belong together.
    """
    joined = "".join(pieces)
    if len(pieces) < 2:
        return joined
    first, *middle, last = (len(piece) for piece in pieces)
    even = set(middle) <= {first} and last <= first and len(joined) - last >= _FULL_LINES
    usual = len(joined) in CODE_LENGTHS and len(set(middle)) <= 1 and max(first, last) <= max(middle or [64])
    return joined if even or usual else ""


LONGEST_PASTE: Final = 8192
_SHORTEST, _LONGEST = 4, 512
_ENDS_WHOLE = re.compile(rf"[=/]{USUAL}$")
_WHOLE = re.compile(rf"(?<![\w-]){USUAL}(?![\w-])")
_BEHIND = re.compile(r"(?:__;|[#&?;]).*$")  # `#_=_`, `&state=x`, and what a mail filter puts behind a link
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,9}(?:\s[^<>]*)?>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rf"\b(?:href|value)\s*=\s*[\"']?((?:[^\"'\s>]*(?:code|error)(?:=|%3D)[^\"'\s>]*)|{USUAL})(?=[\"'\s>])",
    re.IGNORECASE,
)
_WRITTEN: Final = (("&amp;", "&"), ("\\/", "/"), ("\\u0026", "&"), ("\\u003d", "="))  # in HTML, in JSON
_LABEL = re.compile(
    r"^(?:(?:your|the)\s+)?(?:authori[sz]ation\s+)?code[\"']?(?:\s+is)?(?:\s*[:=]\s*|\s+(?=\S{16}))",
    re.IGNORECASE,
)
_OOB = re.compile(r"\burn:ietf:wg:oauth:2\.0:oob(?::auto)?[?#](\S.*)", re.IGNORECASE)
_PROOFPOINT = re.compile(r"https?-3A__")  # its second version writes - for % and _ for /
_ADDRESS = re.compile(r"https?://[^\s\"'`<>“”|]+", re.IGNORECASE)  # Slack writes <address|text>
_SOFT_BREAK = re.compile(r"(?<=[\w-]{8})(?<!code)=\r?\n(?=\S)", re.IGNORECASE)  # RFC 2045 section 6.7
_ENCODED = re.compile(r"(?:https?%(?:25)*3A|\??code%(?:25)*3D)", re.IGNORECASE)
_QUERY = re.compile(r"[?&]?(?:[\w.]+=[^&\s]*&)*(?:code|error)=\S")
_CODE_PATH = re.compile(r"/oauth/authorize/([^/]+)/?$")
_HOST = re.compile(r"(?:[a-z0-9-]{1,30}\.)+[a-z0-9-]{1,30}(?::\d+)?")
_SEVERAL = "There are several codes in what was pasted; only one is wanted."
_ADDRESSES = "There are several addresses in what was pasted; only one is wanted."
_NONE = "There is no code in what was pasted."
_OWN_LINK = "That is the link to open, not the code."
_SAID_NO = "The owner said no: the page answered “access_denied”."
# Source: the English words of Doorkeeper's error page, whose heading may be left out.
_ERROR_PAGE: Final = (
    r"an error has occurred|client authentication failed|missing required parameter|"
    r"code challenge method must|request need to be authorized|"
    r"the (?:requested (?:scope|redirect uri)|provided authorization grant|request is missing)|"
    r"the client is not authorized|"
    r"authorization server (?:does not support|encountered|is currently)"
)
_OTHER_THINGS: Final = (
    (r"denied the request|\baccess_denied\b", refused.OwnerSaidNo, _SAID_NO),
    (_ERROR_PAGE, refused.PageError, "The page shows an error instead of a code."),
    (r"\bresponse_type=code\b", refused.OwnLink, _OWN_LINK),
    (r"(?<![\w-])mcp_\w", refused.TokenPasted, "That is a token of Smily's MCP server, not a code."),
    (r"^bearer\s|\b(?:access|refresh)[_ ]token\b", refused.TokenPasted, "That is a token, not a code."),
    (r"^client[\s_-]*id\b", refused.ClientIdPasted, "That is a Client ID, not the code."),
    (r"^client[\s_-]*secret\b", refused.ClientSecretPasted, "That is a Client Secret, not the code."),
)

# RFC 6749 section 4.1.2.1, and what Doorkeeper adds; another name could be anything that was pasted.
_PAGE_ERRORS: Final = frozenset(
    {
        "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope",
        "server_error", "temporarily_unavailable", "invalid_client", "invalid_redirect_uri",
    }
)  # fmt: skip


@dataclass(frozen=True)
class PasteContext:
    """What is known here that helps to understand a paste.

    Attributes:
        client_id, client_secret: the application's, to notice that one of them was pasted.
        server: the origin whose code page is meant.
        spent: when the code with that fingerprint was exchanged here, in words; None if it was not.
        is_token: whether a stored token has that fingerprint.
    """

    client_id: str
    client_secret: Secret | None
    server: Origin
    spent: Callable[[str], str | None]
    is_token: Callable[[str], bool] | None = None


def read_pasted_code(pasted: Untrusted, context: PasteContext) -> Secret:
    """The code in what a person pasted.

    Bare, quoted, wrapped over lines, with white space and invisible characters, after "Authorization
    code:" or `code=`, or as the whole address of the page that shows it, also where a mail program wrapped
    that in another one. Lines of 43 or 64 characters are taken for whole codes.

    Raises:
        PasteRefused: one of its kinds (`paste_errors`); none repeats what was pasted.
    """
    if len(pasted) > LONGEST_PASTE:
        raise refused.TooLong("That is far too long to be a code.")
    text = _unfolded(pasted.for_parsing())
    text = visible(_TAG.sub(lambda tag: f" {' '.join(_ATTRIBUTE.findall(tag[0]))} ", text))
    for written, meant in _WRITTEN:
        text = text.replace(written, meant)
    while _ENCODED.match(text.lstrip(AROUND)):  # a part of an address, perhaps encoded twice
        text = unquote(text)
    if not text:
        raise refused.EmptyPaste("Nothing was pasted.")
    code = _BEHIND.sub("", unquote(_code_in(text, context))).strip(AROUND + "/|")
    _check_form(code)
    return _checked(Secret(code), context)


def _unfolded(text: str) -> str:
    """The text of a mail's source: without soft line breaks, its characters decoded where there are any."""
    if not _SOFT_BREAK.search(text):
        return text
    return re.sub("=([2-7][0-9A-F])", lambda code: chr(int(code[1], 16)), _SOFT_BREAK.sub("", text))


def _check_form(code: str) -> None:
    foreign = [char for char in dict.fromkeys(code) if not "!" <= char <= "~"]
    if foreign:
        names = [unicodedata.name(char, "one without a name").lower() for char in foreign[:3]]
        raise refused.ForbiddenCharacters(f"There are characters that no code has: {', '.join(names)}.")
    if len(code) > _LONGEST:
        raise refused.TooLong("That is too long to be a code.")
    if len(code) < _SHORTEST:
        raise refused.NoCode(_NONE)


def _checked(code: Secret, context: PasteContext) -> Secret:
    if code == Secret(context.client_id):
        raise refused.ClientIdPasted("That is the application's Client ID, not the code.")
    if context.client_secret is not None and code == context.client_secret:
        raise refused.ClientSecretPasted("That is the application's Client Secret, not the code.")
    if context.is_token is not None and context.is_token(code.fingerprint()):
        raise refused.TokenPasted("That is a token that is stored here, not a code.")
    when = context.spent(code.fingerprint())
    if when is not None:
        raise refused.CodeSpent(f"This code was already exchanged here {clean(when, 40)}; a code works once.")
    return code


def _code_in(text: str, context: PasteContext) -> str:
    if text.startswith("{") and (fields := _object(text)):
        return _from_json(fields)
    if part := field_in(text, "code"):
        return part
    if oob := _OOB.search(text):
        return _from_query(_first(oob[1]))
    host = host_of(context.server)
    if text.lower().startswith(f"{host}/"):
        text = f"{urlsplit(context.server).scheme}://{text}"
    addresses = {_first(piece) for piece in re.split(r"(?i)(?=https?://)", text) if _ADDRESS.match(piece)}
    if ours := {inner for address in addresses for inner in _ours(address, context.server)}:
        return _from_ours(ours, context)
    if addresses and not _WHOLE.search(_ADDRESS.sub(" ", text)):
        return _from_others(addresses, context)
    if _QUERY.match(text):
        return _from_query(_first(text).lstrip("?&"))
    return _bare(_ADDRESS.sub(" ", text))


def _first(text: str) -> str:
    """What `text` begins with, up to its first blank, with the lines that a break cut off."""
    words = text.split()
    whole = words[0] if _ENDS_WHOLE.search(words[0]) else unwrapped(words) or words[0]
    address = _ADDRESS.match(whole)
    return address[0] if address else whole


def _bare(text: str) -> str:
    """A code by itself, perhaps after its label, or the one thing in a text that looks like a code."""
    for pattern, kind, what in _OTHER_THINGS:
        if re.search(pattern, text, re.IGNORECASE):
            raise kind(what)
    whole = set(_WHOLE.findall(text))
    if len(whole) > 1:
        raise refused.SeveralCodes(_SEVERAL)
    words = _LABEL.sub("", text).strip(AROUND).split()
    code = whole.pop() if whole else words[0] if len(set(words)) == 1 else unwrapped(words)
    if words and not code:
        raise refused.NoCode("There is more than a code in what was pasted.")
    return code


def _from_ours(addresses: set[str], context: PasteContext) -> str:
    """The code in one or several addresses of the server."""
    codes: set[str] = set()
    refusals: list[refused.PasteRefused] = []
    for address in sorted(addresses):
        try:
            codes.add(_BEHIND.sub("", _from_address(address, context)).strip(AROUND))
        except refused.PasteRefused as refusal:
            refusals.append(refusal)
    if len(codes) > 1:
        raise refused.SeveralCodes(_ADDRESSES)
    if not codes:
        raise refusals[0]
    return codes.pop()


def _from_others(addresses: set[str], context: PasteContext) -> str:
    """Refuse addresses of which none is the server's."""
    if len(addresses) > 1:
        raise refused.SeveralCodes(_ADDRESSES)
    return _from_address(addresses.pop(), context)


def _ours(address: str, server: str) -> Iterator[str]:
    """The addresses of the server: it, or what is wrapped in it."""
    return (inner for inner in (address, *_wrapped_in(address)) if _origin(inner) == server)


def _wrapped_in(address: str) -> Iterator[str]:
    """The addresses that stand encoded in one, as in the links that mail programs write."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    for value in (*(value for _, value in parse_qsl(parts.query)), unquote(parts.path)):
        written = unquote(value.replace("-", "%").replace("_", "/")) if _PROOFPOINT.match(value) else value
        if inner := _ADDRESS.search(written):
            yield inner[0]


def _origin(address: str) -> str:
    """The origin of an address; empty where it is none that may be asked."""
    try:
        parts = urlsplit(address)
        return Origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError:  # a BadServer is one, too
        return ""


def _from_address(address: str, context: PasteContext) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        raise refused.NoCode("That address cannot be understood.") from None
    if _origin(address) != context.server:
        raise _other_server(parts, context.server)
    for fields in (parts.query, parts.fragment):
        if _QUERY.match(fields):
            return _from_query(fields)
    path = _CODE_PATH.search(parts.path)
    if path and path[1] != "native":
        return path[1]
    if parts.path.rstrip("/").endswith("/oauth/authorize"):
        raise refused.OwnLink(_OWN_LINK)
    raise refused.NoCode("There is no code in that address.")


def _other_server(parts: SplitResult, expected: str) -> refused.OtherServer:
    """The refusal of another server's address; it is named where its name can hold no code."""
    host = parts.netloc.rpartition("@")[2].lower()
    named = f", {parts.scheme}://{host}" if _HOST.fullmatch(host) else ""
    return refused.OtherServer(f"That is an address of another server{named}; wanted is {expected}.")


def _from_query(query: str) -> str:
    fields = parse_qs(query)
    if "error" in fields:
        raise _page_error(fields["error"][0])
    codes = set(fields.get("code", []))
    if len(codes) > 1:
        raise refused.SeveralCodes(_SEVERAL)
    if "client_secret" in fields:
        raise refused.NoCode("That is a whole token request; only the code is wanted.")
    return next(iter(codes), "").strip().replace(" ", "+")


def _object(text: str) -> Record | None:
    """The object that JSON says; None where it is none, or cut."""
    try:
        return Record(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        return None


def _from_json(fields: Record) -> str:
    if error := fields.get("error"):
        raise _page_error(error.for_parsing() if isinstance(error, Untrusted) else "")
    if "access_token" in fields or "refresh_token" in fields:
        raise refused.TokenPasted("That is a token response, not a code.")
    code = fields.get("code")
    if not isinstance(code, Untrusted):
        raise refused.NoCode(_NONE)
    return code.for_parsing()


def _page_error(error: str) -> refused.PasteRefused:
    if error.lower() == "access_denied":
        return refused.OwnerSaidNo(_SAID_NO)
    name = f"“{error}”" if error in _PAGE_ERRORS else "an error"
    return refused.PageError(f"The page shows {name} instead of a code.")
