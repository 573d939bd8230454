"""The known objects in an event's data: their members, and the mapping from any spelling to snake_case.

A member matches in any case and with or without underscores, so `LineNumber`, `lineNumber` and `line_number` are
the same; where two of them occur, the snake_case one counts and the other is kept as sent. Nulls and empty
collections are left out. Members that are not known are kept as sent, known ones with a value of no plain meaning
under `_` and their name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from events.ingest.parsers.conversions import (
    MISTYPED,
    to_boolean,
    to_integer,
    to_lines,
    to_list_map,
    to_object,
    to_text,
    to_text_list,
    to_text_map,
)
from exceptionless_site.core.json import loads

Reader = Callable[[Any], Any]


class Mapped(dict[str, Any]):
    """A known object in its stored form, which need not be mapped again."""


class Member(NamedTuple):
    """A known member: its name on the wire and how its value is read."""

    name: str
    read: Reader


def _one(shape: str) -> Reader:
    def read(value: Any) -> Any:
        return _map_members(shape, value) if isinstance(value, dict) else MISTYPED

    return read


def _many(shape: str) -> Reader:
    def read(value: Any) -> Any:
        items = [value] if isinstance(value, dict) else value
        if not isinstance(items, list) or not all(item is None or isinstance(item, dict) for item in items):
            return MISTYPED
        return [_map_members(shape, item) for item in items if item is not None]

    return read


def _as_sent(value: Any) -> Any:
    return value


_METHOD: dict[str, Reader] = {
    "is_signature_target": to_boolean,
    "declaring_namespace": to_text,
    "declaring_type": to_text,
    "name": to_text,
    "module_id": to_integer,
    "data": to_object,
    "generic_arguments": to_text_list,
    "parameters": _many("parameter"),
}
_INNER_ERROR: dict[str, Reader] = {
    "message": to_text,
    "type": to_text,
    "code": to_text,
    "data": to_object,
    "inner": _one("inner_error"),
    "stack_trace": _many("stack_frame"),
    "target_method": _one("method"),
}
_MEMBERS: dict[str, dict[str, Reader]] = {
    "@error": {**_INNER_ERROR, "modules": _many("module")},
    "inner_error": _INNER_ERROR,
    "method": _METHOD,
    "stack_frame": {**_METHOD, "file_name": to_text, "line_number": to_integer, "column": to_integer},
    "parameter": {
        "name": to_text,
        "type": to_text,
        "type_namespace": to_text,
        "data": to_object,
        "generic_arguments": to_text_list,
    },
    "module": {
        "module_id": to_integer,
        "name": to_text,
        "version": to_text,
        "is_entry": to_boolean,
        "created_date": to_text,
        "modified_date": to_text,
        "data": to_object,
    },
    "@simple_error": {
        "message": to_text,
        "type": to_text,
        "stack_trace": to_lines,
        "data": to_object,
        "inner": _one("@simple_error"),
    },
    "@request": {
        "user_agent": to_text,
        "http_method": to_text,
        "is_secure": to_boolean,
        "host": to_text,
        "port": to_integer,
        "path": to_text,
        "referrer": to_text,
        "client_ip_address": to_text,
        "headers": to_list_map,
        "cookies": to_text_map,
        "post_data": _as_sent,
        "query_string": to_text_map,
        "data": to_object,
    },
    "@environment": {
        "processor_count": to_integer,
        "total_physical_memory": to_integer,
        "available_physical_memory": to_integer,
        "process_memory_size": to_integer,
        "command_line": to_text,
        "process_name": to_text,
        "process_id": to_text,
        "thread_name": to_text,
        "thread_id": to_text,
        "architecture": to_text,
        "o_s_name": to_text,
        "o_s_version": to_text,
        "ip_address": to_text,
        "machine_name": to_text,
        "install_id": to_text,
        "runtime_version": to_text,
        "data": to_object,
    },
    "@user": {"identity": to_text, "name": to_text, "data": to_object},
    "@user_description": {"email_address": to_text, "description": to_text, "data": to_object},
    "@location": {"country": to_text, "level1": to_text, "level2": to_text, "locality": to_text},
    "@submission_client": {"ip_address": to_text, "user_agent": to_text, "version": to_text},
    "@stack": {"title": to_text, "signature_data": to_text_map},
}

# Java's bean names leave out "is"; Rust's frames say "method" for "name".
_OTHER_NAMES: dict[str, dict[str, str]] = {
    "method": {"signaturetarget": "is_signature_target"},
    "stack_frame": {"signaturetarget": "is_signature_target", "method": "name"},
    "module": {"entry": "is_entry"},
    "@request": {"secure": "is_secure"},
}


def _squash(name: str) -> str:
    """What spellings of a name have in common; a leading underscore sets a name apart."""
    return name if name.startswith("_") else name.replace("_", "").lower()


def _index(shape: str, readers: Mapping[str, Reader]) -> dict[str, Member]:
    members = {name: Member(name, read) for name, read in readers.items()}
    others = {other: members[name] for other, name in _OTHER_NAMES.get(shape, {}).items()}
    return {**members, **others, **{_squash(name): member for name, member in members.items()}}


_SHAPES = {shape: _index(shape, readers) for shape, readers in _MEMBERS.items()}

KNOWN_OBJECTS = frozenset(name for name in _MEMBERS if name.startswith("@"))
"""The data keys whose values are objects of a known model."""


def map_model(name: str, value: Any) -> dict[str, Any] | None:
    """The object under the data key `name` with its known members in snake_case and of their types.

    None when it does not map: it is neither an object nor text holding a JSON object. The value is not changed,
    but free parts such as `data` are shared with it; one that this function made is returned as it is. Raises
    KeyError for a name outside KNOWN_OBJECTS.
    """
    if type(value) is Mapped:
        return value
    if name not in KNOWN_OBJECTS:
        raise KeyError(name)
    found = read_object(value)
    try:
        return None if found is None else Mapped(_map_members(name, found))
    except RecursionError:
        return None


def read_object(value: Any) -> dict[str, Any] | None:
    """An object, also from text that holds one as JSON (as the .NET client sends it)."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = loads(value.strip())
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _map_members(shape: str, value: dict[str, Any]) -> dict[str, Any]:
    keys = tuple(value)
    plan = _plans.get((shape, keys))
    if plan is None:
        plan = _remember_plan(shape, keys)
    return (_map_by_plan(plan, value) if plan else None) or _map_each(_SHAPES[shape], value)


