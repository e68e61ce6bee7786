"""HTTP transport with one deadline per exchange; secrets travel in bodies and headers, never in a URL.

httpcore 1.0 limits each read, so that a slow drip could last for ever. Raw bytes are kept as they arrive,
because httpcore discards an answer whose head h11 refuses.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

import httpcore

from smily_tui.oauth.body import contents, is_text, labels
from smily_tui.oauth.errors import NoAnswer, NotUnderstood, NoUsableAnswer, unreadable
from smily_tui.oauth.refused_answer import read_refused
from smily_tui.oauth.requests import JSON_API, Fields, RawExchange, Request, Response
from smily_tui.oauth.route import Progress, Route, not_sent
from smily_tui.origin import BadServer, Origin, host_of
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager


DEADLINE: Final = 30.0  # seconds
CONNECT_LIMIT: Final = 10.0  # seconds
LARGEST_ANSWER: Final = 64 * 1024  # bytes
# bytes; httpcore 1.0 refuses heads above 100 KiB
LARGEST_HEAD: Final = 128 * 1024
QUIET: Final = 1.0  # seconds
# seconds: bytes beyond the stated length usually come along with it
QUIET_AFTER_END: Final = 0.25


class Deadline:
    """Moment at which all waiting ends."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def within(self, limit: float | None, late: type[Exception]) -> float:
        """Return the seconds left, at most `limit`; raise `late` if there are none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise late("the deadline has passed")
        return left if limit is None else min(limit, left)


class Capture:
    """Decrypted bytes that arrived over the newest connection, and the connection itself.

    Args:
        most: number of bytes to keep.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._streams: list[DeadlineStream] = []
        self.arrived = bytearray()

    def begin(self, stream: DeadlineStream) -> None:
        """Switch to a connection; bytes of earlier ones belong to a proxy or a handshake."""
        self._streams.append(stream)
        self.arrived.clear()

    def keep(self, data: bytes) -> None:
        """Keep bytes that were just read."""
        self.arrived += data[: self._most - len(self.arrived)]

    def drain(self, quiet: float) -> None:
        """Read until the server ends the connection or is silent for `quiet` seconds."""
        with contextlib.suppress(httpcore.ReadError, httpcore.TimeoutException):
            while self._streams and len(self.arrived) < self._most and self._streams[-1].read(65536, quiet):
                pass

    def close(self) -> None:
        """Close all connections."""
        while self._streams:
            self._streams.pop().end()


