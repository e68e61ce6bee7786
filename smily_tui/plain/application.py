"""Step 1: which application is asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smily_tui.messages import connect as words
from smily_tui.oauth import credentials
from smily_tui.plain.console import sentences
from smily_tui.text import Untrusted, clean

if TYPE_CHECKING:
    from smily_tui.oauth.credentials import Finding, KnownCredentials
    from smily_tui.plain.console import Console
    from smily_tui.plain.session import Session
    from smily_tui.secret import Secret

WHERE = (words.WHERE_TITLE, *sentences(words.WHERE))


@dataclass(frozen=True)
class Entered:
    """An application as it was typed."""

    name: str
    client_id: str
    client_secret: Secret


def ask(session: Session, name: str = "", client_id: str = "") -> Entered:
    """Name, Client ID and Client Secret; name and Client ID may have been typed already.

    Raises:
        Back, Leave: the person does not want to.
    """
    console, demo = session.console, session.demo
    console.say(words.WHICH)
    if demo is not None and console.confirmed("Use the demo's own application?", default=True):
        return Entered(demo.name, demo.client_id, demo.client_secret)
    console.say(words.NEEDED, words.NOT_SENT, f"{words.WHERE_TITLE} Type ?")
    known = session.stored.known_credentials()
    name = clean(console.ask(words.NAME, default=name or "My app", explain=(words.NAME_WHY,)))
    client_id = _client_id(console, known, client_id)
    return Entered(name, client_id, _client_secret(console, client_id, known))


def _client_id(console: Console, known: KnownCredentials, before: str) -> str:
    console.say(words.ID_WHY)
    while True:
        typed = console.ask(credentials.ID, default=before, explain=WHERE)
        if _fits(console, credentials.check_client_id(typed, known=known)):
            return credentials.read_client_id(typed)


def _client_secret(console: Console, client_id: str, known: KnownCredentials) -> Secret:
    console.say(f"{words.KEPT_HERE}.")
    while True:
        typed = console.secret(credentials.SECRET, explain=WHERE)
        if _fits(console, credentials.check_client_secret(typed, client_id, known)):
            return credentials.read_client_secret(Untrusted(typed.reveal()))


def _fits(console: Console, finding: Finding) -> bool:
    """Say what speaks against it, or what is unusual; whether it can be meant."""
    if finding.problem:
        console.say(finding.problem)
    elif finding.remark:
        console.say(f"Careful: {finding.remark}")
    return not finding.problem
