"""What a server says in its own words, made fit for a message: one line, with nothing like a secret in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.body import NotJson, read_object
from smily_tui.records import Record
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smily_tui.records import Value

_MOST_ERRORS: Final = 3
_LONGEST: Final = 300
_NAMES: Final = ("code", "error", "field")
_TEXTS: Final = ("title", "detail", "error_description", "message")
_WHOLE: Final = 1 << 20  # longer than any answer: a token is found before the line is cut, never half of it
_LIKE_A_SECRET: Final = re.compile(r"(?![a-z_]{1,31}[.,;:]?(?![!-~]))[!-~]{20,}")


def server_words(said: Value, limit: int) -> Clean:
    """The words, cleaned, where `said` is text; else none.

    A server may repeat the refused token or code in its error. A long run of signs that is
    no plain word, such as `unsupported_response_type`, is therefore left out.
    """
    if not isinstance(said, Untrusted):
        return Clean("")
    return clean(_LIKE_A_SECRET.sub("…", clean(said, _WHOLE)), limit)


def error_words(body: bytes) -> Clean:
    """What the body of a refusal says, cleaned; empty where it is no JSON object or says nothing.

    JSON:API's `errors` with code, title and detail, Smily's `field` beside them, Rails' lists by field,
    OAuth's `error` with its description, or a message.
    """
    try:
        fields = read_object(body)
    except NotJson:
        return Clean("")
    errors = fields.get("errors")
    entries = errors if isinstance(errors, tuple) else (errors or fields,)
    sentences = (_sentence(entry) for entry in entries[:_MOST_ERRORS])
    return clean("; ".join(each for each in sentences if each), _LONGEST)


def _sentence(entry: Value) -> str:
    """One error: its names, then its texts."""
    if not isinstance(entry, Record):
        return server_words(entry, _LONGEST)
    if isinstance(entry.get("error"), Record):
        return _sentence(entry["error"])
    names = [word for name in _NAMES if (word := server_words(entry.get(name), 60))]
    texts = [word for name in _TEXTS if (word := server_words(entry.get(name), _LONGEST))]
    if not names and not texts:
        return "; ".join(_by_field(entry))
    return ": ".join(part for part in (", ".join(names), " ".join(dict.fromkeys(texts))) if part)


def _by_field(entry: Record) -> Iterator[str]:
    """Rails' `{"name": ["can't be blank"]}`."""
    for name in entry:
        value = entry[name]
        if isinstance(value, tuple):
            words = ", ".join(word for each in value if (word := server_words(each, 100)))
            if words:
                yield f"{clean(name, 60)}: {words}"
