"""The WSGI application, with what Django leaves out of HTTP."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exceptionless_site.settings")

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

CHUNKED = "exceptionless.chunked"
_BODY_METHODS = ("POST", "PUT", "PATCH")
_SERVER = ("Server", "Exceptionless")
# Uploads in parts have limits of their own, which may be higher than that of other bodies.
_UPLOAD_LIMIT = 64 * 1024 * 1024


class ChunkedBodies:
    """Reads `Transfer-Encoding: chunked` bodies, which Django would take for empty: it knows Content-Length only.

    The .NET client sends every gzipped body that way. No more is read than one byte above the limit of the
    application, which answers 413 to what it then sees.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower() or self._has_unknown_length(environ):
            body = environ["wsgi.input"].read(self._limit(environ))
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ[CHUNKED] = True
        return self.application(environ, start_response)

    @staticmethod
    def _has_unknown_length(environ: Environ) -> bool:
        return environ["REQUEST_METHOD"] in _BODY_METHODS and not environ.get("CONTENT_LENGTH")

    @staticmethod
    def _limit(environ: Environ) -> int:
        if environ.get("CONTENT_TYPE", "").lower().startswith("multipart/"):
            return _UPLOAD_LIMIT
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or _UPLOAD_LIMIT) + 1


class ServerManners:
    """Evens out what the application server does.

    A request of HTTP/1.0 without `Host` is no bad request, answers name this product instead of the server behind it,
    and an answer that is all there is handed over in one piece, which sends it with its length and not in chunks.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("HTTP_HOST"):
            # The server puts an empty one there, which Django refuses; without one it takes the server's address.
            environ.pop("HTTP_HOST", None)

        def start(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
            return start_response(status, [*headers, _SERVER], *args)

        response = self.application(environ, start)
        if getattr(response, "streaming", True):
            return response
        try:
            return list(response)
        finally:
            response.close()  # type: ignore[attr-defined]


application = ServerManners(ChunkedBodies(get_wsgi_application()))
