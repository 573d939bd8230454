"""A service that people sign in by: a stand-in on loopback that speaks OAuth 2.0 and OpenID Connect."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CODE, SECRET, ACCESS_TOKEN = "the-code", "the-client-secret", "the-access-token"


@dataclass
class Provider:
    """`pages` maps a path to a status and a JSON answer for whoever brings the access token."""

    url: str = ""
    pages: dict[str, tuple[int, Any]] = field(default_factory=dict)
    open_pages: dict[str, tuple[int, Any]] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)
    expected: dict[str, str] = field(default_factory=dict)
    """Members of the token request that must be there beside the usual ones."""

    def token(self, form: dict[str, str]) -> tuple[int, Any]:
        self.forms.append(form)
        usual = {"grant_type": "authorization_code", "code": CODE, "client_secret": SECRET, "client_id": "the-client"}
        if any(form.get(name) != value for name, value in (usual | self.expected).items()):
            return 400, {"error": "invalid_grant", "error_description": "The code is wrong or was used."}
        return 200, {"access_token": ACCESS_TOKEN, "token_type": "bearer"}


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.token(form))

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path in provider.open_pages:
                self._answer(*provider.open_pages[path])
            elif self.headers["Authorization"] != f"Bearer {ACCESS_TOKEN}":
                self._answer(401, {"error": "invalid_token"})
            else:
                self._answer(*provider.pages.get(path, (404, {})))

        def _answer(self, status: int, value: Any) -> None:
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing: the output belongs to the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
