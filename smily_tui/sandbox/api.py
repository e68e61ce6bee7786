"""API of the sandbox, below /api/v3/: one way through for every resource of the table."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from smily_tui.oauth.endpoints import reading, writing
from smily_tui.sandbox.drafts import Invalid, read_draft
from smily_tui.sandbox.log import explain
from smily_tui.sandbox.paging import Page
from smily_tui.sandbox.parameters import bearer_token, challenge
from smily_tui.sandbox.resources import RESOURCES, STATUSES, Entry, Filter, Resource, link_target
from smily_tui.sandbox.values import flag, instant, time
from smily_tui.sandbox.view import View
from smily_tui.sandbox.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from starlette.requests import Request

    from smily_tui.sandbox.state import Pair, State

    Endpoint = Callable[[Request], Awaitable[Response]]


ROOT: Final = "/api/v3/"
METHODS: Final = ("GET", "POST", "PUT", "DELETE")
JSON_API: Final = "application/vnd.api+json"
_NUMBER: Final = "[0-9]{1,18}"
_PATH: Final = re.compile(
    rf"(?:(?P<parent>[a-z_]+)/(?P<below>{_NUMBER})/)?(?P<path>(?:inbox/|booking/)?[a-z_]+)"
    rf"(?:/(?P<numbers>{_NUMBER}(?:,{_NUMBER}){{0,99}}))?"
)
_UPDATED_SINCE: Final = Filter(time, lambda entry, since: bool(entry.get("updated_at", "") > since))


class Api:
    """Endpoint for every path below /api/v3/."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._start = state.now()

    @cached_property
    def _world(self) -> World:
        # made at the first request: the sandbox starts without waiting for it
        return World(self._state.world_seed, self._start)

    async def answer(self, request: Request) -> Response:
        """Answer a request if its token is valid and has a scope, and calls are left this hour.

        Raises:
            HTTPException: 404, the API has no such path or method.
        """
        place = _PATH.fullmatch(request.url.path.removeprefix(ROOT))
        resource = RESOURCES.get(place["path"]) if place else None
        if place is None or resource is None or not _has_method(request.method, resource, place):
            explain(request, "the sandbox has no such path or method")
            raise HTTPException(404)
        body = await request.body()
        pair = self._state.by_access(bearer_token(request))
        refused = self._refuse_token(request, pair)
        if pair is None or refused is not None:
            return refused or Response(status_code=401)
        remaining, reset = self._state.count_call(pair.client_id)
        if remaining < 0:
            explain(request, f"more than {self._state.rate_limit} calls this hour")
            response = Response("API v3 rate limit exceeded.", 429, media_type="text/plain")
        else:
            response = self._act(request, resource, place, self._view(pair), body)
            synced = instant(self._state.now()).replace("T", " ").replace("Z", " UTC")
            response.headers["X-Updated-Since-Request-Synced-At"] = synced
        response.headers["X-RateLimit-Limit"] = str(self._state.rate_limit)
        response.headers["X-RateLimit-Remaining"] = str(max(0, remaining))
        response.headers["X-RateLimit-Reset"] = str(reset)
        return response

    def _refuse_token(self, request: Request, pair: Pair | None) -> Response | None:
        """Return the refusal of a token; None if it is valid."""
        if pair is None:
            reason = "The access token is invalid"
            explain(request, "access token unknown" if bearer_token(request) else "no access token")
        else:
            # Doorkeeper counts a refused call as a use, too
            self._state.present(pair)
            if pair.revoked:
                reason = "The access token was revoked"
                explain(request, f"access token {pair.ending}")
            elif pair.expired(self._state.now()):
                reason = "The access token expired"
                explain(request, "access token expired")
            else:
                return None
        content = {"errors": [{"code": "unauthorized"}]}
        return _answer(content, 401, challenge("invalid_token", reason), "application/json")

    def _view(self, pair: Pair) -> View:
        """Return what a token sees: one account, or with client credentials those that authorized the app."""
        numbers = {number for client_id, number, _ in self._state.granted if client_id == pair.client_id}
        accounts = frozenset(numbers if pair.account is None else {pair.account})
        return View(self._world, pair, accounts, instant(self._state.now()))

    def _act(
        self, request: Request, resource: Resource, place: re.Match[str], view: View, body: bytes
    ) -> Response:
        """Check the permission, then carry out the request."""
        reads = request.method in ("GET", "HEAD")
        if not (view.may_read if reads else view.may_write)(resource.path):
            scopes = (reading if reads else writing)(resource.path)
            return _forbidden(request, f"scope {' or '.join(scopes)} missing")
        try:
            if reads:
                return self._list(request, resource, place["numbers"], view)
            if request.method == "POST":
                return self._create(request, resource, place["below"], view, body)
            return self._change(request, resource, int(place["numbers"]), view, body)
        except Invalid as invalid:
            explain(request, "; ".join(f"{field} {title}" for field, title in invalid.problems))
            return _answer({"errors": [_problem(*problem) for problem in invalid.problems]}, 422)
        except Missing:
            explain(request, "no such record for this token")
            return _answer({"errors": [{"code": "not_found"}]}, 404)
        except Locked:
            return _forbidden(request, "locked by the app that created it")
        except (ValueError, RecursionError):
            explain(request, "body is not JSON")
            return Response(status_code=400, media_type="text/html")

    # -- reading ---------------------------------------------------------------------------------------

    def _list(self, request: Request, resource: Resource, numbers: str | None, view: View) -> Response:
        """List what the token sees, filtered; records that were asked for by number are not filtered."""
        stored = self._world.entries(resource.path)
        canceled = _wants_canceled(request, resource, view)
        if numbers:
            candidates = [stored[number] for text in numbers.split(",") if (number := int(text)) in stored]
        else:
            candidates = _filtered(request, resource, stored.values(), view)
        entries = [
            entry
            for entry in candidates
            if (canceled or not entry.get("deleted_at")) and view.sees(resource, entry)
        ]
        if numbers and not entries:
            raise Missing
        page = Page(request, len(entries))
        meta = page.meta()
        if "updated_since" in request.query_params:
            since = time(request.query_params["updated_since"])
            meta["deleted_ids"] = [
                entry["id"]
                for entry in stored.values()
                if entry["account"] in view.accounts and (entry.get("deleted_at") or "") > since
            ]
        return _answer(
            self._content(request, resource, page.cut(entries), view) | {"meta": meta}, headers=page.headers()
        )

    def _content(
        self, request: Request, resource: Resource, entries: Iterable[Entry], view: View
    ) -> dict[str, Any]:
        """Write records as the body of an answer, with the URL templates of their links."""
        fields, include = (
            {name for name in request.query_params.get(parameter, "").split(",") if name}
            for parameter in ("fields", "include")
        )
        selected = [view.show(resource, entry, fields, include) for entry in entries]
        root = f"{request.url.scheme}://{request.url.netloc}{ROOT}"
        templates = {
            f"{resource.name}.{link}": f"{root}{link_target(link)}/{{{resource.name}.{link}}}"
            for link in resource.links
        }
        return ({"links": templates} if templates else {}) | {resource.name: selected}

    # -- writing ---------------------------------------------------------------------------------------

    def _create(
        self, request: Request, resource: Resource, below: str | None, view: View, body: bytes
    ) -> Response:
        entry: Entry = {"account": view.pair.account, "created_at": view.now, "updated_at": view.now}
        if below is not None:
            # only bookings are created below another record
            rental = self._find(RESOURCES["rentals"], int(below), view)
            entry |= {"rental": rental["id"], "account": rental["account"]}
        entry |= {"creator": view.pair.client_id, "published_at": None}
        if f"{resource.path}_write_owned" in view.pair.scopes:
            entry["locked"] = f"doorkeeper/application-{view.pair.client_id[:8]}"
        self._write(request, resource, entry, view, body, required=True)
        self._world.create(resource.path, entry)
        return self._written(request, resource, entry, view, 201)

    def _change(self, request: Request, resource: Resource, number: int, view: View, body: bytes) -> Response:
        entry = self._find(resource, number, view)
        is_delete = request.method == "DELETE"
        changed = dict(entry)
        if body or not is_delete:
            self._write(request, resource, changed, view, body)
        if entry.get("locked") and entry.get("creator") != view.pair.client_id:
            _check_lock(resource, entry, changed, is_delete=is_delete)
        entry |= changed | {"updated_at": view.now}
        if is_delete:
            self._world.delete(resource.path, entry, view.now)
            if resource.path == "bookings":
                entry |= {"status": "Canceled", "canceled_at": view.now}
        return self._written(request, resource, entry, view, 204 if is_delete else 200)

    def _find(self, resource: Resource, number: int, view: View) -> Entry:
        entry = self._world.entries(resource.path).get(number)
        if entry is None or entry.get("deleted_at") or entry["account"] not in view.accounts:
            raise Missing
        return entry

    def _write(
        self,
        request: Request,
        resource: Resource,
        entry: Entry,
        view: View,
        body: bytes,
        *,
        required: bool = False,
    ) -> None:
        """Write the fields of a body into a record.

        Raises:
            Invalid: a value is missing or not accepted.
            ValueError, RecursionError: the body is not JSON.
        """
        draft = read_draft(resource, request.headers.get("content-type", ""), body, required=required)
        entry |= draft
        problems = [
            (f"{link}_id", "does not exist in this account")
            for link in resource.links
            if link in draft and draft[link] is not None and not self._is_of_account(link, entry)
        ]
        problems += resource.writing.problems(entry, view.now) if resource.writing else []
        if resource.path == "bookings":
            entry["status"] = next(
                (status for name, status in STATUSES.items() if entry.get(name)), "Tentative"
            )
            if not problems and self._world.overlaps(entry):
                problems = [("start_at", "overlaps another booking"), ("end_at", "overlaps another booking")]
        if problems:
            raise Invalid(problems)

    def _is_of_account(self, link: str, entry: Entry) -> bool:
        linked = self._world.entries(link_target(link)).get(entry[link])
        return linked is not None and linked["account"] == entry["account"]

    def _written(
        self, request: Request, resource: Resource, entry: Entry, view: View, status: int
    ) -> Response:
        if resource.path == "bookings":
            self._world.map_availability(entry["rental"], view.now)
        if status == 204:
            return Response(status_code=204)
        location = f"{request.url.scheme}://{request.url.netloc}{ROOT}{resource.path}/{entry['id']}"
        content = self._content(request, resource, [entry], view) | {"meta": {}}
        return _answer(content, status, {"Location": location})


