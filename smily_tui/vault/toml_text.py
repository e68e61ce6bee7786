"""Changing one table of a TOML text that a person wrote: all else in it stays byte for byte.

What tomlkit makes of dotted keys, inline tables and tables out of order is not always what was meant
(python-poetry/tomlkit#588, #571), so each change is read back by the standard library and compared with
what was intended, and with the text as it was. Where several ways to write it pass, the first counts that
tomlkit can change again.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tomlkit import TOMLDocument

_HEADER: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)
_FIELD_LINE: Final = re.compile(r"^[ \t]*[^\s#][^\n]*(?:\n|\Z)", re.MULTILINE)
_BLANK_LINES: Final = re.compile(r"(?:(?<=\n)[ \t]*\r?\n)?\Z")
_LONE_FEED: Final = re.compile(r"(?<!\r)\n")


class NotChangeable(Exception):
    """Raised if there is no safe way to write a change.

    Args:
        table: the name of the table that was to be changed.
        line: where the text first speaks of it, counted from 1.
    """

    def __init__(self, table: str, line: int) -> None:
        super().__init__(f"[{table}] in line {line}")
        self.table = table
        self.line = line


def parsed(text: str) -> dict[str, Any]:
    """Parse a text; raises ValueError or RecursionError."""
    import tomllib

    # floats as text: nan equals nan then, and no digit is lost
    return tomllib.loads(text, parse_float=str)


def with_fields(text: str, path: Sequence[str], fields: Mapping[str, Any]) -> str:
    """Return a text with other fields in the table at `path`, which is made where it is not there.

    Args:
        text: valid TOML.
        path: names that need no quotes.
        fields: what is to be in the table, besides what is there.

    Raises:
        NotChangeable: it cannot be done without touching more than that.
    """
    table: Any = parsed(text)
    for part in path:
        table = table.get(part) if isinstance(table, dict) else None
    if table is None:
        return _first_safe(text, path, fields, _with_table(text, path, fields))
    if not isinstance(table, dict):
        raise NotChangeable(".".join(path), _line_of(text, path))
    for name, value in fields.items():
        if isinstance(value, list) and "#" in "".join(_texts_of(text, path, [name])):
            value = _merged(table[name], value)  # noqa: PLW2901 - a list with comments keeps its order
        if table.get(name) != value:
            text = _first_safe(text, path, {name: value}, _with_field(text, path, name, value))
    return text


def without_table(text: str, path: Sequence[str]) -> str:
    """Return a text without the table at `path`, and without the comments between its lines.

    Raises:
        NotChangeable: it cannot be done without touching more than that.
    """
    intended = parsed(text)
    table: Any = intended
    for part in path[:-1]:
        table = table.get(part) if isinstance(table, dict) else None
    if not isinstance(table, dict) or path[-1] not in table:
        return text
    del table[path[-1]]
    for changed in _without_table(text, path):
        if _without_empty(parsed(changed)) == _without_empty(intended) and _only_removes(text, changed):
            return changed
    raise NotChangeable(".".join(path), _line_of(text, path))


def _without_empty(tables: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out empty tables: one that only held the removed table goes with it."""
    return {name: value for name, value in tables.items() if value != {}}


def _only_removes(text: str, changed: str) -> bool:
    """Return whether a changed text has lines of the old one alone, or lacks one piece of it."""
    lines = iter(text.splitlines())
    return all(line in lines for line in changed.splitlines()) or not _removed(changed, text)


def _first_safe(text: str, path: Sequence[str], fields: Mapping[str, Any], ways: Iterator[str]) -> str:
    safe = [way for way in ways if _is_safe(text, path, fields, way)]
    if not safe:
        raise NotChangeable(".".join(path), _line_of(text, path))
    return next((way for way in safe if _document(way) is not None), safe[0])


def _is_safe(text: str, path: Sequence[str], fields: Mapping[str, Any], changed: str) -> bool:
    """Return whether a changed text says what was intended, and took only a value from the old one."""
    intended = parsed(text)
    table: Any = intended
    for part in path:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            return False
    table.update(fields)
    try:
        if parsed(changed) != intended:
            return False
    except (ValueError, RecursionError):
        return False
    removed = _removed(text, changed)
    return not removed.strip() or any(removed in value for value in _texts_of(text, path, fields))


def _removed(text: str, changed: str) -> str:
    """Return the part of the old text between the beginning and the end that both texts share."""
    shorter = min(len(text), len(changed))
    start = next((at for at in range(shorter) if text[at] != changed[at]), shorter)
    most = shorter - start
    end = next((at for at in range(most) if text[-1 - at] != changed[-1 - at]), most)
    return text[start : len(text) - end]


