"""A server on this machine that answers as Discord's webhooks do, and as badly as it can."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reaction = Callable[["Handler"], None]
PATH = "/api/webhooks/1234567890/abcDEF-token"


class Handler(BaseHTTPRequestHandler):
    server: "FakeDiscord"
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), self.body))
        react = self.server.reactions.popleft() if self.server.reactions else judged
        react(self)

    def answer(self, status: int, said: Any = None, **headers: str) -> None:
        body = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class FakeDiscord(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.reactions: deque[Reaction] = deque()
        self.release = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="fake-discord")
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PATH}"

    @property
    def taken(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.requests]

    def handle_error(self, *_: object) -> None:
        """A caller that hangs up is part of the game."""

    def close(self) -> None:
        self.release.set()
        self.shutdown()
        self._thread.join(5)
        self.server_close()


def judged(handler: Handler) -> None:
    """As Discord judges a payload: 204 for a good one, 400 with a code for one beyond its limits."""
    if handler.path.partition("?")[0] != PATH:
        handler.answer(404, {"message": "Unknown Webhook", "code": 10015})
        return
    said = json.loads(handler.body)
    embeds = said.get("embeds", [])
    lengths = [len(e.get("title", "")) + len(e.get("description", "")) for e in embeds]
    lengths += [len(f["name"]) + len(f["value"]) for e in embeds for f in e.get("fields", [])]
    is_empty = not said.get("content") and not embeds
    if is_empty or len(said.get("content", "")) > 2000 or sum(lengths) > 6000:
        handler.answer(400, {"message": "Invalid Form Body", "code": 50035})
        return
    handler.answer(204, X_RateLimit_Limit="5", X_RateLimit_Remaining="4", X_RateLimit_Reset_After="2.0")


def limited(retry_after: float, *, is_global: bool = False) -> Reaction:
    def react(handler: Handler) -> None:
        headers = {"Retry_After": "1", "X_RateLimit_Scope": "global" if is_global else "user"}
        if is_global:
            headers["X_RateLimit_Global"] = "true"
        said = {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global}
        handler.answer(429, said, **headers)

    return react


def status(code: int, **headers: str) -> Reaction:
    return lambda handler: handler.answer(code, {"message": f"code {code}"}, **headers)


def silent(handler: Handler) -> None:
    """Takes the request and says nothing until the test lets go."""
    handler.server.release.wait(120)
    handler.close_connection = True


def dropped(handler: Handler) -> None:
    """The line breaks after the request went in."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def dripping(handler: Handler) -> None:
    """A byte now and then, so that no single step ever takes too long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while not handler.server.release.wait(0.02):
        handler.wfile.write(b"a")
        handler.wfile.flush()
