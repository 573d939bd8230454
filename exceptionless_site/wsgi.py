"""The WSGI application, with what Django leaves out of HTTP."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exceptionless_site.settings")

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
# Above every limit of the application, which answers 413 itself; this only bounds memory.
_CHUNKED_LIMIT = 64 * 1024 * 1024
CHUNKED = "exceptionless.chunked"


class ChunkedBodies:
    """Reads `Transfer-Encoding: chunked` bodies, which Django would take for empty: it knows Content-Length only.

    The .NET client sends every gzipped body that way.
    """

    def __init__(self, application: Callable[[Environ, StartResponse], Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower() or self._has_unknown_length(environ):
            body = environ["wsgi.input"].read(_CHUNKED_LIMIT)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
            environ[CHUNKED] = True
        return self.application(environ, start_response)

    @staticmethod
    def _has_unknown_length(environ: Environ) -> bool:
        return environ["REQUEST_METHOD"] in ("POST", "PUT", "PATCH") and not environ.get("CONTENT_LENGTH")


application = ChunkedBodies(get_wsgi_application())
