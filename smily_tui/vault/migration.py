"""What older schemas lack: their content is brought up to date when it is read.

The next save writes the new schema by the same durable replacement as any other, so that the old file is
there until the new one is; no file is rewritten just because it is old.
"""

from __future__ import annotations


def upgraded(kind: str, schema: int, content: dict[str, object]) -> dict[str, object]:
    """Content of a file of `kind` that was written with `schema`, as the present schema has it."""
    if schema < 2:
        content = _FROM_1.get(kind, {}) | content
    return content


# schema 2 (0.1.0): which machine holds an authorization, whether it was handed over, who wrote a journal
_FROM_1: dict[str, dict[str, object]] = {
    "authorization": {"machine": ["", ""], "handed_over": None},
    "journal": {"began": 0},
}
