"""HTTP transport with one deadline per exchange; secrets travel in bodies and headers, never in a URL.

httpcore's limits are per read, so a slow drip would last for ever. Raw bytes are kept as they arrive, because
httpcore discards an answer whose head h11 refuses.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import httpcore
import httpx

from smily_tui.oauth.body import contents, is_text, labels
from smily_tui.oauth.errors import NoAnswer, NotUnderstood, NoUsableAnswer, unreadable
from smily_tui.oauth.refused_answer import read_refused
from smily_tui.oauth.requests import JSON_API, RawExchange, Request, Response
from smily_tui.oauth.route import Progress, Route, not_sent
from smily_tui.origin import BadServer, Origin, host_of
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from smily_tui.oauth.requests import Fields


class Deadline:
    """A moment after which nothing is waited for any more."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def within(self, limit: float | None, late: type[Exception]) -> float:
        """The smaller of `limit` and the seconds that are left; raises `late` when none are."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise late("the deadline has passed")
        return left if limit is None else min(limit, left)


class Wire:
    """What arrived over the newest connection, in clear, and the connection itself.

    Args:
        most: how many bytes are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._streams: list[DeadlineStream] = []
        self.arrived = bytearray()

    def begin(self, stream: DeadlineStream) -> None:
        """From now on this is the connection: what came before belongs to a proxy or to a handshake."""
        self._streams.append(stream)
        self.arrived.clear()

    def keep(self, data: bytes) -> None:
        """Keep what was just read."""
        self.arrived += data[: self._most - len(self.arrived)]

    def drain(self, quiet: float) -> None:
        """Read what is still on its way, until the other side ends or says nothing for `quiet` seconds."""
        with contextlib.suppress(httpcore.ReadError, httpcore.TimeoutException):
            while self._streams and len(self.arrived) < self._most and self._streams[-1].read(65536, quiet):
                pass

    def close(self) -> None:
        """Close all connections."""
        while self._streams:
            self._streams.pop().end()


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose every read and write ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, wire: Wire) -> None:
        self._stream = stream
        self._deadline = deadline
        self._wire = wire
        wire.begin(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes; raises httpcore.ReadTimeout."""
        data = self._stream.read(max_bytes, self._deadline.within(timeout, httpcore.ReadTimeout))
        self._wire.keep(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes; raises httpcore.WriteTimeout."""
        self._stream.write(buffer, self._deadline.within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Nothing yet: httpcore closes what it refuses, and the rest of it may hold tokens. See `end`."""

    def end(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on encrypted; raises httpcore.ConnectTimeout."""
        left = self._deadline.within(timeout, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return DeadlineStream(stream, self._deadline, self._wire)

    def get_extra_info(self, info: str) -> Any:
        """What the connection tells of itself."""
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections that end at the deadline."""

    def __init__(self, backend: httpcore.NetworkBackend, deadline: Deadline, wire: Wire) -> None:
        self._backend = backend
        self._deadline = deadline
        self._wire = wire

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect; raises httpcore.ConnectTimeout."""
        left = self._deadline.within(timeout, httpcore.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return DeadlineStream(stream, self._deadline, self._wire)


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport over connections that end at the deadline."""

    def __init__(self, deadline: Deadline, wire: Wire, **options: Any) -> None:
        super().__init__(**options)
        # httpx offers no way to pass httpcore's `network_backend`; a test fails when this name changes.
        self._pool._network_backend = DeadlineBackend(  # noqa: SLF001
            self._pool._network_backend,  # noqa: SLF001
            deadline,
            wire,
        )


DEADLINE: Final = 30.0
CONNECT_LIMIT: Final = 10.0
LARGEST_ANSWER: Final = 64 * 1024
LARGEST_HEAD: Final = 128 * 1024  # httpcore's own limit is 100 KiB
QUIET: Final = 1.0
QUIET_BEHIND_END: Final = 0.25  # what is too much for its head usually comes with it


class Transport:
    """Sends requests to one origin and to no other.

    Redirects are not followed; answers are asked for uncompressed and end at `largest` bytes; everything
    ends after `deadline` seconds; certificates are always checked; loopback is never reached by a proxy.
    It takes nothing that is no `Origin`: raises BadServer.

    `record` is given each exchange as it was heard; it must do no more than keep it, since an answer with
    tokens is not on the disk yet.
    """

    def __init__(
        self,
        server: str,
        *,
        deadline: float = DEADLINE,
        largest: int = LARGEST_ANSWER,
        record: Callable[[RawExchange], None] | None = None,
    ) -> None:
        self._server = Origin(server)
        self._record = record
        self._deadline = deadline
        self._largest = largest
        self._wire = Wire(largest + LARGEST_HEAD)

    def post_form(self, path: str, fields: Fields) -> Response:
        """POST form fields in the body; the answer's body is as it arrived, with whatever coding.

        Raises:
            Offline, NotTrusted: nothing was sent.
            NoAnswer, NotUnderstood: the request was sent; the server may have acted.
        """
        return self._send(Request("POST", path, fields=fields))

    def get(self, path: str, access_token: Secret) -> Response:
        """GET with a bearer token (RFC 6750 section 2.1); raises as `post_form`. The body has no coding."""
        answer = self._send(Request("GET", path, JSON_API, access_token=access_token))
        return self._without_coding(answer)

    def look(self, path: str) -> Response:
        """GET without any credentials: whether the server answers at all; raises as `post_form` does."""
        return self._send(Request("GET", path))

    def _send(self, request: Request) -> Response:
        at, began = time.time(), time.monotonic()

        def heard(
            answer: Response | None, failure: str, status: int, arrived: int, *, in_doubt: bool = False
        ) -> None:
            if self._record is not None:
                took = time.monotonic() - began
                self._record(
                    RawExchange(self._server, request, answer, failure, status, arrived, at, took, in_doubt)
                )

        try:
            answer = self._exchange(request)
        except NoUsableAnswer as error:
            heard(None, error.what, error.status, len(error.piece), in_doubt=error.in_doubt)
            raise
        heard(answer, "", answer.status, len(answer.body))
        return answer

    def _exchange(self, request: Request) -> Response:
        if not request.path.startswith("/"):  # behind the origin, “@elsewhere” would name another one
            raise BadServer("What follows the server's address must begin with a slash.")
        host = clean(host_of(self._server))
        status, body = 0, bytearray()
        headers: dict[str, Clean] = {}
        try:
            with self._opened(request) as answer:
                status, headers = answer.status_code, _headers(answer)
                self._receive(answer, body)
                if request.fields and not body.rstrip().endswith(b"}"):
                    body = self._longest(body)
                return Response(status, headers, bytes(body[: self._largest]))
        except NotUnderstood as error:  # the beginning of one that is too long may hold a refresh token
            raise error.after(status, bytes(body[: self._largest]), _coding(headers)) from None
        except httpx.TimeoutException:
            words = f"{host} did not answer within {self._deadline:.0f} s."
            raise NoAnswer(words).after(status, bytes(body), _coding(headers)) from None
        except httpx.RemoteProtocolError:
            raise self._broken(host, status) from None
        except (httpx.HTTPError, httpx.StreamError):
            words = f"The connection to {host} broke before the whole answer was here."
            raise NoAnswer(words).after(status, bytes(body), _coding(headers)) from None
        finally:
            self._wire.close()

    @contextlib.contextmanager
    def _opened(self, request: Request) -> Iterator[httpx.Response]:
        """Send, and give the answer to be read.

        Raises:
            Offline, NotTrusted: nothing was sent, whatever it was that failed on the way.
            httpx.HTTPError, httpx.StreamError: some of the request may have arrived.
        """
        progress = Progress()
        try:
            with self._client() as client, _stream(client, self._server, request, progress) as answer:
                yield answer
        except NoUsableAnswer:
            raise
        except Exception as error:
            if progress.sent:
                raise
            raise not_sent(error, self._server, progress) from None

    def _client(self) -> httpx.Client:
        route = Route.to(self._server)
        transport = DeadlineTransport(
            Deadline(self._deadline),
            self._wire,
            verify=route.trust.context,
            trust_env=False,
            proxy=route.httpx_proxy(),
        )
        timeout = httpx.Timeout(self._deadline, connect=min(CONNECT_LIMIT, self._deadline))
        return httpx.Client(
            transport=transport,
            timeout=timeout,
            follow_redirects=False,
            trust_env=False,
            event_hooks={"response": [_drop_location]},
        )

    def _receive(self, answer: httpx.Response, body: bytearray) -> None:
        """Read into `body`, which keeps what arrived when the connection breaks."""
        for piece in answer.iter_raw():
            body += piece
            if len(body) > self._largest:
                if not answer.is_success:
                    return  # the status says it
                raise NotUnderstood(f"The server's answer is longer than {self._largest // 1024} KiB.")

    def _longest(self, body: bytearray) -> bytearray:
        """The body with what came behind its end.

        Its length may be too small, as where a server counts characters, and a status such as 204 allows
        none at all (RFC 9112 section 6.3).
        """
        if len(body) < self._largest:
            self._wire.drain(QUIET_BEHIND_END)
        return max(body, bytearray(read_refused(bytes(self._wire.arrived)).body), key=len)

    def _broken(self, host: Clean, status: int) -> NoAnswer:
        """An answer that is cut, or that h11 refuses, with what there is of it on the wire."""
        self._wire.drain(QUIET)
        rest = read_refused(bytes(self._wire.arrived))
        words = f"The connection to {host} broke before the whole answer was here."
        if not status and rest.body:
            words = f"The answer of {host} is not HTTP as the standard has it."
        return NoAnswer(words).after(rest.status, rest.body[: self._largest], rest.coding)

    def _without_coding(self, answer: Response) -> Response:
        """The answer with its body inflated; as it is where it has no label.

        Raises:
            NotUnderstood: it is coded in a form that cannot be read, or too long when inflated.
        """
        if not labels(answer.coding):
            return answer
        forms = contents(answer.body, answer.coding, self._largest + 1)
        body = next((form for form in forms if is_text(form)), None)
        if body is None and answer.status < 300:
            raise unreadable(answer.status, answer.coding)
        if body is not None and len(body) > self._largest:
            raise NotUnderstood(f"The server's answer is longer than {self._largest // 1024} KiB.")
        return replace(answer, body=body or b"")


def _coding(headers: Mapping[str, Clean]) -> str:
    return headers.get("content-encoding", "")


def _stream(
    client: httpx.Client, server: str, request: Request, progress: Progress
) -> AbstractContextManager[httpx.Response]:
    headers = dict(request.headers)
    if request.access_token is not None:
        headers["Authorization"] = f"Bearer {request.access_token.reveal()}"
    data = {name: _revealed(value) for name, value in request.fields} or None
    extensions = {"trace": progress}
    return client.stream(
        request.method, server + request.path, headers=headers, data=data, extensions=extensions
    )


def _revealed(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _drop_location(answer: httpx.Response) -> None:
    """Without it httpx prepares no second request, and a hostile address cannot make it fail."""
    answer.headers.pop("location", None)


def _headers(answer: httpx.Response) -> dict[str, Clean]:
    return {name.lower(): clean(value) for name, value in answer.headers.items()}
