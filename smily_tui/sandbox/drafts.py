"""Body of a request that writes: `{"bookings": [{…}]}` (Smily reference, "JSON")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from smily_tui.sandbox.values import flag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.sandbox.resources import Entry, Resource

_JSON_TYPES: Final = ("application/vnd.api+json", "application/json")


class Invalid(Exception):
    """Values that are not accepted.

    Attributes:
        problems: field and title of each.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.problems = problems


def read_draft(resource: Resource, content_type: str, body: bytes, *, required: bool) -> Entry:
    """Read what a body writes, checked; unknown fields are passed over, as Rails does.

    Args:
        resource: what it writes to.
        content_type: header of the request; other types than JSON are not read.
        body: the bytes.
        required: whether required fields must be there, as for a new record.

    Raises:
        Invalid: a value is missing or not accepted.
        ValueError, RecursionError: the body is no JSON.
    """
    writing = resource.writing
    fields = _fields(resource.name, content_type, body)
    draft: Entry = {}
    problems = []
    for name, check in writing.fields.items() if writing else ():
        value = fields.get(name)
        if name in fields or required:
            try:
                draft |= _checked(resource, name, value, check)
            except ValueError as error:
                problems.append((name, str(error)))
    if problems:
        raise Invalid(problems)
    return draft


def _checked(resource: Resource, name: str, value: object, check: Any) -> Entry:
    writing = resource.writing
    if value is None or value == "":
        if writing and name in writing.required:
            raise ValueError("can't be blank")
        value = False if check is flag else None
    stored = name.removesuffix("_id")
    return {stored if stored in resource.links else name: None if value is None else check(value)}


def _fields(name: str, content_type: str, body: bytes) -> dict[str, Any]:
    """Take the one record out of a body.

    Raises:
        Invalid: there is none, or more than one.
        ValueError, RecursionError: the body is no JSON.
    """
    if content_type.partition(";")[0].strip().lower() not in _JSON_TYPES:
        raise Invalid([(name, f"is missing: send JSON as {_JSON_TYPES[0]}")])
    content = json.loads(body)
    records = content.get(name) if isinstance(content, dict) else None
    if not isinstance(records, list) or len(records) != 1 or not isinstance(records[0], dict):
        raise Invalid([(name, "must be a list of one object")])
    return records[0]
