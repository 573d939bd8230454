"""The one table of searchable fields: names, kinds, analysis, where the values stand, and what a free plan may use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from events.search import analyzers
from events.search.analyzers import Analysis


class Kind(StrEnum):
    """How values compare. KEYWORD: exact and case-sensitive. TEXT: by the tokens of the field's analysis."""

    KEYWORD = "keyword"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    GEO = "geo"


class Resource(StrEnum):
    """What a filter is for; EVENT_STACK is the event list in one of its stack modes."""

    EVENT = "event"
    EVENT_STACK = "event-stack"
    STACK = "stack"


@dataclass(frozen=True, slots=True)
class Field:
    """A searchable field.

    `name` is the full name on the wire; `storage` a short unique name for columns and token prefixes; `paths` the
    dotted places in the document whose values it unites; `chain` reads a property of the error and its inner errors
    instead. `is_free`: usable without premium features under the names of `names`.
    """

    name: str
    kind: Kind
    storage: str
    aliases: tuple[str, ...] = ()
    analysis: Analysis | None = None
    paths: tuple[str, ...] = ()
    chain: str | None = None
    is_default: bool = False
    is_free: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


class FieldTable:
    """The fields of one resource, found by any name, in any case."""

    def __init__(self, fields: Iterable[Field]) -> None:
        self.fields = tuple(fields)
        self.default_fields = tuple(field for field in self.fields if field.is_default)
        self.free_names = frozenset(name for field in self.fields if field.is_free for name in field.names)
        self._by_name: Mapping[str, Field] = {name.lower(): field for field in self.fields for name in field.names}

    def resolve(self, name: str) -> Field | None:
        """The field of a name, custom fields such as `idx.age-n` included; None for a name that nothing has."""
        lowered = name.lower()
        return self._by_name.get(lowered) or _custom_field(lowered)


CUSTOM_KINDS: Mapping[str, Kind] = {
    "b": Kind.BOOLEAN,
    "n": Kind.NUMBER,
    "d": Kind.DATE,
    "s": Kind.KEYWORD,
    "r": Kind.KEYWORD,
}
"""The suffix of a custom field's name says what its values are: `idx.plan-s`, `idx.session-r` (a reference)."""

CUSTOM_PREFIX = "idx."
MAX_CUSTOM_NAME = 25
"""Characters of a name in the event's own data; values with longer names are not searchable."""


def _custom_field(lowered: str) -> Field | None:
    # The official documentation has this name for the reference to a session, though the official server does not.
    lowered = "idx.session-r" if lowered == "session" else lowered
    if not lowered.startswith(CUSTOM_PREFIX):
        return None
    name, _, suffix = lowered.removeprefix(CUSTOM_PREFIX).rpartition("-")
    kind = CUSTOM_KINDS.get(suffix)
    return None if kind is None or len(name) > MAX_CUSTOM_NAME else Field(lowered, kind, lowered, paths=(lowered,))


def _text(
    analysis: Analysis, name: str, storage: str, *aliases: str, default: bool = False, free: bool = False
) -> Field:
    return Field(name, Kind.TEXT, storage, aliases, analysis, (name,), is_default=default, is_free=free)


def _plain(kind: Kind, name: str, storage: str, *aliases: str, default: bool = False, free: bool = False) -> Field:
    return Field(name, kind, storage, aliases, None, (name,), is_default=default, is_free=free)


def _union(analysis: Analysis, name: str, storage: str, paths: tuple[str, ...]) -> Field:
    return Field(name, Kind.TEXT, storage, paths, analysis, paths)


def _error_chain(name: str, kind: Kind, storage: str, prop: str, analysis: Analysis | None, *, default: bool) -> Field:
    return Field(name, kind, storage, (), analysis, (), prop, default)


def _error_target(name: str, storage: str, key: str) -> Field:
    paths = (f"data.@error.data.@target.{key}", f"data.@simple_error.data.@target.{key}")
    return Field(name, Kind.TEXT, storage, paths, analyzers.TYPE_NAME, paths, is_default=True)


_REQUEST = "data.@request."
_CLIENT = "data.@request.data.@"
_LOCATION = "data.@location."
_EMAIL_ADDRESS = "data.@user_description.email_address"

REFERENCE = _plain(Kind.KEYWORD, "reference_id", "reference", "reference", default=True, free=True)

