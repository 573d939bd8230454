"""Random events with few different values, and random filters that ask for them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
ORGANIZATION = "537650f3b77efe23a47914f3"
PROJECTS = ("537650f3b77efe23a47914f4", "537650f3b77efe23a47914f5")
STACKS = tuple(f"5a00000000000000000000{number:02x}" for number in range(8))

WORDS = (
    "row",
    "Not",
    "found",
    "TIMEOUT",
    "naïve",
    "数据",
    "o'brien",
    'quo"te',
    "100%",
    "a^b",
    "back\\slash",
    "x_y",
    "-",
)
SOURCES = ("GET /Print", "Acme.Web.Shop", "get, print a/b", "Some\\Path.To(x) acme", "acme", "数据 ΣΙΓΜΑΣ", "a b c d")
NAMES = ("Blake Niemyjski", "blake", "O'Neil; DROP TABLE", "İstanbul", "*", "a*b?c", "x" * 300, "ß^")
ADDRESSES = ("test@exceptionless.com", "Te.St+1@acme.co.uk", "me@x.io", "no-address", "12345")
VERSIONS = ("1.2.3.0", "3.2.1-beta1", "2024.1", "v1 2.0", "10.0.12345")
TYPES = ("error", "log", "Error", "session", "ünïcode", "404")
NUMBERS = (0, 1, -1, 5, 5.5, 1e300, -2.25, 40, 3600, 0.1)
DATES = ("2015-01-01T00:00:00Z", "2026-01-15T11:59:59.999Z", "0001-01-01T00:00:00", "1969-12-31T23:59:59Z")
CODES = ("502", "-1", "E_FAIL", "0x80004005")
EXCEPTIONS = ("System.Web.Mvc.HttpAntiForgeryException", "TypeError", "Acme.Web.Get(Int32 x, System.String y)")
PLACES = ("40,-70", "52.5,13.4", "-33.9,151.2", "0,179.9", "0,-179.9")
PATHS = ("/apple-touch-icon.png", "/user.aspx", "/a/b-c/d.e", "/")
TITLES = (
    *SOURCES,
    "row not found",
    "Row.Not.Found",
    "TypeError: x is undefined",
    "test@exceptionless.com failed",
    "5.5 of 10,000 rows_left",
    "o'brien's ROW",
    "found/row-not",
    "数据 row",
)
AGENTS = ("Mozilla/5.0 (Linux; Android 4.1.1)", "curl/7.1")


def random_stack(r: random.Random, number: int) -> dict[str, Any]:
    last = NOW - timedelta(days=r.randrange(20))
    return {
        "id": STACKS[number],
        "organization_id": ORGANIZATION,
        "project_id": PROJECTS[number % 2],
        "type": r.choice(TYPES),
        "status": r.choice(("open", "fixed", "regressed", "ignored")),
        "signature_hash": f"{number:040x}",
        "title": r.choice(TITLES),
        "description": r.choice((*TITLES, None)),
        "fixed_in_version": r.choice(("1.2.3", "2.0.0-Beta", None)),
        "total_occurrences": r.randrange(60),
        "first_occurrence": (last - timedelta(days=r.randrange(20))).isoformat(),
        "last_occurrence": last.isoformat(),
        "occurrences_are_critical": r.random() < 0.3,
        "references": r.sample(("https://a.example/1", "ticket 5"), r.randrange(3)),
        "tags": r.sample(NAMES, r.randrange(3)),
        "is_deleted": r.random() < 0.1,
    }


def random_event(r: random.Random, number: int) -> dict[str, Any]:
    stack = r.randrange(len(STACKS))
    date = NOW - timedelta(milliseconds=r.randrange(20 * 86_400_000), microseconds=r.randrange(1000))
    event: dict[str, Any] = {
        "id": f"5e{r.randrange(16**20):020x}{number:02x}",
        "organization_id": ORGANIZATION,
        "project_id": PROJECTS[stack % 2],
        "stack_id": STACKS[stack],
        "is_first_occurrence": r.random() < 0.3,
        "created_utc": (date + timedelta(microseconds=r.randrange(10**7))).isoformat(),
        "date": date.isoformat(),
        "type": r.choice(TYPES),
        "data": _data(r),
    }
    for name, values in (("source", SOURCES), ("geo", PLACES), ("value", NUMBERS), ("count", (1, 2, 7))):
        if r.random() < 0.5:
            event[name] = r.choice(values)
    if r.random() < 0.7:
        event["message"] = _text(r)
    if r.random() < 0.4:
        event["reference_id"] = r.choice(("ref-1042", "Ref-1042", "reference"))
    event["tags"] = r.sample(NAMES, r.randrange(3))
    return event


def _text(r: random.Random) -> str:
    return " ".join(r.choices(WORDS, k=r.randrange(1, 6)))


def _data(r: random.Random) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "@level": r.choice(("Error", "warn", "ERROR")),
        "@version": r.choice(VERSIONS),
        "@submission_method": r.choice(("POST", "get")),
        "@submission_client": {"user_agent": "js/3.1", "version": "3.1.0", "ip_address": r.choice(("1.2.3.4", "::1"))},
        "@user": {r.choice(("identity", "Identity")): r.choice(ADDRESSES), "name": r.choice(NAMES)},
        "@user_description": {"email_address": r.choice(ADDRESSES), "description": _text(r)},
        r.choice(("@error", "@simple_error")): _error(r, 0),
        "@request": {
            "user_agent": r.choice(AGENTS),
            "path": r.choice(PATHS),
            "host": "app.Acme.com",
            "client_ip_address": "192.168.0.243, 10.0.0.1",
            "data": {
                "@browser": "Chrome Mobile",
                "@os": r.choice(("Android", "Mac OS X")),
                "@is_bot": r.random() < 0.5,
            },
        },
        "@environment": {
            "machine_name": r.choice(NAMES),
            "command_line": "Run -x 'y'",
            "o_s_name": "Linux 5",
            "ip_address": "10.0.0.1,1.2.3.4",
            "architecture": "",
        },
        "@location": {"country": "DE", "level1": "Bayern", "locality": "München"},
        "Age": r.choice((*NUMBERS, "18", "1,000")),
        "Day": r.choice(DATES),
        "plan": r.choice(("Pro", "pro", "Free Plan")),
        "haserror": r.choice((True, "False")),
        "@ref:session": r.choice(("s-1", "S-1")),
        "nested": {"a": 1},
    }
    return {name: value for name, value in parts.items() if r.random() < 0.6}


def _error(r: random.Random, depth: int) -> dict[str, Any]:
    error: dict[str, Any] = {"type": r.choice(EXCEPTIONS), "message": _text(r)}
    if r.random() < 0.5:
        error["code"] = r.choice(CODES)
    if r.random() < 0.5:
        error["data"] = {"@target": {"ExceptionType": r.choice(EXCEPTIONS), "Method": r.choice(EXCEPTIONS)}}
    if depth < 2 and r.random() < 0.4:
        error["inner"] = _error(r, depth + 1)
    return error


# --- Filters ------------------------------------------------------------------------------------

_TEXT_FIELDS = (
    *("message", "source", "user.description", "error.message", "error.type", "error.targettype", "error.targetmethod"),
    *("tag", "tags", "user", "user.email", "user.name", "machine", "path", "host", "browser", "os", "ip", "useragent"),
    *(
        "version",
        "level",
        "type",
        "country",
        "locality",
        "error.code",
        "submission",
        "cmd",
        "architecture",
        "reference",
    ),
    *("data.plan", "ref.session", "data.@user_description.email_address", "client.version", "data.@request.host", "id"),
    *("unknown", "project", "stack", "organization", "status"),
    *("title", "title", "description", "links", "version_fixed", "signature"),
)
_NUMBER_FIELDS = ("value", "count", "data.age", "occurrences")
_DATE_FIELDS = ("date", "created_utc", "data.day", "first_occurrence", "last")
_TRUTH_FIELDS = ("first", "bot", "data.haserror", "critical", "fixed", "regressed", "hidden")
_ALL_FIELDS = (*_TEXT_FIELDS, *_NUMBER_FIELDS, *_DATE_FIELDS, *_TRUTH_FIELDS, "geo", "message")
_MOMENTS = ("2015", "2026-01-10", "now-3d/d", "now", '"2026-01-15T11:59:59.999Z"', "1960", "2026-01-01||+1M/d", "9998")
_VALUES: tuple[str, ...] = (
    *WORDS,
    *SOURCES,
    *NAMES,
    *ADDRESSES,
    *VERSIONS,
    *TYPES,
    *CODES,
    *TITLES,
    *EXCEPTIONS,
    *PATHS,
    *AGENTS,
)
_VALUES += (
    *AGENTS,
    "Pro",
    "ref-1042",
    "s-1",
    "DE",
    "Bayern",
    "10.0.0.1",
    "android",
    "open",
    "fixed",
    *PROJECTS,
    *STACKS,
    ORGANIZATION,
)


def random_filter(r: random.Random, depth: int = 0) -> str:
    """The text of a filter that can be parsed."""
    units = [_unit(r, depth) for _ in range(r.randrange(1, 4))]
    return r.choice((" AND ", " OR ", " ")).join(units)


def _unit(r: random.Random, depth: int) -> str:
    negation = r.choice(("", "", "", "NOT ", "-", "!", "+"))
    if depth < 3 and r.random() < 0.3:
        return f"{negation}({random_filter(r, depth + 1)})"
    return negation + r.choice((_term, _term, _term, _number, _date, _truth, _presence, _range, _place, _bare))(r)


def _term(r: random.Random) -> str:
    return f"{r.choice(_TEXT_FIELDS)}:{_value(r)}"


def _bare(r: random.Random) -> str:
    return _value(r)


def _value(r: random.Random) -> str:
    text = r.choice(_VALUES)
    if r.random() < 0.4:
        start = r.randrange(len(text))
        text = text[start : start + r.randrange(1, len(text) - start + 1)]
    if r.random() < 0.3:
        text = r.choice((str.lower, str.upper))(text)
    kind = r.random()
    if kind < 0.4:
        return _quoted(text)
    word = "".join(text.split()) or "a"
    if kind < 0.6:
        return _escaped(word) + "*"
    if kind < 0.7 and len(word) > 2:
        at = r.randrange(1, len(word) - 1)
        return _escaped(word[:at]) + r.choice("*?") + _escaped(word[at + 1 :]) + "*"
    return _escaped(word)


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))


def _escaped(word: str) -> str:
    return "".join("\\" + character if character in '+-!(){}[]^"~*?:\\/' else character for character in word)


def _number(r: random.Random) -> str:
    name, number = r.choice(_NUMBER_FIELDS), f'"{r.choice(NUMBERS)}"'
    return f"{name}:{r.choice(('', '>', '>=', '<', '<='))}{number}"


def _date(r: random.Random) -> str:
    text = r.choice(_MOMENTS)
    quoted = text if text[0] == '"' else _quoted(text)
    sign = r.choice((">", ">=", "<", "<=") if "now" in text or "|" in text else ("", ">", ">=", "<", "<="))
    return f"{r.choice(_DATE_FIELDS)}:{sign}{quoted}"


def _truth(r: random.Random) -> str:
    return f"{r.choice(_TRUTH_FIELDS)}:{r.choice(('true', 'false', 'True'))}"


def _presence(r: random.Random) -> str:
    return f"{r.choice(('_exists_', '_missing_'))}:{r.choice(_ALL_FIELDS)}"


def _range(r: random.Random) -> str:
    if r.random() < 0.5:
        least, most = sorted(r.sample(NUMBERS, 2))
        return f'{r.choice(_NUMBER_FIELDS)}:{r.choice("[{")}"{least}" TO "{most}"{r.choice("]}")}'
    low, high = sorted((_bound(r), _bound(r)))
    return f"{r.choice(_TEXT_FIELDS)}:{r.choice('[{')}{low} TO {high}{r.choice(']}')}"


def _bound(r: random.Random) -> str:
    return r.choice(("*", _quoted(r.choice(_VALUES)[: r.randrange(1, 12)])))


def _place(r: random.Random) -> str:
    if r.random() < 0.5:
        return f'geo:"{r.choice(PLACES)}"~{r.choice(("1mi", "500km", "20000km"))}'
    return f"geo:[{r.choice(PLACES)}..{r.choice(PLACES)}]"
