"""Parser for anything that a person pastes as the authorization code; a refusal explains the mistake."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, parse_qs, parse_qsl, unquote, urlsplit

from smily_tui.oauth.errors import OwnerDeclined, OwnLink, PageError, PasteRefused
from smily_tui.oauth.pasted_value import PUNCTUATION, USUAL, find_field, join_lines, tidy
from smily_tui.origin import Origin, host_of
from smily_tui.records import Record
from smily_tui.secret import Secret
from smily_tui.text import Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


LONGEST_PASTE: Final = 8192
_SHORTEST, _LONGEST = 4, 512
_CODE = re.compile(rf"(?<![\w-]){USUAL}(?![\w-])")
_ENDS_IN_CODE = re.compile(rf"[=/]{USUAL}$")
# `#_=_`, `&state=x`; mail filters put `__;` behind a link
_APPENDED = re.compile(r"(?:__;|[#&?;]).*$")
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,9}(?:\s[^<>]*)?>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rf"\b(?:href|value)\s*=\s*[\"']?((?:[^\"'\s>]*(?:code|error)(?:=|%3D)[^\"'\s>]*)|{USUAL})(?=[\"'\s>])",
    re.IGNORECASE,
)
_ESCAPES: Final = (("&amp;", "&"), ("\\/", "/"), ("\\u0026", "&"), ("\\u003d", "="))  # of HTML and JSON
_LABEL = re.compile(
    r"^(?:(?:your|the)\s+)?(?:authori[sz]ation\s+)?code[\"']?(?:\s+is)?(?:\s*[:=]\s*|\s+(?=\S{16}))",
    re.IGNORECASE,
)
_OOB = re.compile(r"\burn:ietf:wg:oauth:2\.0:oob(?::auto)?[?#](\S.*)", re.IGNORECASE)
# Proofpoint's URL Defense, version 2: - for %, _ for /
_PROOFPOINT = re.compile(r"https?-3A__")
# ends at |: Slack writes <URL|text>
_URL = re.compile(r"https?://[^\s\"'`<>“”|]+", re.IGNORECASE)
_SOFT_BREAK = re.compile(r"(?<=[\w-]{8})(?<!code)=\r?\n(?=\S)", re.IGNORECASE)  # RFC 2045 section 6.7
_ENCODED = re.compile(r"(?:https?%(?:25)*3A|\??code%(?:25)*3D)", re.IGNORECASE)
_QUERY = re.compile(r"[?&]?(?:[\w.]+=[^&\s]*&)*(?:code|error)=\S")
_CODE_PATH = re.compile(r"/oauth/authorize/([^/]+)/?$")
_HOST = re.compile(r"(?:[a-z0-9-]{1,30}\.)+[a-z0-9-]{1,30}(?::\d+)?")
_SEVERAL: Final = "You pasted several codes. Paste just one."
_SEVERAL_URLS: Final = "You pasted several addresses. Paste just one."
_NONE: Final = "There is no code in what you pasted."
_OWN_LINK: Final = "That is the link to open, not the code."
_SAID_NO: Final = "The owner declined: the page says “access_denied”."
# Source: the English texts of Doorkeeper's error page. People may copy it without its heading.
_ERROR_PAGE: Final = (
    r"an error has occurred|client authentication failed|missing required parameter|"
    r"code challenge method must|request need to be authorized|"
    r"the (?:requested (?:scope|redirect uri)|provided authorization grant|request is missing)|"
    r"the client is not authorized|"
    r"authorization server (?:does not support|encountered|is currently)"
)
_REFUSALS: Final = (
    (r"denied the request|\baccess_denied\b", OwnerDeclined, _SAID_NO),
    (_ERROR_PAGE, PageError, "The page shows an error instead of a code."),
    (r"\bresponse_type=code\b", OwnLink, _OWN_LINK),
    (r"(?<![\w-])mcp_\w", PasteRefused, "That is a token of Smily's MCP server, not a code."),
    (r"^bearer\s|\b(?:access|refresh)[_ ]token\b", PasteRefused, "That is a token, not a code."),
    (r"^client[\s_-]*id\b", PasteRefused, "That is a Client ID, not the code."),
    (r"^client[\s_-]*secret\b", PasteRefused, "That is a Client Secret, not the code."),
)

# RFC 6749 section 4.1.2.1, and Doorkeeper's own. Any other name may be a pasted secret: it is not repeated.
_PAGE_ERRORS: Final = frozenset(
    {
        "invalid_request", "unauthorized_client", "unsupported_response_type", "invalid_scope",
        "server_error", "temporarily_unavailable", "invalid_client", "invalid_redirect_uri",
    }
)  # fmt: skip


@dataclass(frozen=True)
class PasteContext:
    """Local facts that help to understand a paste.

    Attributes:
        client_id, client_secret: the application's, to notice that one of them was pasted.
        server: the origin whose code page is meant.
        spent: when the code with that fingerprint was exchanged here, in words; None if it was not.
        is_token: whether a stored token is the same.
    """

    client_id: str
    client_secret: Secret | None
    server: Origin
    spent: Callable[[str], str | None]
    is_token: Callable[[Secret], bool] | None = None


def read_pasted_code(pasted: Untrusted, context: PasteContext) -> Secret:
    """Find the code in what a person pasted.

    Bare, quoted, wrapped over lines, with white space and invisible characters, after "Authorization
    code:" or `code=`, or as the whole URL of the code page, also where a mail program wrapped it in another
    URL. A line of 43 or 64 characters is taken for a whole code.

    Raises:
        PasteRefused: its text does not repeat the paste.
    """
    if len(pasted) > LONGEST_PASTE:
        raise PasteRefused("That is far too long to be a code.")
    text = _decode_mail(pasted.for_parsing())
    text = tidy(_TAG.sub(lambda tag: f" {' '.join(_ATTRIBUTE.findall(tag[0]))} ", text))
    for escape, char in _ESCAPES:
        text = text.replace(escape, char)
    # part of a URL, perhaps encoded twice
    while _ENCODED.match(text.lstrip(PUNCTUATION)):
        text = unquote(text)
    if not text:
        raise PasteRefused("Nothing was pasted.")
    code = _APPENDED.sub("", unquote(_find_code(text, context))).strip(PUNCTUATION + "/|")
    _check_format(code)
    _check_identity(Secret(code), context)
    return Secret(code)


def _decode_mail(text: str) -> str:
    """Join soft line breaks of a mail's source and decode its characters; leave any other text alone."""
    if not _SOFT_BREAK.search(text):
        return text
    return re.sub("=([2-7][0-9A-F])", lambda code: chr(int(code[1], 16)), _SOFT_BREAK.sub("", text))