class DeadlineStream(httpcore.NetworkStream):
    """Connection on which every read and write ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, capture: Capture) -> None:
        self._stream = stream
        self._deadline = deadline
        self._capture = capture
        capture.begin(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes; raises httpcore.ReadTimeout."""
        data = self._stream.read(max_bytes, self._deadline.within(timeout, httpcore.ReadTimeout))
        self._capture.keep(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes; raises httpcore.WriteTimeout."""
        self._stream.write(buffer, self._deadline.within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Do nothing: httpcore closes on an answer that it refuses, of which a part may be still to come."""

    def end(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Start TLS; raises httpcore.ConnectTimeout."""
        left = self._deadline.within(timeout, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return DeadlineStream(stream, self._deadline, self._capture)

    def get_extra_info(self, info: str) -> Any:
        """Return a property of the connection."""
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opener of connections that end at the deadline."""

    def __init__(self, backend: httpcore.NetworkBackend, deadline: Deadline, capture: Capture) -> None:
        self._backend = backend
        self._deadline = deadline
        self._capture = capture

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
        return DeadlineStream(stream, self._deadline, self._capture)


class Transport:
    """Sender of requests to one origin; raises BadServer if `server` is no `Origin`.

    Redirects are not followed. Answers are requested without compression and end at `largest` bytes. An
    exchange ends after `deadline` seconds. Certificates are always checked. No proxy is used for loopback.

    `record` receives each exchange; it must only keep it, as tokens in an answer are not on the disk yet.
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
        self._capture = Capture(largest + LARGEST_HEAD)

    def post_form(self, path: str, fields: Fields) -> Response:
        """POST form fields in the body; the body of the answer stays as it arrived, in any coding.

        Raises:
            Offline, NotTrusted: nothing was sent.
            NoAnswer, NotUnderstood: the request was sent; the server may have acted.
        """
        return self._send(Request("POST", path, fields=fields))

    def get(self, path: str, access_token: Secret) -> Response:
        """GET with a bearer token (RFC 6750 section 2.1), and decode the body; raises as `post_form` does."""
        return self._decode(self._send(Request("GET", path, JSON_API, access_token=access_token)))

    def look(self, path: str) -> Response:
        """GET without credentials, to see whether the server answers; raises as `post_form` does."""
        return self._send(Request("GET", path))

    def _send(self, request: Request) -> Response:
        at, began = time.time(), time.monotonic()

        def note(
            answer: Response | None, failure: str, status: int, arrived: int, *, in_doubt: bool = False
        ) -> None:
            if self._record is not None:
                seconds = time.monotonic() - began
                self._record(
                    RawExchange(
                        self._server, request, answer, failure, status, arrived, at, seconds, in_doubt
                    )
                )

        try:
            answer = self._exchange(request)
        except NoUsableAnswer as error:
            note(None, error.what, error.status, len(error.piece), in_doubt=error.in_doubt)
            raise
        note(answer, "", answer.status, len(answer.body))
        return answer

    def _exchange(self, request: Request) -> Response:
        # “@elsewhere” after the origin would name another host
        if not request.path.startswith("/"):
            raise BadServer("The path must begin with a slash.")
        host = clean(host_of(self._server))
        status, body = 0, bytearray()
        headers: dict[str, Clean] = {}
        try:
            with self._opened(request) as answer:
                status, headers = answer.status, _headers(answer)
                self._receive(answer, body)
                if request.fields and not body.rstrip().endswith(b"}"):  # tokens may come after the end
                    body = self._with_excess(body)
                return Response(status, headers, bytes(body[: self._largest]))
        except NotUnderstood as error:  # the start of an overlong answer may hold a refresh token
            raise error.after(status, bytes(body[: self._largest]), _coding(headers)) from None
        except httpcore.TimeoutException:
            problem = f"{host} did not answer within {self._deadline:.0f} s."
            raise NoAnswer(problem).after(status, bytes(body), _coding(headers)) from None
        except httpcore.RemoteProtocolError:
            raise self._broken(host, status) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError):
            problem = f"The connection to {host} broke before the whole answer arrived."
            raise NoAnswer(problem).after(status, bytes(body), _coding(headers)) from None
        finally:
            self._capture.close()

    @contextlib.contextmanager
    def _opened(self, request: Request) -> Iterator[httpcore.Response]:
        """Send, and yield the answer before its body is read.

        Raises:
            Offline, NotTrusted: nothing was sent; any failure before the first byte becomes one of them.
            an error of httpcore: a part of the request may have arrived.
        """
        progress = Progress()
        try:
            with self._pool() as pool, self._stream(pool, request, progress) as answer:
                yield answer
        except NoUsableAnswer:
            raise
        # httpcore 1.0 does not wrap every error on the way, such as UnicodeError of a host, or socksio's
        except Exception as error:
            if progress.sent:
                raise
            raise not_sent(error, self._server, progress) from None

    def _pool(self) -> httpcore.ConnectionPool:
        route = Route.to(self._server)
        return httpcore.ConnectionPool(
            ssl_context=route.trust.context,
            proxy=route.proxy_of_httpcore(),
            network_backend=DeadlineBackend(httpcore.SyncBackend(), Deadline(self._deadline), self._capture),
        )

    def _stream(
        self, pool: httpcore.ConnectionPool, request: Request, progress: Progress
    ) -> AbstractContextManager[httpcore.Response]:
        headers = [("Host", host_of(self._server)), *request.headers]
        # RFC 6750 section 2.1; never in the query, which ends in logs
        if request.access_token is not None:
            headers.append(("Authorization", f"Bearer {request.access_token.reveal()}"))
        if request.fields:
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
        server = urlsplit(self._server)
        # httpcore 1.0 would cut a path at a semicolon if it split the URL itself
        url = httpcore.URL(
            scheme=server.scheme, host=server.hostname or "", port=server.port, target=request.path
        )
        return pool.stream(
            request.method,
            url,
            headers=headers,
            content=_content(request.fields) or None,
            extensions={"trace": progress, "timeout": {"connect": min(CONNECT_LIMIT, self._deadline)}},
        )

    def _receive(self, answer: httpcore.Response, body: bytearray) -> None:
        """Read into `body`, which keeps its bytes if the connection breaks."""
        for piece in answer.iter_stream():
            body += piece
            if len(body) > self._largest:
                if not 200 <= answer.status < 300:
                    return  # the status is enough
                raise NotUnderstood(f"The server's answer is longer than {self._largest // 1024} KiB.")

    def _with_excess(self, body: bytearray) -> bytearray:
        """Return the body with the bytes after its end.

        A server that counts characters states too small a length; a status such as 204 allows no body at
        all (RFC 9112 section 6.3).
        """
        if len(body) < self._largest:
            self._capture.drain(QUIET_AFTER_END)
        return max(body, bytearray(read_refused(bytes(self._capture.arrived)).body), key=len)

    def _broken(self, host: Clean, status: int) -> NoAnswer:
        """Make the error for an answer that is cut, or that h11 refuses, with the bytes that arrived."""
        self._capture.drain(QUIET)
        raw = read_refused(bytes(self._capture.arrived))
        problem = f"The connection to {host} broke before the whole answer arrived."
        if not status and raw.body:
            problem = f"{host} sent an answer that is not valid HTTP."
        return NoAnswer(problem).after(raw.status, raw.body[: self._largest], raw.coding)

    def _decode(self, answer: Response) -> Response:
        """Decode the body of an answer with a content coding.

        Raises:
            NotUnderstood: the coding is unreadable, or the decoded body too long.
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


def _content(fields: Fields) -> bytes:
    """Write fields as a form (RFC 6749 appendix B)."""
    return urlencode(
        [(name, value.reveal() if isinstance(value, Secret) else value) for name, value in fields]
    ).encode()


def _headers(answer: httpcore.Response) -> dict[str, Clean]:
    """Return the headers by lower-case name; those that come twice joined (RFC 9110 section 5.3)."""
    values: dict[str, list[str]] = {}
    for name, value in answer.headers:
        values.setdefault(name.decode("ascii", "replace").lower(), []).append(
            value.decode("utf-8", "replace")
        )
    return {name: clean(", ".join(lines)) for name, lines in values.items()}
