"""One request to a webhook over HTTP, within a time limit that holds for all of it."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urljoin, urlsplit

from pitbox import __version__
from pitbox.courier.answer import Answer
from pitbox.courier.errors import WireError
from pitbox.courier.webhook import Webhook

TIMEOUT_S = 10.0
"""For any one step; the whole takes twice as long at most."""
_MOST_ANSWER = 64 << 10
_MOST_HOPS = 3
_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": f"PitBox ({__version__})",
    "Connection": "close",
}
_REDIRECTS = (307, 308)
"""With the others a POST becomes a GET: no letter arrives by them."""


class Line:
    """One request at a time; `hang_up` may be called from any thread."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._connection: http.client.HTTPConnection | None = None
        self._is_cut = False

    def post(self, webhook: Webhook, body: bytes) -> Answer:
        """The answer, whatever its status; redirects are followed on the same host only. Raises WireError."""
        target = webhook.target
        for _ in range(_MOST_HOPS):
            answer = self._post_once(webhook, target, body)
            there = _same_host(webhook, target, answer)
            if there is None:
                break
            target = there
        return answer

    def hang_up(self) -> None:
        """Whoever waits for an answer gets a WireError instead."""
        self._is_cut = True
        connection = self._connection
        handle = None if connection is None else connection.sock
        if handle is not None:
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)

    def _post_once(self, webhook: Webhook, target: str, body: bytes) -> Answer:
        is_sent = False
        try:
            with self._connected(webhook) as connection:
                connection.request("POST", target, body, _HEADERS)
                is_sent = True
                response = connection.getresponse()
                headers = {name.lower(): value for name, value in response.getheaders()}
                answer = Answer(response.status, headers, response.read(_MOST_ANSWER))
                if self._is_cut:  # half an answer reads like a short one
                    raise TimeoutError  # noqa: TRY301 - one place says what a broken line is
                return answer
        except ssl.SSLCertVerificationError as error:
            raise WireError("its certificate is not one that this computer trusts") from error
        except TimeoutError as error:
            raise WireError("it did not answer in time", is_sent=is_sent) from error
        except ssl.SSLError as error:
            raise WireError("no safe connection came about", is_sent=is_sent) from error
        except (OSError, http.client.HTTPException) as error:
            # Their words may hold the address; the kind says enough.
            what = "the line broke before an answer" if is_sent else "it cannot be reached"
            raise WireError(what, is_sent=is_sent) from error

    @contextmanager
    def _connected(self, webhook: Webhook) -> Iterator[http.client.HTTPConnection]:
        self._is_cut = False
        self._connection = connection = _connection(webhook, self._timeout_s)
        # A server that gives a byte now and then never runs into the limit of a single step.
        limit = threading.Timer(2 * self._timeout_s, self.hang_up)
        limit.name, limit.daemon = "pitbox-courier-limit", True
        limit.start()
        try:
            yield connection
        finally:
            limit.cancel()
            limit.join()
            connection.close()
            self._connection = None


def _connection(webhook: Webhook, timeout_s: float) -> http.client.HTTPConnection:
    if not webhook.is_safe:
        return http.client.HTTPConnection(webhook.host, webhook.port, timeout=timeout_s)
    trust = ssl.create_default_context()
    return http.client.HTTPSConnection(webhook.host, webhook.port, timeout=timeout_s, context=trust)


def _same_host(webhook: Webhook, target: str, answer: Answer) -> str | None:
    """Where on the same host the letter should go instead; None: nowhere that it may."""
    place = answer.headers.get("location")
    if answer.status not in _REDIRECTS or place is None:
        return None
    scheme = "https" if webhook.is_safe else "http"
    here = f"{scheme}://{webhook.host}:{webhook.port}"
    try:
        parts = urlsplit(urljoin(here + target, place))
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    if (parts.scheme, parts.hostname, port) != (scheme, webhook.host, webhook.port):
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")