class Missing(Exception):
    """The token sees no such record."""


class Locked(Exception):
    """Another application has locked the record."""


def _has_method(method: str, resource: Resource, place: re.Match[str]) -> bool:
    """Tell whether the sandbox has the method at a path of a resource."""
    if method in ("GET", "HEAD"):
        return place["parent"] is None
    writable = resource.writing
    if writable is None:
        return False
    if method == "POST":
        return place["numbers"] is None and (place["parent"] or "") == writable.under
    single = place["parent"] is None and (place["numbers"] or "").isdigit()
    return single and (method != "DELETE" or writable.can_delete)


def _wants_canceled(request: Request, resource: Resource, view: View) -> bool:
    """Tell whether canceled bookings are listed, too (reference, "Bookings": include_canceled)."""
    parameter = request.query_params.get("include_canceled", "false")
    try:
        return resource.path == "bookings" and flag(parameter) and view.has_all(resource)
    except ValueError as error:
        raise Invalid([("include_canceled", str(error))]) from None


def _filtered(request: Request, resource: Resource, entries: Iterable[Entry], view: View) -> list[Entry]:
    """Narrow a list by the parameters of the request.

    Raises:
        Invalid: a value cannot be read.
    """
    parameters = dict(request.query_params)
    if "from" in resource.filters:
        parameters.setdefault("from", view.now)
    kept = list(entries)
    for name, narrow in {"updated_since": _UPDATED_SINCE, **resource.filters}.items():
        if name in parameters:
            try:
                value = narrow.read(parameters[name])
            except ValueError as error:
                raise Invalid([(name, str(error))]) from None
            kept = [entry for entry in kept if narrow.admits(entry, value)]
    return kept


def _check_lock(resource: Resource, entry: Entry, changed: Entry, *, is_delete: bool) -> None:
    """Check that a locked record is changed only where everybody may (guide "OAuth Scopes").

    Raises:
        Locked: something else is changed.
    """
    unlocked = resource.writing.unlocked if resource.writing else frozenset()
    touched = {name for name, value in changed.items() if entry.get(name) != value}
    if is_delete or touched - unlocked:
        raise Locked


def _problem(field: str, title: str) -> dict[str, str]:
    return {"code": "validation_failed", "field": field, "title": title}


def _forbidden(request: Request, reason: str) -> Response:
    explain(request, reason)
    return _answer({"errors": [{"code": "forbidden"}]}, 403)


def _answer(
    content: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None, kind: str = JSON_API
) -> Response:
    return Response(json.dumps(content, separators=(",", ":")), status, headers, kind)