def _map_by_plan(plan: _Plan, value: dict[str, Any]) -> dict[str, Any] | None:
    """None when an item is not of its type."""
    result: dict[str, Any] = {}
    for (name, read, plain), item in zip(plan, value.values(), strict=True):
        if type(item) is plain:
            result[name] = item
        elif item is not None:
            converted = read(item)
            if converted is MISTYPED:
                return None
            if converted or not isinstance(converted, (dict, list)):
                result[name] = converted
    return result


def _remember_plan(shape: str, keys: tuple[str, ...]) -> _Plan:
    plan = _make_plan(shape, keys)
    # Clients may send any names: what is remembered of them is bounded in number and in length.
    if sum(map(len, keys)) <= _LONGEST_PLAN:
        if len(_plans) >= _MOST_PLANS:
            _plans.clear()
        _plans[shape, keys] = plan
    return plan


def _make_plan(shape: str, keys: tuple[str, ...]) -> _Plan:
    """Empty unless each key is a member of its own."""
    members = _SHAPES[shape]
    found = [members.get(key) or members.get(_squash(key)) for key in keys]
    plan = tuple(_Step(member.name, member.read, _PLAIN.get(member.read)) for member in found if member is not None)
    return plan if len({step.name for step in plan}) == len(keys) else ()


class _Step(NamedTuple):
    """What becomes of one item; values of exactly the type `plain` are taken as they are."""

    name: str
    read: Reader
    plain: type | None


_Plan = tuple[_Step, ...]
"""For the items of an object in their order."""

_PLAIN: dict[Reader, type] = {to_text: str, to_lines: str, to_boolean: bool}
_MOST_PLANS = 2_000
_LONGEST_PLAN = 1_000
_plans: dict[tuple[str, tuple[str, ...]], _Plan] = {}


def _map_each(members: dict[str, Member], value: dict[str, Any]) -> dict[str, Any]:
    """The same for objects of any keys and values."""
    result: dict[str, Any] = {}
    leftovers: list[tuple[str, Any]] = []
    for key, item in value.items():
        if item is None:
            continue
        member = members.get(key) or members.get(_squash(key))
        if member is None:
            leftovers.append((key, item))
            continue
        name, read = member
        if name != key and (name in result or _is_readable(value.get(name), read)):
            leftovers.append((key, item))
        elif (converted := read(item)) is MISTYPED:
            leftovers.append((f"_{key}", item))
        elif converted or not isinstance(converted, (dict, list)):
            result[name] = converted
    for key, item in leftovers:
        result[_free_name(result, key)] = item
    return result


def _is_readable(item: Any, read: Reader) -> bool:
    return item is not None and read(item) is not MISTYPED


def _free_name(taken: dict[str, Any], key: str) -> str:
    name = key
    number = 1
    while name in taken:
        name = f"{key}{number}"
        number += 1
    return name
