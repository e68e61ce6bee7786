"""Examples of each stored and each piped record, as the goldens of this folder hold them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smily_tui.clock import Instant, SimulatedTime
from smily_tui.errors import SmilyError
from smily_tui.oauth.api import Identity
from smily_tui.oauth.errors import RateLimited
from smily_tui.oauth.requests import IssuedUrl
from smily_tui.origin import Origin
from smily_tui.queue.file import QueueFile
from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.records import Record, decode, encode
from smily_tui.secret import Secret
from smily_tui.system import Machine
from smily_tui.text import Clean
from smily_tui.tokens.jobs import (
    ExchangeJob,
    IdentifyJob,
    Outcome,
    ProbeJob,
    RefreshJob,
    decode_job,
    encode_job,
)
from smily_tui.tokens.registration import Registration
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.drafts import Draft, Drafts
from smily_tui.vault.history import TokenUse
from smily_tui.vault.home import Home
from smily_tui.vault.journal import Answer
from smily_tui.vault.model import Address, Application, Authorization, Credentials, Tokens
from smily_tui.vault.store import Note, Store
from smily_tui.wire.redaction import Exchange, Item

if TYPE_CHECKING:
    from collections.abc import Callable

SERVER = Origin("https://smily.example")
ADDRESS, OTHER = Address("app", "villa-rosa"), Address("app", "casa")
NOW = Instant(1_795_500_000.5, "b00t", 77.25)
HOME = Home(Path("/home/x/.config/smily-tui"), Path("/home/x/.local/state/smily-tui"))
CALLER = Clean("smily-tui token")

TOKENS = Tokens(
    access=Secret("access-1"),
    refresh=Secret("refresh-1"),
    scopes=(Clean("public"), Clean("bookings_read")),
    sent=NOW,
    lifetime=7200.0,
    extra={"token_type": "Bearer", "odd": [1, None, {"a": "é"}]},
)
AUTHORIZATION = Authorization(
    generation=3,
    server=SERVER,
    client_id="c" * 8,
    label=Clean("Villa Rosé"),
    account_id=4711,
    requested_scopes=(Clean("public"), Clean("bookings_read"), Clean("rates_read")),
    current=TOKENS,
    previous=Secret("refresh-0"),
    used=True,
    authorized_at=1_795_400_000.0,
    refreshed=NOW,
    named=True,
    machine=Machine("mark", Clean("desk")),
    handed_over=1_795_450_000.25,
    formerly=("villa", "new-account"),
    other={"colour": "red", "nested": {"a": [1, None]}},
)
BARE = Authorization(
    generation=1,
    server=SERVER,
    client_id="c" * 8,
    label=Clean("New account"),
    account_id=None,
    requested_scopes=(),
    current=Tokens(Secret("access-1"), Secret(""), (), Instant(1_795_500_000.0), 0.0),
    previous=Secret(""),
    used=False,
    authorized_at=1_795_400_000.0,
    refreshed=None,
    named=False,
    machine=Machine("", Clean("")),
)
CREDENTIALS = Credentials("c" * 8, Secret("client-secret"), SERVER)
NOTE = Note(3, 1_795_500_000.5, Clean("The server did not answer."), refused=False, rejected=True)
DRAFT = Draft(
    "authorize", SERVER, "Demo app", "c" * 8, "demo-app", ("public", "rates_read"), NOW, 4711, at=NOW
)
BARE_DRAFT = Draft("application", SERVER, "", "", at=NOW)
QUEUE = Queue(
    (
        Row(Clean("Villa Rosé"), 4711, (Clean("public"), Clean("rates_read")), 2, RowState.WAITING, 7.5),
        Row(Clean("Casa"), None, (), 5, RowState.FAILED, 8.0, Clean("The code had expired.")),
    ),
    newest=6,
)
TOKEN_USE = TokenUse(
    at=1_795_500_000.5,
    why=Clean("asked for"),
    outcome=Clean("refreshed"),
    host=Clean("desk"),
    process=CALLER,
    generation=3,
    spent=Clean("0123abcd"),
    got=Clean("4567ef01"),
)
INTENT: dict[str, object] = {
    "grant": "refresh_token",
    "generation": 4,
    "spends": "fe2165aa251ec720",
    "interrupted_at": None,
    "salvaged": None,
    "at": [1_795_500_000.5, "b00t", 77.25],
}
ANSWER = Answer(200, b'{"access_token": "x"}', coding="gzip", spent="fe2165aa251ec720")
REGISTRATION = Registration(
    Application("demo-app", Clean("Demo app"), "c" * 8, ("public", "rates_read"), SERVER),
    Secret("client-secret"),
)
ITEM = Item(Clean("code"), Clean("●●●●●●●●"), Clean("CODE"))
EXCHANGE = Exchange(
    server=Clean(SERVER),
    method=Clean("POST"),
    path=Clean("/oauth/token"),
    headers=(Item(Clean("Accept"), Clean("application/json")),),
    fields=(ITEM, Item(Clean("grant_type"), Clean("authorization_code"))),
    status=200,
    answer_headers=(Item(Clean("content-type"), Clean("application/json")),),
    body=(Clean("{"), Clean('  "scope": "public"'), Clean("}")),
    failure=Clean(""),
    at=1_795_500_000.5,
    seconds=0.25,
    in_doubt=False,
)
PLANNED = Exchange(Clean(SERVER), Clean("GET"), Clean("/api/v3/me"), (), ())
IDENTITY = Identity(4711, Clean("Villa Rosé"), Clean("paying"), Clean(""), clock_off=-1.5)
ERROR = RateLimited("Too many requests.", kept="All.", next="Wait.")
ERROR.again_at = 1_795_500_600.0


class Standing:
    """Clock that stands still."""

    def now(self) -> Instant:
        """Return the moment of all examples."""
        return NOW


def stored(record: object, folder: Path) -> bytes:
    """Save a record; return the bytes of its file."""
    store, home = Store(Home.at(folder)), Home.at(folder)
    store.make_folder("app")
    match record:
        case Authorization():
            store.slot(ADDRESS).save(record)
            return store.slot(ADDRESS).path().read_bytes()
        case Credentials():
            store.save_credentials("app", record)
            return store.application_path("app").read_bytes()
        case Note():
            store.slot(ADDRESS).write_note(record)
            return store.slot(ADDRESS).path("note").read_bytes()
        case TokenUse():
            store.slot(ADDRESS).history.add(record)
            return store.slot(ADDRESS).path("ledger").read_bytes()
        case Draft():
            Drafts(home, Standing(), SERVER).keep(dataclasses.replace(record, at=None))
            return (home.state / "wizard.draft").read_bytes()
        case Queue():
            QueueFile(home, "app").change(lambda _: record)
            return (home.state / "app.queue").read_bytes()
    raise TypeError(record)


def placed(data: bytes, kind: type, folder: Path) -> object:
    """Put bytes in the place of a record's file; return the record read from it."""
    store, home = Store(Home.at(folder)), Home.at(folder)
    store.make_folder("app")
    readers: dict[type, tuple[Path, Callable[[], object]]] = {
        Authorization: (store.slot(ADDRESS).path(), lambda: store.slot(ADDRESS).read()),
        Credentials: (store.application_path("app"), lambda: store.credentials("app")),
        Note: (store.slot(ADDRESS).path("note"), lambda: store.slot(ADDRESS).read_note()),
        TokenUse: (
            store.slot(ADDRESS).path("ledger"),
            lambda: next(iter(store.slot(ADDRESS).history.read()), None),
        ),
        Draft: (home.state / "wizard.draft", Drafts(home, Standing(), SERVER).find),
        Queue: (home.state / "app.queue", QueueFile(home, "app").read),
    }
    path, read = readers[kind]
    path.write_bytes(data)
    path.chmod(0o600)
    return read()


