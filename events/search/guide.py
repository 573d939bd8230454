"""What the search guide shows: the fields from their one table, and examples that the tests run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from events.search import analyzers
from events.search.fields import EVENT_FIELDS, STACK_FIELDS, Field, FieldTable, Kind

_MATCHES_KIND: Mapping[Kind, str] = {
    Kind.KEYWORD: "the whole value, case-sensitive",
    Kind.DATE: "a date, a range, date math",
    Kind.NUMBER: "a number, a range",
    Kind.INTEGER: "a whole number, a range",
    Kind.BOOLEAN: "true or false",
    Kind.GEO: "a distance or a box",
}
_MATCHES_ANALYSIS: Mapping[str, str] = {
    analyzers.STANDARD.name: "words",
    analyzers.STANDARD_PLUS.name: "words, and the parts of names and paths",
    analyzers.WHITESPACE_LOWER.name: "words",
    analyzers.COMMA_WHITESPACE.name: "whole addresses",
    analyzers.LOWER_KEYWORD.name: "the whole value, in any case",
    analyzers.TYPE_NAME.name: "the name, its start up to a dot, its words",
    analyzers.EMAIL.name: "starts of the name, of the address, of the domain",
    analyzers.EMAIL_SIMPLE.name: "starts of the parts of the address",
    analyzers.VERSION.name: "the version, or its first numbers",
    analyzers.PATH.name: "words between / - .",
    analyzers.HOST.name: "words between dots",
}
_EVENT_EXAMPLES: Mapping[str, str] = {
    "id": "id:54dbc16ca0f5c61398427b00",
    "organization": "organization:537650f3b77efe23a47914f3",
    "project": "project:537650f3b77efe23a47914f4",
    "stack": "stack:1ecd0826e447a44e78877ab1",
    "reference": "reference:order-1042",
    "type": "type:error",
    "source": "source:acme.web",
    "message": 'message:"row not found"',
    "tag": "tag:Critical",
    "date": "date:>now-1d/d",
    "created": 'created_utc:"2026-01-15"',
    "value": "value:[1..10]",
    "count": "count:>1",
    "first": "first:true",
    "geo": 'geo:"52.52,13.40"~75mi',
    "level": "level:warn",
    "version": "version:1.2",
    "submission": "submission:POST",
    "client": "client.useragent:exceptionless*",
    "client_version": "client.version:3.1*",
    "user": "user:jane@example.com",
    "user_name": 'user.name:"Jane Doe"',
    "described": 'user.description:"it broke"',
    "described_by": "data.@user_description.email_address:jane",
    "error_code": "error.code:502",
    "error_type": "error.type:NullReferenceException",
    "error_message": "error.message:timeout",
    "target_type": "error.targettype:System.Exception",
    "target_method": "error.targetmethod:Acme.Shop.Buy",
    "machine": "machine:server-01",
    "cmd": "cmd:C*",
    "architecture": "architecture:x64",
    "ip": "ip:10.0.0.9",
    "user_agent": "useragent:mozilla",
    "path": 'path:"/user.aspx"',
    "host": "data.@request.host:example",
    "browser": "browser:firefox",
    "browser_version": "browser.version:39.0*",
    "browser_major": "browser.major:39",
    "device": "device:huawei",
    "os": 'os:"windows server"',
    "os_version": "os.version:10.10.1",
    "os_major": "os.major:10",
    "bot": "bot:false",
    "country": "country:de",
    "level1": "level1:Bayern",
    "level2": "level2:Oberbayern",
    "locality": "locality:M*",
}
_STACK_EXAMPLES: Mapping[str, str] = {
    "id": "stack:1ecd0826e447a44e78877ab1",
    "organization": "organization:537650f3b77efe23a47914f3",
    "project": "project:537650f3b77efe23a47914f4",
    "status": "(status:open OR status:regressed)",
    "type": "type:error",
    "tag": "tag:Critical",
    "reference": 'links:"https://tracker.example/1"',
    "signature": "signature:20b29b*",
    "version_fixed": "version_fixed:1.2.3",
    "title": "title:timeout",
    "description": 'description:"at night"',
    "first": "first:>now-7d",
    "last": "last:[now-1h TO now]",
    "fixed_on": "_exists_:fixedon",
    "snooze_until": "snooze_until_utc:<now+1d",
    "critical": "critical:true",
    "occurrences": "occurrences:>100",
    "deleted": "deleted:false",
}


class FieldHelp(NamedTuple):
    """`others` are its further names; `is_default`: a word without a field looks here too."""

    name: str
    others: list[str]
    matches: str
    example: str
    is_default: bool
    is_free: bool


class Example(NamedTuple):
    text: str
    meaning: str


FILTERS = (
    Example("timeout", "the word, in any of the fields marked with ●"),
    Example('"row not found"', "the words one after the other"),
    Example("type:error level:fatal", "both; words side by side are joined by AND"),
    Example("source:cart OR source:basket", "one or the other"),
    Example("tag:blue NOT browser:chrome", "not; `-browser:chrome` and `!browser:chrome` mean the same"),
    Example("type:error (status:open OR status:regressed)", "groups in parentheses"),
    Example("source:(cart OR basket)", "one field for several words"),
    Example("source:acme.w*", "what starts like this"),
    Example("value:(>0 AND <=10)", "ranges: > >= < <="),
    Example("value:[1 TO 10}", "from 1, up to but without 10; `[1..10]` is the same as `[1 TO 10]`"),
    Example("count:[5 TO *]", "open at one end"),
    Example("_exists_:user", "has a value; `user:*` means the same"),
    Example("_missing_:user", "has none"),
    Example("data.age:>=18", "a number in the event's own data"),
    Example("ref.session:4711", "a reference to another event"),
    Example('path:"/cart"', "quotes for values with a colon, a space, or a slash at the start"),
    Example("message:\\(empty\\)", "or a backslash before the character"),
)
DATES = (
    Example('date:"2026-01-15"', "that day"),
    Example('date:"2026-01-15T08:30"', "that minute"),
    Example('date:["2026-01-15T08:00:00Z" TO "2026-01-15T09:00:00+01:00"]', "times are quoted, for they hold colons"),
    Example("date:>now-1d", "the last 24 hours"),
    Example("date:[now/d TO now]", "today: /d goes to the start of the day"),
    Example("date:[now-1w/w TO now-1w/w]", "last week, whole; weeks start on Monday"),
    Example("date:>2026-01-01||+1M/d", "later than a month after a date"),
    Example("date:>=2026-01-15^-300m", "a day of people five hours behind UTC"),
)
TIMES = (
    *("[now-15m TO now]", "[now-1d TO now]", "[now/d TO now]", "[now-1d/d TO now-1d/d]", "[now/w TO now]"),
    *("[now-1M/M TO now-1M/M]", "last 24 hours", "last 30 days", "today", "yesterday", "last week", "last january"),
    *("2026", "2026-01-15", "2026-01-15T08", "01-15", "jan", "jan-feb", "5 days ago TO now", ">now-6h"),
    *("[2026-01-15 TO 2026-01-20}", "2026-01-15T08:00 TO *"),
)
OFFSETS = (
    Example("-300m", "five hours behind UTC"),
    Example("2h", "two hours ahead"),
    Example("1d", "and s, w, M, y, ms, micros, nanos"),
)
SORTS = (
    Example("-date", "newest first, as without a sort"),
    Example("type -value", "by type, then the greatest value first"),
    Example("user.name", "any field, case-sensitive"),
    Example("-last", "of stacks: the latest occurrence first"),
)
AGGREGATIONS = (
    Example("cardinality:user", "how many users"),
    Example("avg:value min:date max:date", "several figures at once: avg, sum, min, max, stats, percentiles, missing"),
    Example("sum:count~1", "the sum; events without a count are taken for 1"),
    Example("terms:tags", "the ten most frequent tags; `terms:(tags~25)` for more"),
    Example("terms:(first @include:true)", "only some of the values"),
    Example("date:(date~1h cardinality:stack)", "per hour, the number of stacks; also m, d, w, M, q, y, 12h …"),
    Example("date:(date^-300m cardinality:user sum:count~1)", "per day of people five hours behind UTC"),
    Example("terms:(stack_id~20 -sum:count~1 max:date)", "by what is inside: - for the greatest first"),
)


def event_fields() -> list[FieldHelp]:
    return list(_fields(EVENT_FIELDS, _EVENT_EXAMPLES))


def stack_fields() -> list[FieldHelp]:
    return list(_fields(STACK_FIELDS, _STACK_EXAMPLES))


def _fields(table: FieldTable, examples: Mapping[str, str]) -> Iterator[FieldHelp]:
    for field in table.fields:
        # The short names come after the one of the document.
        shown, *others = sorted(field.names, key=lambda name: ("@" in name, len(name)))
        yield FieldHelp(shown, others, matches(field), examples[field.storage], field.is_default, field.is_free)


def matches(field: Field) -> str:
    """What a value of the field is compared by, in words."""
    return _MATCHES_KIND[field.kind] if field.analysis is None else _MATCHES_ANALYSIS[field.analysis.name]
