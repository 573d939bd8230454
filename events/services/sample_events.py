"""Sample events in wire form: the same seed and the same `now` give the same events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from events.services import sample_catalogue as catalogue
from events.services.sample_catalogue import Failure, Runtime
from exceptionless_site.core.dates import format_offset

Document = dict[str, Any]

_HEX = "0123456789abcdef"
_ARRIVALS = 3
_FEWEST_FRAMES, _MOST_FRAMES = 10, 25


def sample_events(*, count: int, now: datetime, days: int = 7, seed: int = 1) -> Iterator[Document]:
    """`count` events of the `days` before `now` (aware), oldest first.

    They are errors, logs, missing pages, feature usages, and sessions whose members refer to them; the sessions of the
    past have ended, and some people have come just now.
    """
    random = Random(seed)  # noqa: S311 - samples, no secrets
    arrivals = [now - timedelta(minutes=minutes) for minutes in range(min(count, _ARRIVALS), 0, -1)]
    past = (now - timedelta(days=days) * random.random() ** 1.3 for _ in range(count - len(arrivals)))
    sessions = _Sessions(random)
    for moment in sorted(min(moment, arrivals[0]) for moment in past):
        yield sessions.event_at(moment)
    for moment in arrivals:
        yield sessions.start_session(moment)


class _Visit(NamedTuple):
    """One person's session: who, from where, with what, and until when."""

    id: str
    end: datetime
    common: Document
    """Members of `data` that all events of the session have."""
    geo: str


class _Sessions:
    """Hands out events; about one in eight opens a session, and later ones join those that are still open."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.open: list[_Visit] = []
        self.over: list[_Visit] = []

    def event_at(self, moment: datetime) -> Document:
        """An event of that moment, or the end of a session that went before it."""
        self.over += [visit for visit in self.open if visit.end <= moment]
        self.open = [visit for visit in self.open if visit.end > moment]
        if self.over:
            return self._end_session(min(self.over, key=lambda visit: visit.end))
        if self.random.random() < 0.12:
            return self.start_session(moment)
        make = self.random.choices(_KINDS, _WEIGHTS)[0]
        document = make(self.random)
        if self.open and self.random.random() < 0.8:
            _join(document, self.random.choice(self.open))
        elif self.random.random() < 0.5:
            _join(document, _visit(self.random, moment), is_member=False)
        return _finish(document, self.random, moment)

    def start_session(self, moment: datetime) -> Document:
        visit = _visit(self.random, moment)
        document: Document = {"type": "session", "reference_id": visit.id, "data": dict(visit.common), "geo": visit.geo}
        self.open.append(visit)
        return _finish(document, self.random, moment)

    def _end_session(self, visit: _Visit) -> Document:
        self.over.remove(visit)
        return _finish({"type": "sessionend", "data": {"@ref:session": visit.id}}, self.random, visit.end)


def _visit(random: Random, moment: datetime) -> _Visit:
    identity, name = random.choice(catalogue.USERS)
    geo, country, level1, locality = random.choice(catalogue.PLACES)
    common = {
        "@user": {"identity": identity, "name": name},
        "@location": {"country": country, "level1": level1, "locality": locality},
        "@request": _request(random, random.choice(catalogue.PAGES)),
    }
    length = timedelta(minutes=random.randint(2, 180))
    return _Visit(_hexadecimal(random, 20), moment + length, common, geo)


def _join(document: Document, visit: _Visit, *, is_member: bool = True) -> None:
    """Without a session nothing tells who it was: the server would take a known person's events for a session."""
    document["data"] = {**visit.common, **document["data"]}
    document["geo"] = visit.geo
    if is_member:
        document["data"]["@ref:session"] = visit.id
    else:
        del document["data"]["@user"]


def _finish(document: Document, random: Random, moment: datetime) -> Document:
    document["date"] = format_offset(moment, 0)
    tags = random.sample(catalogue.TAGS, random.choice((0, 0, 1, 1, 2)))
    document["tags"] = [*document.get("tags", []), *tags]
    document["data"]["@version"] = random.choice(catalogue.VERSIONS)
    document["data"]["@submission_method"] = "sample"
    document.setdefault("reference_id", _hexadecimal(random, 10))
    return document


def _error(random: Random) -> Document:
    failure = random.choices(catalogue.FAILURES, [failure.weight for failure in catalogue.FAILURES])[0]
    # The same failure comes the same way each time, so that its events share a stack.
    shape = Random(failure.type + failure.message)  # noqa: S311
    error = {**_error_object(failure, random, shape), "modules": _modules(failure.runtime)}
    data: Document = {"@error": error, "@environment": _environment(random, failure.runtime)}
    if random.random() < 0.15:
        data["@user_description"] = {
            "email_address": random.choice(catalogue.USERS)[0],
            "description": "It happened when I pressed the button a second time.",
        }
    data["order"] = {"id": random.randint(1_000, 9_999), "total": round(random.uniform(5, 400), 2), "currency": "EUR"}
    return {
        "type": "error",
        "message": error["message"],
        "tags": ["Critical"] if failure.is_critical else [],
        "data": data,
    }


