"""What a token sees of the records (Smily's guide "OAuth Scopes", and the tabs of each endpoint's page)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from smily_tui.oauth.endpoints import reading, writing
from smily_tui.sandbox.resources import RESOURCES, Entry, Resource, link_target

if TYPE_CHECKING:
    from collections.abc import Collection

    from smily_tui.sandbox.state import Pair
    from smily_tui.sandbox.world import World

PUBLIC: Final = "public"


@dataclass(frozen=True)
class View:
    """Records as one token sees them.

    Attributes:
        world: the records.
        pair: the token.
        accounts: numbers of the accounts that it may see.
        now: the time, as records have it.
    """

    world: World
    pair: Pair
    accounts: frozenset[int]
    now: str

    def may_read(self, path: str) -> bool:
        """Tell whether the token has a scope that reads the endpoint."""
        return not set(self.pair.scopes).isdisjoint(reading(path))

    def may_write(self, path: str) -> bool:
        """Tell whether the token has a scope that writes to the endpoint."""
        return not set(self.pair.scopes).isdisjoint(writing(path))

    def has_all(self, resource: Resource) -> bool:
        """Tell whether the token sees the whole of every record, and past ones."""
        scopes = (name for name in reading(resource.path) if name.endswith(("_read", "_write")))
        return not set(self.pair.scopes).isdisjoint(scopes)

    def owns(self, resource: Resource, entry: Entry) -> bool:
        """Tell whether the application created the record with a `write_owned` scope that it still has."""
        owned = any(name.endswith("_write_owned") for name in reading(resource.path))
        return owned and self.may_write(resource.path) and entry.get("creator") == self.pair.client_id

    def sees(self, resource: Resource, entry: Entry) -> bool:
        """Tell whether the token sees a record, or a part of it."""
        if entry["account"] not in self.accounts:
            return False
        if resource.part_of:
            target = RESOURCES[link_target(resource.part_of)]
            whole = self.world.entries(target.path).get(entry[resource.part_of])
            return whole is not None and self.sees(target, whole)
        return self.has_all(resource) or self.owns(resource, entry) or resource.is_public(entry, self.now)

    def show(
        self, resource: Resource, entry: Entry, fields: Collection[str], include: Collection[str]
    ) -> Entry:
        """Write a record as an answer has it.

        Args:
            resource: what it is.
            entry: the record.
            fields: names of the wanted fields; empty: all.
            include: names of the links whose records are wanted, too.
        """
        whole = not resource.public or self.has_all(resource) or self.owns(resource, entry)
        names = resource.fields if whole else resource.public
        links = resource.links if whole else resource.public_links
        entry = entry | {"owned_by_app": entry.get("creator") == self.pair.client_id}
        selected: Entry = {"links": {link: _linked(entry, link) for link in links}} if links else {}
        selected |= {name: entry.get(name) for name in names if not fields or name in fields}
        return selected | {link: self._included(entry, link) for link in links if link in include}

    def _included(self, entry: Entry, link: str) -> Any:
        target = RESOURCES.get(link_target(link))
        numbers = _linked(entry, link)
        listed = isinstance(numbers, list)
        entries = []
        if target is not None and self.may_read(target.path):
            stored = self.world.entries(target.path)
            candidates = [stored[number] for number in (numbers if listed else [numbers]) if number in stored]
            entries = [
                self.show(target, candidate, (), ())
                for candidate in candidates
                if not candidate.get("deleted_at") and self.sees(target, candidate)
            ]
        return entries if listed else next(iter(entries), None)


def _linked(entry: Entry, link: str) -> Any:
    return entry.get(link, [] if link.endswith("s") else None)