EVENT_FIELDS = FieldTable(
    (
        _plain(Kind.KEYWORD, "id", "id", default=True),
        _plain(Kind.KEYWORD, "organization_id", "organization", "organization", free=True),
        _plain(Kind.KEYWORD, "project_id", "project", "project", free=True),
        _plain(Kind.KEYWORD, "stack_id", "stack", "stack", free=True),
        REFERENCE,
        _text(analyzers.LOWER_KEYWORD, "type", "type", free=True),
        _text(analyzers.STANDARD_PLUS, "source", "source", default=True),
        _text(analyzers.STANDARD, "message", "message", default=True),
        _text(analyzers.LOWER_KEYWORD, "tags", "tag", "tag", default=True),
        _plain(Kind.DATE, "date", "date", free=True),
        _plain(Kind.DATE, "created_utc", "created"),
        _plain(Kind.NUMBER, "value", "value"),
        _plain(Kind.INTEGER, "count", "count"),
        _plain(Kind.BOOLEAN, "is_first_occurrence", "first", "first"),
        _plain(Kind.GEO, "geo", "geo"),
        _text(analyzers.LOWER_KEYWORD, "data.@level", "level", "level"),
        _text(analyzers.VERSION, "data.@version", "version", "version"),
        _plain(Kind.KEYWORD, "data.@submission_method", "submission", "submission"),
        _text(analyzers.LOWER_KEYWORD, "data.@submission_client.user_agent", "client", "client.useragent"),
        _plain(Kind.KEYWORD, "data.@submission_client.version", "client_version", "client.version"),
        Field(
            "data.@user.identity",
            Kind.TEXT,
            "user",
            ("user", "user.email"),
            analyzers.EMAIL,
            ("data.@user.identity", _EMAIL_ADDRESS),
            is_default=True,
        ),
        _text(analyzers.LOWER_KEYWORD, "data.@user.name", "user_name", "user.name", default=True),
        _text(analyzers.STANDARD, "data.@user_description.description", "described", "user.description", default=True),
        _text(analyzers.EMAIL_SIMPLE, _EMAIL_ADDRESS, "described_by", default=True),
        _error_chain("error.code", Kind.KEYWORD, "error_code", "code", None, default=True),
        _error_chain("error.type", Kind.TEXT, "error_type", "type", analyzers.TYPE_NAME, default=True),
        _error_chain("error.message", Kind.TEXT, "error_message", "message", analyzers.STANDARD, default=False),
        _error_target("error.targettype", "target_type", "ExceptionType"),
        _error_target("error.targetmethod", "target_method", "Method"),
        _text(analyzers.LOWER_KEYWORD, "data.@environment.machine_name", "machine", "machine"),
        _plain(Kind.KEYWORD, "data.@environment.command_line", "cmd", "cmd"),
        _plain(Kind.KEYWORD, "data.@environment.architecture", "architecture", "architecture"),
        _union(
            analyzers.COMMA_WHITESPACE,
            "ip",
            "ip",
            (
                "data.@submission_client.ip_address",
                _REQUEST + "client_ip_address",
                "data.@environment.ip_address",
            ),
        ),
        _text(analyzers.STANDARD, _REQUEST + "user_agent", "user_agent", "useragent"),
        _text(analyzers.PATH, _REQUEST + "path", "path", "path", default=True),
        _text(analyzers.HOST, _REQUEST + "host", "host"),
        _text(analyzers.WHITESPACE_LOWER, _CLIENT + "browser", "browser", "browser"),
        _plain(Kind.KEYWORD, _CLIENT + "browser_version", "browser_version", "browser.version"),
        _plain(Kind.KEYWORD, _CLIENT + "browser_major_version", "browser_major", "browser.major"),
        _text(analyzers.WHITESPACE_LOWER, _CLIENT + "device", "device", "device"),
        _union(analyzers.WHITESPACE_LOWER, "os", "os", ("data.@environment.o_s_name", _CLIENT + "os")),
        _plain(Kind.KEYWORD, _CLIENT + "os_version", "os_version", "os.version"),
        _plain(Kind.KEYWORD, _CLIENT + "os_major_version", "os_major", "os.major"),
        _plain(Kind.BOOLEAN, _CLIENT + "is_bot", "bot", "bot"),
        _text(analyzers.LOWER_KEYWORD, _LOCATION + "country", "country", "country"),
        _plain(Kind.KEYWORD, _LOCATION + "level1", "level1", "level1"),
        _plain(Kind.KEYWORD, _LOCATION + "level2", "level2", "level2"),
        _plain(Kind.KEYWORD, _LOCATION + "locality", "locality", "locality"),
    )
)

STACK_FIELDS = FieldTable(
    (
        _plain(Kind.KEYWORD, "id", "id", "stack", "stack_id", default=True),
        _plain(Kind.KEYWORD, "organization_id", "organization", "organization", free=True),
        _plain(Kind.KEYWORD, "project_id", "project", "project", free=True),
        _plain(Kind.KEYWORD, "status", "status", free=True),
        _plain(Kind.KEYWORD, "type", "type", free=True),
        _plain(Kind.KEYWORD, "tags", "tag", "tag", default=True),
        _plain(Kind.KEYWORD, "references", "reference", "links", default=True),
        _plain(Kind.KEYWORD, "signature_hash", "signature", "signature"),
        _plain(Kind.KEYWORD, "fixed_in_version", "version_fixed", "version_fixed"),
        _text(analyzers.STANDARD, "title", "title", default=True),
        _text(analyzers.STANDARD, "description", "description", default=True),
        _plain(Kind.DATE, "first_occurrence", "first", "first", free=True),
        _plain(Kind.DATE, "last_occurrence", "last", "last", free=True),
        _plain(Kind.DATE, "date_fixed", "fixed_on", "fixedon"),
        _plain(Kind.DATE, "snooze_until_utc", "snooze_until"),
        _plain(Kind.BOOLEAN, "occurrences_are_critical", "critical", "critical", free=True),
        _plain(Kind.INTEGER, "total_occurrences", "occurrences", "occurrences"),
        _plain(Kind.BOOLEAN, "is_deleted", "deleted", "deleted"),
    )
)

# A stack's status may be asked for among events: it goes to the stack part of the filter.
_FREE_EVENT_NAMES = EVENT_FIELDS.free_names | {"status"}

FREE_NAMES: Mapping[Resource, frozenset[str]] = {
    Resource.EVENT: _FREE_EVENT_NAMES,
    Resource.STACK: STACK_FIELDS.free_names,
    Resource.EVENT_STACK: _FREE_EVENT_NAMES | STACK_FIELDS.free_names,
}
"""Names that a filter may use without premium features, compared exactly as written."""
