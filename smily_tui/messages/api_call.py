"""Words about a request of the API and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.text import Clean, clean, counted

if TYPE_CHECKING:
    from smily_tui.api_call import Endpoint
    from smily_tui.errors import SmilyError
    from smily_tui.oauth.api_answer import ApiAnswer


FIRST_CALL: Final = "Your first call"
STOPPED: Final = "Stopped. You can send it again."
CUT: Final = "… This is the beginning of {size}. The whole answer: {command}"
NO_BODY: Final = "The answer is empty."
NEEDS: Final = "needs {scope}"
ASK: Final = "{again} to ask the owner for {scope}."
ASK_QUESTION: Final = "Ask the owner for {scope}?"
FIRST_LINES: Final = 180  # characters


def summary(answer: ApiAnswer) -> str:
    """Write status, time, number of records, and requests left this hour, with a sign before them."""
    return f"← {'   '.join(_facts(answer))}"


def status(answer: ApiAnswer) -> str:
    """Write the same as a sentence."""
    return f"Status {', '.join(_facts(answer))}."


def _facts(answer: ApiAnswer) -> list[str]:
    facts = [str(answer.status), f"{answer.seconds * 1000:.0f} ms"]
    if answer.records is not None:
        facts.append(counted(answer.records, "record"))
    if answer.remaining is not None:
        facts.append(f"{counted(answer.remaining, 'request')} left")
    return facts


def beginning(answer: ApiAnswer) -> Clean:
    """Write the beginning of the records, or of a body without any, in one line."""
    first = next((index for index, line in enumerate(answer.lines) if line.endswith("[")), 0)
    return clean(" ".join(answer.lines[first:]), FIRST_LINES)


def size(answer: ApiAnswer) -> str:
    """Write the size of the body."""
    return f"{answer.size / 1024:.0f} KB" if answer.size < 1024 * 1024 else f"{answer.size / 1024**2:.1f} MB"


def scope_to_ask_for(answer: ApiAnswer | None, endpoint: Endpoint | None) -> str:
    """Return the permission that would help: what the answer names, else what the endpoint needs."""
    if answer is not None:
        return next(iter(answer.missing), "")
    return endpoint.needs if endpoint is not None else ""


def with_key(error: SmilyError, scope: str, again: str) -> SmilyError:
    """Advise to ask for the permission that a request lacks; `again` is such as "Press u"."""
    return error.saying(next=ASK.format(again=again, scope=scope)) if scope else error