def _error_object(failure: Failure, random: Random, shape: Random) -> Document:
    error: Document = {
        "type": failure.type,
        "message": _filled(failure.message, random),
        "stack_trace": _stack_trace(failure, shape),
    }
    error["target_method"] = {**error["stack_trace"][0], "is_signature_target": True}
    if failure.code:
        error["code"] = failure.code
    innermost = error
    for number, (type_name, message) in enumerate(failure.inner):
        own_frames = failure.path[: max(1, len(failure.path) - 1 - number)]
        frames = [_frame(failure.runtime, place, shape) for place in own_frames]
        innermost["inner"] = {"type": type_name, "message": message, "stack_trace": frames}
        innermost = innermost["inner"]
    return error


def _stack_trace(failure: Failure, shape: Random) -> list[Document]:
    runtime = failure.runtime
    places = [*failure.path, *runtime.framework]
    wanted = shape.randint(max(_FEWEST_FRAMES, len(failure.path) + 1), _MOST_FRAMES)
    while len(places) < wanted:
        places.append(runtime.framework[len(places) % len(runtime.framework)])
    return [_frame(runtime, place, shape) for place in places[:wanted]]


def _frame(runtime: Runtime, place: str, shape: Random) -> Document:
    namespace, declaring_type, name = place.split("|")
    frame: Document = {"declaring_namespace": namespace, "declaring_type": declaring_type, "name": name, "module_id": 1}
    if place not in runtime.framework:
        frame["file_name"] = f"{declaring_type}.{runtime.extension}"
        frame["line_number"] = shape.randint(12, 480)
        frame["column"] = shape.randint(1, 60)
    if runtime.parameters:
        frame["parameters"] = [{"name": name, "type": type_name} for name, type_name in runtime.parameters]
    return frame


def _modules(runtime: Runtime) -> list[Document]:
    names = list(dict.fromkeys(place.split("|")[0] for place in runtime.framework))[:3]
    application = {"module_id": 1, "name": runtime.process, "version": "2.6.0", "is_entry": True}
    return [application, *({"module_id": number, "name": name} for number, name in enumerate(names, 2))]


def _log(random: Random) -> Document:
    source, level, message = random.choice(catalogue.LOGS)
    data = {"@level": level, "thread": f"pool-{random.randint(1, 8)}"}
    return {"type": "log", "source": source, "message": _filled(message, random), "data": data}


def _missing_page(random: Random) -> Document:
    path = random.choice(catalogue.MISSING_PAGES)
    return {"type": "404", "source": path, "data": {"@request": _request(random, path)}}


def _usage(random: Random) -> Document:
    return {"type": "usage", "source": random.choice(catalogue.FEATURES), "value": random.randint(1, 5), "data": {}}


_KINDS: tuple[Callable[[Random], Document], ...] = (_error, _log, _missing_page, _usage)
_WEIGHTS = (42, 30, 13, 15)


def _request(random: Random, path: str) -> Document:
    return {
        "user_agent": random.choice(catalogue.AGENTS),
        "http_method": random.choice(("GET", "GET", "GET", "POST")),
        "is_secure": True,
        "host": "shop.example.com",
        "port": 443,
        "path": path,
        "referrer": "https://shop.example.com/",
        # Addresses that are set aside for documentation.
        "client_ip_address": f"203.0.113.{random.randint(1, 254)}",
        "query_string": {"ref": random.choice(("mail", "ad", "home"))},
    }


def _environment(random: Random, runtime: Runtime) -> Document:
    return {
        "processor_count": 4,
        "total_physical_memory": 8 * 1024**3,
        "available_physical_memory": random.randint(1, 6) * 1024**3,
        "process_name": runtime.process,
        "process_id": str(random.randint(300, 32_000)),
        "architecture": "x64",
        "o_s_name": "Linux",
        "o_s_version": "6.1",
        "machine_name": random.choice(catalogue.MACHINES),
        "runtime_version": runtime.version,
    }


def _filled(text: str, random: Random) -> str:
    values = {"number": str(random.randint(1_000, 9_999)), "small": str(random.randint(2, 40))}
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text.replace("{amount}", f"{random.uniform(5, 400):.2f}")


def _hexadecimal(random: Random, length: int) -> str:
    return "".join(random.choices(_HEX, k=length))
