"""G24: records keep their bytes on the disk and their fields in the pipe, and are read as strictly as before.

`schema-2/` and `piped/` hold the bytes of each record, `schema-3/` an encrypted one. `reading.json` says for
each field of a stored record what a missing or wrong value is read as; values it does not list are refused.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smily_tui.clock import Instant, SimulatedTime
from smily_tui.oauth.api import Identity
from smily_tui.oauth.requests import IssuedUrl
from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.records import Record
from smily_tui.secret import Secret
from smily_tui.system import Machine
from smily_tui.text import clean
from smily_tui.tokens.jobs import ExchangeJob, IdentifyJob, Outcome, ProbeJob, RefreshJob
from smily_tui.tokens.registration import Registration
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.drafts import STEPS, Draft
from smily_tui.vault.errors import VaultError
from smily_tui.vault.format import decode_file, encode_file, unseal
from smily_tui.vault.history import TokenUse
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address, Application, Authorization, Credentials, Tokens
from smily_tui.vault.store import Note, Store
from smily_tui.wire.redaction import Exchange, Item, indented
from tests.faults.schemas.records import (
    ADDRESS,
    ANSWER,
    INTENT,
    NOW,
    PIPED,
    SERVER,
    STORED,
    piped,
    piped_back,
    placed,
    stored,
)
from tests.support.records import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).parent
KEY: Final = bytes(range(32))
WRONG: Final[dict[str, Any]] = {
    "null": None, "true": True, "7": 7, "1.5": 1.5, "word": "x", "words": " x  y\x1b[1m", "[]": [],
    "[word]": ["x"], "[words]": ["x y"], "{}": {}, "https": "https://other.example",
}  # fmt: skip
JOURNAL_ANSWER: Final = b"answer 200 21 61a9e208 coding=gzip spent=fe2165aa251ec720\n" + ANSWER.body


@pytest.mark.parametrize("name", STORED)
def test_a_stored_record_keeps_its_bytes(name: str, tmp_path: Path) -> None:
    assert stored(STORED[name], tmp_path) == (HERE / "schema-2" / name).read_bytes()


@pytest.mark.parametrize("name", STORED)
def test_a_stored_record_is_read_as_it_was_written(name: str, tmp_path: Path) -> None:
    record = STORED[name]
    assert as_read(placed((HERE / "schema-2" / name).read_bytes(), type(record), tmp_path)) == as_read(record)


@pytest.mark.parametrize("name", PIPED)
def test_a_piped_record_keeps_its_fields(name: str) -> None:
    assert in_order(piped(PIPED[name])) == in_order((HERE / "piped" / name).read_bytes())


@pytest.mark.parametrize("name", PIPED)
def test_a_piped_record_is_read_as_it_was_written(name: str) -> None:
    record = piped_back(name, (HERE / "piped" / name).read_bytes())
    assert piped(record) == piped(PIPED[name])
    assert isinstance(record, Exception) or record == PIPED[name]


def test_a_journal_keeps_its_bytes(tmp_path: Path) -> None:
    store = Store(Home.at(tmp_path))
    store.make_folder("app")
    journal = store.slot(ADDRESS).journal()
    journal.open(INTENT)
    journal.record(ANSWER)
    entry = journal.read()
    assert entry is not None
    data = journal.path.read_bytes()
    intent = INTENT | {"pid": entry.owner.pid, "began": entry.owner.began}
    assert data.startswith(encode_file("journal", intent) + JOURNAL_ANSWER + b"\0")
    assert json.dumps(entry.intent.raw()) == json.dumps(intent)
    assert entry.answer == ANSWER


def test_an_encrypted_record_is_read_as_the_plain_one() -> None:
    sealed = HERE / "schema-3" / "account.tokens"
    plain = unseal(sealed.read_bytes(), sealed, "authorization", "app/villa-rosa", lambda _: KEY)
    assert plain == (HERE / "schema-2" / "account.tokens").read_bytes()


def test_missing_and_wrong_values_are_read_as_before(tmp_path: Path) -> None:
    readings = {name: dict(readings_of(name, tmp_path)) for name in STORED if not name.startswith("bare")}
    assert readings == json.loads((HERE / "reading.json").read_text("utf-8"))


@pytest.mark.parametrize("name", [name for name in PIPED if not name.startswith(("simulated", "error"))])
def test_fields_that_a_piped_record_may_lack(name: str) -> None:
    content = json.loads(piped(PIPED[name]))
    optional = {field for field in content if is_read(name, {k: content[k] for k in content if k != field})}
    assert optional == ({"caller", "link", "registration"} if name.startswith("job") else set()) & set(
        content
    )
    assert is_read(name, content | {"unknown": 1})


WORDS: Final = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.:/", max_size=12)
SHOWN: Final = st.text(max_size=20).map(clean)
SECRETS: Final = st.text(max_size=20).map(Secret)
MOMENTS: Final = st.floats(0, 2e9)
INTEGERS: Final = st.integers(0, 2**40)
INSTANTS: Final = st.builds(Instant, MOMENTS, WORDS, MOMENTS)
ADDRESSES: Final = st.builds(Address, WORDS, WORDS)
HOMES: Final = st.builds(Home, WORDS.map(Path), WORDS.map(Path))
JSON: Final = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
EXTRA: Final = st.dictionaries(st.text("xyz", min_size=1), JSON, max_size=2)


def lists_of(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


TOKENS: Final = st.builds(Tokens, SECRETS, SECRETS, lists_of(SHOWN), INSTANTS, MOMENTS, EXTRA)
AUTHORIZATIONS: Final = st.builds(
    Authorization,
    generation=INTEGERS, server=st.just(SERVER), client_id=WORDS, label=SHOWN, account_id=maybe(INTEGERS),
    requested_scopes=lists_of(SHOWN), current=TOKENS, previous=maybe(SECRETS.filter(bool)),
    used=st.booleans(),
    authorized_at=MOMENTS, refreshed=maybe(INSTANTS), named=st.booleans(),
    machine=st.builds(Machine, SHOWN, SHOWN),
    handed_over=maybe(MOMENTS), formerly=lists_of(WORDS), other=EXTRA,
)  # fmt: skip
DRAFTS: Final = st.builds(
    Draft, st.sampled_from(STEPS), st.just(SERVER), SHOWN, SHOWN, WORDS, lists_of(SHOWN), maybe(INSTANTS),
    maybe(INTEGERS), st.just(NOW),
)  # fmt: skip
ROWS: Final = st.builds(
    Row, SHOWN, maybe(INTEGERS), lists_of(WORDS.filter(bool)), st.just(0),
    st.sampled_from(RowState), MOMENTS, SHOWN,
)  # fmt: skip
QUEUES: Final = st.lists(ROWS, min_size=1, max_size=3).map(
    lambda rows: Queue(tuple(dataclasses.replace(row, number=n) for n, row in enumerate(rows, 1)), len(rows))
)
USES: Final = st.builds(TokenUse, MOMENTS, SHOWN, SHOWN, SHOWN, SHOWN, INTEGERS, SHOWN, SHOWN)
NOTES: Final = st.builds(Note, INTEGERS, MOMENTS, SHOWN, st.booleans(), st.booleans())
CREDENTIALS: Final = st.builds(Credentials, WORDS, SECRETS, st.just(SERVER))
REGISTRATIONS: Final = st.builds(
    Registration, st.builds(Application, WORDS, SHOWN, WORDS, lists_of(SHOWN), st.just(SERVER)), SECRETS
)
NEEDS: Final = st.builds(
    TokenRequirement,
    MOMENTS,
    maybe(SECRETS.filter(bool)),
    st.booleans(),
    maybe(INTEGERS),
    maybe(INSTANTS),
    st.booleans(),
)
JOBS: Final = (
    st.builds(
        ExchangeJob, HOMES, SHOWN, WORDS, SECRETS, lists_of(WORDS),
        maybe(st.builds(IssuedUrl, INSTANTS, st.booleans())), maybe(REGISTRATIONS),
    )
    | st.builds(RefreshJob, HOMES, SHOWN, ADDRESSES, NEEDS)
    | st.builds(ProbeJob, HOMES, SHOWN, ADDRESSES)
    | st.builds(IdentifyJob, HOMES, ADDRESSES)
)  # fmt: skip
OUTCOMES: Final = st.builds(
    Outcome, st.sampled_from(["exchanged", "refreshed", "still-valid", "identified", "rotates-on-use"]),
    ADDRESSES, maybe(st.builds(Identity, maybe(INTEGERS), SHOWN, SHOWN, SHOWN, maybe(MOMENTS))), st.none(),
)  # fmt: skip
ITEMS: Final = lists_of(st.builds(Item, SHOWN, SHOWN, SHOWN))
EXCHANGES: Final = st.builds(
    Exchange, SHOWN, SHOWN, SHOWN, ITEMS, ITEMS, INTEGERS, ITEMS, lists_of(st.text(max_size=9).map(indented)),
    SHOWN, MOMENTS, MOMENTS, st.booleans(),
)  # fmt: skip
TIMES: Final = st.builds(SimulatedTime, INSTANTS, MOMENTS, MOMENTS)


@pytest.mark.parametrize("records", [AUTHORIZATIONS, DRAFTS, QUEUES, USES, NOTES, CREDENTIALS])
def test_any_stored_record_comes_back(records: st.SearchStrategy[Any], tmp_path: Path) -> None:
    @given(records)
    @settings(max_examples=40, deadline=None)
    def comes_back(record: Any) -> None:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        assert as_read(placed(stored(record, folder), type(record), folder)) == as_read(record)

    comes_back()


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("job", JOBS),
        ("outcome", OUTCOMES),
        ("exchange", EXCHANGES),
        ("simulated", TIMES),
        ("registration", REGISTRATIONS),
    ],
)
def test_any_piped_record_comes_back(name: str, records: st.SearchStrategy[Any]) -> None:
    @given(records)
    @settings(max_examples=200, deadline=None)
    def comes_back(record: Any) -> None:
        assert piped_back(name, piped(record)) == record

    comes_back()


def is_read(name: str, content: dict[str, Any]) -> bool:
    try:
        piped_back(name, json.dumps(content).encode())
    except (KeyError, TypeError, ValueError):
        return False
    return True


def readings_of(name: str, folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Try each field of a stored record with a missing or wrong value; yield what is accepted, and how."""
    data = (HERE / "schema-2" / name).read_bytes()
    content: dict[str, Any] = json.loads(data if name.endswith("ledger") else data.partition(b"\n")[2])
    for path in paths(content):
        values = {
            value: reading(name, changed(content, path, value), path, folder) for value in ("missing", *WRONG)
        }
        accepted = {value: result for value, result in values.items() if result != "refused"}
        yield "/".join(map(str, path)), accepted


