"""What a server says in its own words, made fit for a message: one line, with nothing like a secret in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from smily_tui.outside import Value

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
