"""A sealed file opens as what it is, where it belongs, with its key; anything else is refused by name."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.vault.errors import Damaged, Newer, SealBroken
from smily_tui.vault.format import Label, decode_file, encode_file, is_sealed, label_of, seal, unseal
from tests.support.records import replaced

PATH = Path("villa-rosa.tokens")
KEY = bytes(range(32))
LABEL = Label("authorization", 7, "0" * 32, ("app/villa-rosa",))
INSIDE = encode_file("authorization", {"generation": 7, "refresh": "s3cr3t" * 8})
SEALED = seal(INSIDE, LABEL, KEY)
BODY = SEALED.index(b"\n") + 1

key_parts = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
places = st.builds("{}/{}".format, key_parts, key_parts) | key_parts
labels = st.builds(
    Label,
    st.from_regex(r"[a-z]{1,32}", fullmatch=True),
    st.integers(0, 10**9),
    st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    st.lists(places, min_size=1, max_size=2, unique=True).map(tuple),
)


def opened(
    data: bytes, kind: str = "authorization", place: str = "app/villa-rosa", key: bytes = KEY
) -> bytes:
    return unseal(data, PATH, kind, place, lambda _: key)


def with_checksum_mended(data: bytes) -> bytes:
    """What somebody would write who knows the frame, but not the key."""
    first, _, body = data.partition(b"\n")
    head = b" ".join([*first.split(b" ")[:3], str(len(body)).encode()])
    return head + b" %08x\n" % zlib.crc32(head + body) + body


@given(st.binary(max_size=300), labels, st.binary(min_size=32, max_size=32))
def test_what_is_sealed_comes_back_at_each_of_its_places(data: bytes, label: Label, key: bytes) -> None:
    sealed = seal(data, label, key)
    assert is_sealed(sealed)
    assert label_of(sealed, PATH) == label
    for place in label.places:
        assert unseal(sealed, PATH, label.kind, place, lambda _: key) == data


def test_nothing_of_the_content_can_be_read_in_it() -> None:
    assert b"s3cr3t" not in SEALED
    assert b"refresh" not in SEALED


@pytest.mark.parametrize("position", range(len(SEALED)))
def test_no_flipped_bit_goes_unnoticed(position: int) -> None:
    changed = bytearray(SEALED)
    changed[position] ^= 0x01
    with pytest.raises((Damaged, Newer)):
        opened(bytes(changed))


@given(st.integers(BODY, len(SEALED) - 1), st.integers(1, 255))
def test_a_mended_checksum_helps_nobody(position: int, flipped: int) -> None:
    changed = bytearray(SEALED)
    changed[position] ^= flipped
    with pytest.raises(Damaged) as raised:
        opened(with_checksum_mended(bytes(changed)))
    assert raised.value.exit_code == 7


def test_no_prefix_of_a_sealed_file_passes_for_a_whole_one() -> None:
    for length in range(len(SEALED)):
        with pytest.raises(Damaged):
            opened(SEALED[:length])


@given(st.integers(0, 10**9).filter(lambda number: number != LABEL.generation))
def test_no_file_passes_for_another_generation(generation: int) -> None:
    other = replaced(LABEL, generation=generation)
    renamed = SEALED.replace(LABEL.as_line(), other.as_line(), 1)
    with pytest.raises(SealBroken):
        opened(with_checksum_mended(renamed))


@given(labels.filter(lambda label: "app/villa-rosa" not in label.places or label.kind != "authorization"))
def test_no_file_passes_for_another(label: Label) -> None:
    with pytest.raises(SealBroken, match="belongs elsewhere"):
        opened(seal(INSIDE, label, KEY))
    line = SEALED.replace(LABEL.as_line(), label.as_line(), 1)
    with pytest.raises(SealBroken):
        unseal(with_checksum_mended(line), PATH, label.kind, label.places[0], lambda _: KEY)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SealBroken, match="without its key"):
        opened(SEALED, key=bytes(32))


def test_a_program_that_knows_no_seals_names_it_as_newer() -> None:
    with pytest.raises(Newer) as raised:
        decode_file("authorization", SEALED, PATH)
    assert "Update smily-tui" in raised.value.next


def test_two_seals_of_one_content_differ() -> None:
    assert seal(INSIDE, LABEL, KEY) != SEALED