def _texts_of(text: str, path: Sequence[str], names: Iterable[str]) -> list[str]:
    """Return the values of these fields as they are written in the text; none for missing ones."""
    import tomlkit

    table = _table(_document(text), path)
    # tomlkit hands booleans out as plain bool, which has no as_string
    return [] if table is None else [tomlkit.item(table[name]).as_string() for name in names if name in table]


def _document(text: str) -> TOMLDocument | None:
    """Parse a text with tomlkit; None where it cannot read it, or would write it in another way."""
    import tomlkit

    # tomlkit raises errors that are not its own for odd texts, such as KeyError and AttributeError
    with contextlib.suppress(Exception):
        document = tomlkit.parse(text)
        if tomlkit.dumps(document) == text:
            return document
    return None


def _table(document: Any, path: Sequence[str]) -> Any:
    """Return the table at `path`; None where it is not there."""
    for part in path:
        document = document.get(part) if hasattr(document, "get") else None
    return document


# -- ways to write a change ----------------------------------------------------------------------------


def _with_table(text: str, path: Sequence[str], fields: Mapping[str, Any]) -> Iterator[str]:
    """Yield texts with a new table: below its own header, in dotted keys, or in an inline table."""
    import tomlkit

    name, body = ".".join(path), tomlkit.dumps(dict(fields))
    whole = text if not text or text.endswith("\n") else f"{text}\n"
    gap = "\n" if whole.strip() else ""
    yield _in_style_of(text, f"{whole}{gap}[{name}]\n{body}")
    header = _HEADER.search(whole)
    at = header.start() if header else len(whole)
    dotted = "".join(f"{name}.{line}\n" for line in body.splitlines())
    yield _in_style_of(text, f"{whole[:at]}{dotted}{whole[at:]}")
    inline = tomlkit.inline_table()
    inline.update(fields)
    yield from _with_field(text, path[:-1], path[-1], inline)


def _with_field(text: str, path: Sequence[str], name: str, value: Any) -> Iterator[str]:
    """Yield texts with a field of a table changed in its place; a list keeps the comments in it."""
    import tomlkit

    document = _document(text)
    table = _table(document, path)
    if document is None or table is None:
        return
    with contextlib.suppress(Exception):  # as above
        if isinstance(value, list) and "#" in "".join(_texts_of(text, path, [name])):
            _change_list(table[name], value)
        else:
            table[name] = value
        yield _in_style_of(text, tomlkit.dumps(document))


def _without_table(text: str, path: Sequence[str]) -> Iterator[str]:
    """Yield texts without a table that parse: its header with the lines below it, or its fields, gone."""
    import tomlkit

    name = r"[\"']?\s*\.\s*[\"']?".join(map(re.escape, path))
    if header := re.search(rf"^[ \t]*\[[ \t]*[\"']?{name}[\"']?[ \t]*\][^\n]*\n?", text, re.MULTILINE):
        following = _HEADER.search(text, header.end())
        body = text[header.end() : following.start() if following else len(text)]
        # blank lines and comments at the end stand above the next table
        ends = [line.end() for line in _FIELD_LINE.finditer(body)]
        start = header.start() - len(_BLANK_LINES.search(text[: header.start()])[0])  # type: ignore[index]
        yield from _valid(text[:start] + text[header.end() + max(ends, default=0) :])
    document = _document(text)
    table = _table(document, path[:-1])
    if document is not None and table is not None:
        with contextlib.suppress(Exception):  # as above
            del table[path[-1]]
            yield from _valid(tomlkit.dumps(document))


def _valid(text: str) -> Iterator[str]:
    with contextlib.suppress(ValueError, RecursionError):
        parsed(text)
        yield text


def _change_list(items: Any, after: Sequence[str]) -> None:
    for item in [item for item in items if item not in after]:
        items.remove(item)
    items.extend(after[len(items) :])


def _merged(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the items of `after` in the order that they had before; new ones come last."""
    kept = [item for item in before if item in after]
    return kept + [item for item in after if item not in kept]


def _in_style_of(text: str, changed: str) -> str:
    """Give new lines the line ends of the text."""
    if "\r\n" in text and not _LONE_FEED.search(text):
        return _LONE_FEED.sub("\r\n", changed)
    return changed


def _line_of(text: str, path: Sequence[str]) -> int:
    """Return the number of the line that first names a table, or the one around it; else the last one."""
    for parts in (path, path[:1]):
        name = r"[\"']?\s*\.\s*[\"']?".join(map(re.escape, parts))
        if line := re.search(rf"^[ \t]*\[*\s*[\"']?{name}\b", text, re.MULTILINE):
            return text.count("\n", 0, line.end()) + 1
    return text.count("\n") + 1