def _check_format(code: str) -> None:
    foreign = [char for char in dict.fromkeys(code) if not "!" <= char <= "~"]
    if foreign:
        names = [unicodedata.name(char, "one without a name").lower() for char in foreign[:3]]
        raise PasteRefused(f"A code never has these characters: {', '.join(names)}.")
    if len(code) > _LONGEST:
        raise PasteRefused("That is too long to be a code.")
    if len(code) < _SHORTEST:
        raise PasteRefused(_NONE)


def _check_identity(code: Secret, context: PasteContext) -> None:
    if code == Secret(context.client_id):
        raise PasteRefused("That is the app's Client ID, not the code.")
    if context.client_secret is not None and code == context.client_secret:
        raise PasteRefused("That is the app's Client Secret, not the code.")
    if context.is_token is not None and context.is_token(code):
        raise PasteRefused("That is a token stored here, not a code.")
    if (when := context.spent(code.fingerprint())) is not None:
        problem = f"This code was used here {clean(when, 40)}. A code works once."
        raise PasteRefused(problem, next="Open the link again to get a new code.")


def _find_code(text: str, context: PasteContext) -> str:
    if text.startswith("{") and (fields := _read_json(text)):
        return _from_json(fields)
    if code := find_field(text, "code"):
        return code
    if oob := _OOB.search(text):
        return _from_query(_first(oob[1]))
    if text.lower().startswith(f"{host_of(context.server)}/"):  # browsers may hide the scheme
        text = f"{urlsplit(context.server).scheme}://{text}"
    urls = {_first(piece) for piece in re.split(r"(?i)(?=https?://)", text) if _URL.match(piece)}
    nested = {inner for url in urls for inner in (url, *_urls_within(url))}
    if of_this_server := {url for url in nested if _origin(url) == context.server}:
        return _from_urls(of_this_server, context)
    if urls and not _CODE.search(_URL.sub(" ", text)):
        if len(urls) > 1:
            raise PasteRefused(_SEVERAL_URLS)
        return _from_url(urls.pop(), context)
    if _QUERY.match(text):
        return _from_query(_first(text).lstrip("?&"))
    return _from_text(_URL.sub(" ", text))


