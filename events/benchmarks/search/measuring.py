"""How long a question takes: as a request to the whole application, and its statements alone."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.db import connection

from events.benchmarks.search.queries import Question

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_NEXT = re.compile(r'<([^>]*)>; rel="next"')
_SECONDS_ENOUGH = 3.0
_FEWEST = 3


class Answer(NamedTuple):
    status: str
    headers: dict[str, str]
    body: bytes


class Times(NamedTuple):
    """Milliseconds, ascending; of the requests, and of the statements in each of them."""

    requests: list[float]
    statements: list[float]


class QuestionFailed(Exception):  # noqa: N818 - its text is the answer
    pass


class Asker:
    """Asks an application of this process, so that what is measured is neither a network nor another server."""

    def __init__(self, application: Application, token: str) -> None:
        self.application = application
        self.token = token

    def measure(self, question: Question, repetitions: int) -> Times:
        """Raises QuestionFailed when the answer is no 200."""
        path = question.path
        for _ in range(question.pages):
            path = self._next_page(path)
        self._ask(path)  # once for the caches
        requests: list[float] = []
        statements: list[float] = []
        started = time.perf_counter()
        while len(requests) < repetitions:
            spent, took = self._timed(path)
            requests.append(took * 1000)
            statements.append(spent * 1000)
            if len(requests) >= _FEWEST and time.perf_counter() - started > _SECONDS_ENOUGH:
                break
        return Times(sorted(requests), sorted(statements))

    def _timed(self, path: str) -> tuple[float, float]:
        clock = _StatementClock()
        started = time.perf_counter()
        with connection.execute_wrapper(clock):
            self._ask(path)
        return clock.seconds, time.perf_counter() - started

    def _next_page(self, path: str) -> str:
        found = _NEXT.search(self._ask(path).headers.get("Link", ""))
        if found is None:
            raise QuestionFailed(f"{path} has no next page")
        address = urlsplit(found[1])
        return f"{address.path}?{address.query}"

    def _ask(self, path: str) -> Answer:
        heads: list[tuple[str, dict[str, str]]] = []

        def start(status: str, headers: list[tuple[str, str]], *args: Any) -> None:
            heads.append((status, dict(headers)))

        body = b"".join(self.application(self._environ(path), start))
        answer = Answer(*heads[-1], body)
        if not answer.status.startswith("200"):
            raise QuestionFailed(f"{answer.status}: {body[:300].decode(errors='replace')}")
        return answer

    def _environ(self, path: str) -> dict[str, Any]:
        address, _, query = path.partition("?")
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote(address),
            "QUERY_STRING": query,
            "HTTP_HOST": "localhost",
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
        }


class _StatementClock:
    """Adds up how long the statements take, the first row of each included."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.seconds += time.perf_counter() - started


def share(values: list[float], part: float) -> float:
    """The value below which that part of the ascending values lies."""
    return values[min(int(len(values) * part), len(values) - 1)]
