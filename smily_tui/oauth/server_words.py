"""Words of a server, made fit for a message: one line, without anything like a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.body import NotJson, read_object
from smily_tui.records import Record, Value
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Iterator


QUOTING: Final = " It says: "
_MOST_ERRORS: Final = 3
_LONGEST: Final = 300
_NAMES: Final = ("code", "error", "field")
_TEXTS: Final = ("title", "detail", "error_description", "message")
# longer than any answer: cutting first could leave half of a token, and hide it
_UNCUT: Final = 1 << 20
_LIKE_A_SECRET: Final = re.compile(r"(?![a-z_]{1,31}[.,;:]?(?![!-~]))[!-~]{20,}")


def server_words(value: Value, limit: int) -> Clean:
    """Clean a text of a server; empty if the value is no text.

    A server may repeat the refused token or code in its error. A long run of characters that is no plain
    word, such as `unsupported_response_type`, is therefore left out.
    """
    if not isinstance(value, Untrusted):
        return Clean("")
    return clean(_LIKE_A_SECRET.sub("…", clean(value, _UNCUT)), limit)


def error_words(body: bytes) -> Clean:
    """Clean the explanation in the body of a refusal; empty if there is none.

    JSON:API's `errors` with code, title and detail, Smily's `field` beside them, Rails' lists by field,
    OAuth's `error` with its description, or a message.
    """
    try:
        fields = read_object(body)
    except NotJson:
        return Clean("")
    # JSON:API has an array; Rails may have one object of lists
    errors = fields.get("errors")
    entries = errors if isinstance(errors, tuple) else (errors or fields,)
    sentences = (_sentence(entry) for entry in entries[:_MOST_ERRORS])
    return clean("; ".join(filter(None, sentences)), _LONGEST)


def _sentence(entry: Value) -> str:
    """Write one error: its names, then its texts."""
    if not isinstance(entry, Record):
        return server_words(entry, _LONGEST)
    if isinstance(entry.get("error"), Record):
        return _sentence(entry["error"])
    names = [name for key in _NAMES if (name := server_words(entry.get(key), 60))]
    texts = [text for key in _TEXTS if (text := server_words(entry.get(key), _LONGEST))]
    if not names and not texts:
        return "; ".join(_by_field(entry))
    return ": ".join(filter(None, (", ".join(names), " ".join(dict.fromkeys(texts)))))


def _by_field(entry: Record) -> Iterator[str]:
    """Yield Rails' errors, such as `{"name": ["can't be blank"]}`."""
    for name in entry:
        value = entry[name]
        if isinstance(value, tuple):
            problems = ", ".join(filter(None, (server_words(problem, 100) for problem in value)))
            if problems:
                yield f"{clean(name, 60)}: {problems}"
