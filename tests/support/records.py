"""Copies of stored records with other fields; a named tuple's own way begins with an underscore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from smily_tui.vault.model import Authorization


class Record(Protocol):
    """Named tuple."""

    def _replace(self, *_: Any, **fields: Any) -> Self: ...


_Record = TypeVar("_Record", bound=Record)


def replaced(record: _Record, **fields: object) -> _Record:
    """Copy a record with other fields, as `copy.replace` does from Python 3.13 on."""
    return record._replace(**fields)


def with_tokens(authorization: Authorization, **fields: object) -> Authorization:
    """Copy an authorization whose tokens have other fields."""
    return replaced(authorization, current=replaced(authorization.current, **fields))
