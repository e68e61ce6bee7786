"""A framed file is whole, or it is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.vault.errors import Damaged, Newer
from smily_tui.vault.format import SCHEMA, decode_file, encode_file

PATH = Path("account.tokens")
DATA = encode_file("authorization", {"a": "é", "b": [1, 2.5, None]})

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_what_is_framed_comes_back(content: dict[str, object]) -> None:
    assert decode_file("kind", encode_file("kind", content), PATH).raw() == content


def test_no_prefix_of_a_file_passes_for_a_whole_one() -> None:
    for length in range(len(DATA)):
        with pytest.raises(Damaged):
            decode_file("authorization", DATA[:length], PATH)


@pytest.mark.parametrize("position", range(len(DATA)))
def test_no_changed_byte_goes_unnoticed(position: int) -> None:
    changed = bytearray(DATA)
    changed[position] ^= 0x01
    with pytest.raises((Damaged, Newer)):
        decode_file("authorization", bytes(changed), PATH)


def test_appended_bytes_and_another_kind_are_refused() -> None:
    with pytest.raises(Damaged):
        decode_file("authorization", DATA + b"\n", PATH)
    with pytest.raises(Damaged, match="wrong content"):
        decode_file("journal", DATA, PATH)


def test_a_newer_schema_is_named_and_the_file_left_alone() -> None:
    newer = DATA.replace(b"smily-tui %d " % SCHEMA, b"smily-tui %d " % (SCHEMA + 1), 1)
    with pytest.raises(Newer) as raised:
        decode_file("authorization", newer, PATH)
    assert "Update smily-tui" in raised.value.next