def piped(record: Any) -> bytes:
    """Return the bytes that cross a pipe for a record."""
    match record:
        case SimulatedTime():
            content: Any = record.as_list()
        case SmilyError():
            content = record.as_dict()
        case ExchangeJob() | RefreshJob() | IdentifyJob() | ProbeJob():
            content = encode_job(record)
        case _:
            content = encode(record)
    return json.dumps(content).encode()


STORED: dict[str, object] = {
    "account.tokens": AUTHORIZATION,
    "bare-account.tokens": BARE,
    "application.json": CREDENTIALS,
    "account.note": NOTE,
    "account.ledger": TOKEN_USE,
    "wizard.draft": DRAFT,
    "bare-wizard.draft": BARE_DRAFT,
    "app.queue": QUEUE,
}
PIPED: dict[str, Any] = {
    "job-exchange.json": ExchangeJob(
        HOME,
        CALLER,
        "demo-app",
        Secret("c0de"),
        ("public", "rates_read"),
        IssuedUrl(NOW, other_client=True),
        REGISTRATION,
    ),
    "job-exchange-bare.json": ExchangeJob(HOME, CALLER, "demo-app", Secret("c0de"), ()),
    "job-refresh.json": RefreshJob(
        HOME,
        CALLER,
        ADDRESS,
        TokenRequirement(300.0, Secret("access-1"), force=True, seen=3, began=NOW, here=True),
    ),
    "job-refresh-bare.json": RefreshJob(HOME, CALLER, ADDRESS, TokenRequirement()),
    "job-identify.json": IdentifyJob(HOME, ADDRESS),
    "job-probe.json": ProbeJob(HOME, CALLER, ADDRESS),
    "outcome.json": Outcome("refreshed", ADDRESS),
    "outcome-identified.json": Outcome("identified", ADDRESS, IDENTITY),
    "exchange.json": EXCHANGE,
    "exchange-planned.json": PLANNED,
    "simulated-time.json": SimulatedTime(NOW, 3600.5, 60.0),
    "registration.json": REGISTRATION,
    "error.json": ERROR,
}


def piped_back(name: str, data: bytes) -> object:
    """Read a record at the other end of the pipe; raises KeyError, TypeError or ValueError."""
    content = json.loads(data)
    match name.partition("-")[0].removesuffix(".json"):
        case "job":
            return decode_job(content)
        case "outcome":
            return decode(Outcome, Record(content))
        case "exchange":
            return decode(Exchange, Record(content))
        case "simulated":
            return SimulatedTime.from_list(content)
        case "registration":
            return decode(Registration, Record(content))
    return SmilyError.from_dict(content)