def paths(content: Any) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of each value in a JSON object or list, except inside fields unknown to us."""
    pairs = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in pairs:
        yield (key,)
        if isinstance(value, dict | list) and key not in ("colour", "nested", "extra"):
            yield from ((key, *below) for below in paths(value))


def changed(content: Any, path: tuple[str | int, ...], label: str) -> Any:
    copy = json.loads(json.dumps(content))
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    if label == "missing":
        del parent[path[-1]]
    else:
        parent[path[-1]] = WRONG[label]
    return copy


def reading(name: str, content: dict[str, Any], path: tuple[str | int, ...], folder: Path) -> object:
    """Return what the changed place holds after the record is saved again, or "refused"."""
    kind = {"application.json": "application", "account.tokens": "authorization"}.get(
        name, name.rpartition(".")[2]
    )
    ledger = name.endswith("ledger")
    data = json.dumps(content).encode() + b"\n" if ledger else encode_file(kind, content)
    try:
        record = placed(data, type(STORED[name]), folder)
    except VaultError:
        return "refused"
    if record is None:
        return "refused"
    again = stored(record, Path(tempfile.mkdtemp(dir=folder)))
    if ledger:
        again = again.splitlines()[-1]
    saved: Any = json.loads(again) if ledger else decode_file(kind, again, Path(name)).raw()
    for key in path:
        try:
            saved = saved[key]
        except (KeyError, IndexError, TypeError):
            return "not saved"
    return saved


def in_order(data: bytes) -> str:
    """Return a JSON text with its keys sorted: their order in a pipe means nothing."""
    return json.dumps(json.loads(data), sort_keys=True)


def as_read(record: object) -> object:
    """Return a record as it comes back: a draft's time counts; an empty previous token is none."""
    if isinstance(record, Draft):
        return dataclasses.astuple(record)
    if isinstance(record, Authorization):
        return replaced(record, previous=record.previous or None)
    return record


@pytest.mark.parametrize("raw", ["1" + "0" * 400, "-1" + "0" * 400, "1e400", "NaN", "Infinity"])
def test_a_number_that_no_clock_has_is_a_wrong_value_and_no_bug(raw: str) -> None:
    with pytest.raises(ValueError, match="not finite"):
        Record({"at": json.loads(raw)}).number("at")