def _first(text: str) -> str:
    """Return the start of `text` up to its first blank, with the lines that a break cut off."""
    pieces = text.split()
    joined = pieces[0] if _ENDS_IN_CODE.search(pieces[0]) else join_lines(pieces) or pieces[0]
    url = _URL.match(joined)
    return url[0] if url else joined


def _from_text(text: str) -> str:
    """Return a code by itself, perhaps after its label, or the one part of a text that looks like a code."""
    for pattern, refusal, problem in _REFUSALS:
        if re.search(pattern, text, re.IGNORECASE):
            raise refusal(problem)
    codes = set(_CODE.findall(text))
    if len(codes) > 1:
        raise PasteRefused(_SEVERAL)
    pieces = _LABEL.sub("", text).strip(PUNCTUATION).split()
    code = codes.pop() if codes else pieces[0] if len(set(pieces)) == 1 else join_lines(pieces)
    if pieces and not code:
        raise PasteRefused("You pasted more than the code.")
    return code


# -- URLs ----------------------------------------------------------------------------------------------


def _from_urls(urls: set[str], context: PasteContext) -> str:
    """Return the one code in URLs of the server; if there is none, raise the refusal of the first."""
    codes: set[str] = set()
    refusals: list[PasteRefused] = []
    for url in sorted(urls):
        try:
            codes.add(_APPENDED.sub("", _from_url(url, context)).strip(PUNCTUATION))
        except PasteRefused as refusal:
            refusals.append(refusal)
    if len(codes) > 1:
        raise PasteRefused(_SEVERAL_URLS)
    if not codes:
        raise refusals[0]
    return codes.pop()


def _urls_within(url: str) -> Iterator[str]:
    """Yield the URLs that are encoded in another one, as in the links that mail programs write."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    for value in (*(value for _, value in parse_qsl(parts.query)), unquote(parts.path)):
        decoded = unquote(value.replace("-", "%").replace("_", "/")) if _PROOFPOINT.match(value) else value
        if inner := _URL.search(decoded):
            yield inner[0]


def _origin(url: str) -> str:
    """Return the origin of a URL; empty if it is invalid or not allowed."""
    try:
        parts = urlsplit(url)
        return Origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError:  # also BadServer, which derives from it
        return ""


def _from_url(url: str, context: PasteContext) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise PasteRefused("That address is not valid.") from None
    if _origin(url) != context.server:
        raise _other_server(parts, context.server)
    for fields in (parts.query, parts.fragment):
        if _QUERY.match(fields):
            return _from_query(fields)
    path = _CODE_PATH.search(parts.path)
    # /oauth/authorize/CODE, as older Doorkeepers had it
    if path and path[1] != "native":
        return path[1]
    if parts.path.rstrip("/").endswith("/oauth/authorize"):
        raise OwnLink(_OWN_LINK)
    raise PasteRefused("There is no code in that address.")


def _other_server(parts: SplitResult, expected: str) -> PasteRefused:
    """Refuse the URL of another server, which is named only if its name cannot hold a code."""
    host = parts.netloc.rpartition("@")[2].lower()
    name = f" ({parts.scheme}://{host})" if _HOST.fullmatch(host) else ""
    return PasteRefused(f"That address belongs to another server{name}. Expected: {expected}.")


def _from_query(query: str) -> str:
    fields = parse_qs(query)
    if "error" in fields:
        raise _page_error(fields["error"][0])
    codes = set(fields.get("code", []))
    if len(codes) > 1:
        raise PasteRefused(_SEVERAL)
    if "client_secret" in fields:
        raise PasteRefused("That is a whole token request. Paste only the code.")
    return next(iter(codes), "").strip().replace(" ", "+")  # parse_qs reads + as a blank


# -- JSON ----------------------------------------------------------------------------------------------


def _read_json(text: str) -> Record | None:
    """Read a JSON object; None if it is cut or no JSON."""
    try:
        return Record(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        return None


def _from_json(fields: Record) -> str:
    if error := fields.get("error"):
        raise _page_error(error.for_parsing() if isinstance(error, Untrusted) else "")
    if "access_token" in fields or "refresh_token" in fields:
        raise PasteRefused("That is a token response, not a code.")
    code = fields.get("code")
    if not isinstance(code, Untrusted):
        raise PasteRefused(_NONE)
    return code.for_parsing()


def _page_error(error: str) -> PasteRefused:
    if error.lower() == "access_denied":
        return OwnerDeclined(_SAID_NO)
    name = f"“{error}”" if error in _PAGE_ERRORS else "an error"
    return PageError(f"The page shows {name} instead of a code.")
