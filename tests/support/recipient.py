"""A recipient's server for tests: it takes webhooks, answers as it is told, and remembers what came."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answering:
    """What the server answers now (`status`, `body`, `headers`), and what has come so far."""

    status: int = 204
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it takes webhooks."""
        return f"http://127.0.0.1:{self.port}/plaza"

    @property
    def host(self) -> str:
        """Its name for `PLAZA_WEBHOOK_HOSTS`."""
        return f"127.0.0.1:{self.port}"


@contextmanager
def recipient_server() -> Iterator[Answering]:
    """Run such a server; a `status` of 0 hangs up without an answer."""
    answering = Answering()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            heads = {name.lower(): value for name, value in self.headers.items()}
            answering.received.append((self.path, heads, body))
            if answering.status == 0:
                self.connection.close()
                return
            self.send_response(answering.status)
            for name, value in answering.headers.items():
                self.send_header(name, value)
            if answering.status not in (204, 304):
                self.send_header("Content-Length", str(len(answering.body)))
            self.end_headers()
            if answering.status not in (204, 304):
                self.wfile.write(answering.body)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    answering.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield answering
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)
