"""What two OpenAPI documents say differently: pure, so that it is tested with documents of a few lines.

    for difference in differences(ours, official):
        print(difference)       # GET /api/v2/tokens/{id} > 200 > ViewToken.notes: type is string, not null|string

A component that both documents call by the same name is compared once, under its own name; else the members
are compared where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
Schema = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")
_LIMITS = ("format", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "uniqueItems")
_JSON_NAMES = {str: "string", int: "integer", bool: "boolean"}
_PREFIX = "#/components/schemas/"


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """`place` reads from the operation, or from the name of a component, inwards."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def differences(ours: Document, official: Document) -> list[Difference]:
    """All differences, sorted by their place."""
    return sorted(set(_Comparison(ours, official).all()))


def operations(document: Document) -> dict[str, Document]:
    """The operations by `GET /path`."""
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def resolve(document: Document, schema: Schema) -> Schema:
    """The schema that a reference names; wrappers around a single schema are taken off."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].removeprefix(_PREFIX)]
        elif len(schema.get("allOf", ())) == 1:
            schema = schema["allOf"][0]
        else:
            return schema


def component_name(schema: Schema) -> str | None:
    """The name of the component that the schema refers to, through nullability too."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_PREFIX)
    parts = [part for key in ("allOf", "oneOf", "anyOf") for part in schema.get(key, ()) if not _is_null(part)]
    return component_name(parts[0]) if len(parts) == 1 else None


def _is_null(schema: Schema) -> bool:
    return schema.get("type") == "null" or schema.get("enum") == [None]


def _is_blank(schema: Schema) -> bool:
    """The empty text, which our documents offer beside the rule for all others."""
    return schema.get("type") == "string" and schema.get("maxLength") == 0


@dataclass
class _Comparison:
    ours: Document
    official: Document
    compared: set[str] = field(default_factory=set)

    def all(self) -> Iterator[Difference]:
        mine, theirs = operations(self.ours), operations(self.official)
        for name in theirs.keys() - mine.keys():
            yield Difference(name, "missing")
        for name in mine.keys() - theirs.keys():
            yield Difference(name, "additional")
        for name in theirs.keys() & mine.keys():
            yield from self._operation(name, mine[name], theirs[name])

    def _operation(self, name: str, mine: Document, theirs: Document) -> Iterator[Difference]:
        if mine.get("tags") != theirs.get("tags"):
            yield Difference(name, f"tags are {mine.get('tags')}, not {theirs.get('tags')}")
        if theirs.get("summary") and mine.get("summary") != theirs["summary"]:
            yield Difference(name, f"summary is {mine.get('summary')!r}, not {theirs['summary']!r}")
        if mine.get("deprecated", False) != theirs.get("deprecated", False):
            yield Difference(name, f"deprecated is {mine.get('deprecated', False)}")
        yield from self._parameters(name, mine, theirs)
        yield from self._bodies(name, mine.get("requestBody"), theirs.get("requestBody"))
        yield from self._responses(name, mine["responses"], theirs["responses"])

    def _parameters(self, name: str, mine: Document, theirs: Document) -> Iterator[Difference]:
        own, model = _by_location(mine), _by_location(theirs)
        for key in model.keys() - own.keys():
            yield Difference(f"{name} > {key}", "missing")
        for key in own.keys() - model.keys():
            yield Difference(f"{name} > {key}", "additional")
        for key in own.keys() & model.keys():
            place = f"{name} > {key}"
            if own[key].get("required", False) != model[key].get("required", False):
                yield Difference(place, f"required is {own[key].get('required', False)}")
            yield from self._schemas(place, own[key]["schema"], model[key]["schema"])

    def _bodies(self, name: str, mine: Document | None, theirs: Document | None) -> Iterator[Difference]:
        place = f"{name} > body"
        if mine is None or theirs is None:
            if mine is not theirs:
                yield Difference(place, "missing" if mine is None else "additional")
            return
        if mine.get("required", False) != theirs.get("required", False):
            yield Difference(place, f"required is {mine.get('required', False)}")
        yield from self._contents(place, mine["content"], theirs["content"])

    def _responses(self, name: str, mine: Document, theirs: Document) -> Iterator[Difference]:
        for status in theirs.keys() - mine.keys():
            yield Difference(f"{name} > {status}", "missing")
        for status in mine.keys() - theirs.keys():
            yield Difference(f"{name} > {status}", "additional")
        for status in theirs.keys() & mine.keys():
            place = f"{name} > {status}"
            yield from self._contents(place, mine[status].get("content", {}), theirs[status].get("content", {}))

    def _contents(self, place: str, mine: Document, theirs: Document) -> Iterator[Difference]:
        for media_type in theirs.keys() - mine.keys():
            yield Difference(f"{place} > {media_type}", "missing")
        for media_type in mine.keys() - theirs.keys():
            yield Difference(f"{place} > {media_type}", "additional")
        for media_type in theirs.keys() & mine.keys():
            own, model = mine[media_type].get("schema", {}), theirs[media_type].get("schema", {})
            yield from self._schemas(place, own, model)

    def _schemas(self, place: str, mine: Schema, theirs: Schema) -> Iterator[Difference]:
        own_name, name = component_name(mine), component_name(theirs)
        if is_nullable(self.ours, mine) != is_nullable(self.official, theirs):
            yield Difference(place, f"nullable is {is_nullable(self.ours, mine)}")
        if own_name != name and name is not None:
            alternatives = _alternatives(self.ours, mine)
            yield Difference(place, f"schema is {'|'.join(alternatives) or own_name}, not {name}")
            if name in alternatives:
                mine, own_name = {"$ref": _PREFIX + name}, name
        if own_name == name and name is not None:
            if name in self.compared:
                return
            self.compared.add(name)
            place = name
        own, model = self._inner(self.ours, mine), self._inner(self.official, theirs)
        yield from self._constraints(place, own, model)
        yield from self._members(place, own, model)

    @staticmethod
    def _inner(document: Document, schema: Schema) -> Schema:
        """The schema itself, without what only says that it may be null or an empty text."""
        schema = resolve(document, schema)
        for key in ("oneOf", "anyOf"):
            parts = [part for part in schema.get(key, ()) if not _is_null(part) and not _is_blank(part)]
            if len(parts) == 1:
                return resolve(document, parts[0])
        return schema

    def _constraints(self, place: str, own: Schema, model: Schema) -> Iterator[Difference]:
        if _types(own) != _types(model):
            yield Difference(place, f"type is {_types(own) or 'any'}, not {_types(model) or 'any'}")
        for key in _LIMITS:
            if (own.get(key) or None) != (model.get(key) or None):
                yield Difference(place, f"{key} is {own.get(key)}, not {model.get(key)}")
        if set(map(str, _values(own))) != set(map(str, _values(model))):
            yield Difference(place, f"enum is {_values(own)}, not {_values(model)}")

    def _members(self, place: str, own: Schema, model: Schema) -> Iterator[Difference]:
        mine, theirs = own.get("properties", {}), model.get("properties", {})
        for name in theirs.keys() - mine.keys():
            yield Difference(f"{place}.{name}", "missing")
        for name in mine.keys() - theirs.keys():
            yield Difference(f"{place}.{name}", "additional")
        for name in theirs.keys() & mine.keys():
            is_required = name in own.get("required", ())
            if is_required != (name in model.get("required", ())):
                yield Difference(f"{place}.{name}", f"required is {is_required}")
            yield from self._schemas(f"{place}.{name}", mine[name], theirs[name])
        for key, suffix in (("items", "[]"), ("additionalProperties", "{}")):
            yield from self._nested(place + suffix, own.get(key), model.get(key))

    def _nested(self, place: str, own: Any, model: Any) -> Iterator[Difference]:
        if isinstance(own, dict) and isinstance(model, dict):
            yield from self._schemas(place, own, model)


def is_nullable(document: Document, schema: Schema) -> bool:
    schema = schema if "$ref" not in schema else resolve(document, schema)
    if "null" in (kinds := schema.get("type", ())) and not isinstance(kinds, str):
        return True
    return any(
        _is_null(part) or is_nullable(document, part) for key in ("oneOf", "anyOf") for part in schema.get(key, ())
    )


def _by_location(operation: Document) -> dict[str, Document]:
    return {f"{item['in']} {item['name']}": item for item in operation.get("parameters", ())}


def _alternatives(document: Document, schema: Schema) -> list[str]:
    """The components that a schema offers to choose from."""
    schema = resolve(document, schema)
    parts = schema.get("oneOf") or schema.get("anyOf") or ()
    return [name for part in parts if (name := component_name(part))] if len(parts) > 1 else []


def _types(schema: Schema) -> str:
    kinds = schema.get("type", _JSON_NAMES.get(type(next(iter(_values(schema)), None)), []))
    return "|".join(sorted({kinds} if isinstance(kinds, str) else set(kinds) - {"null"}))


def _values(schema: Schema) -> list[Any]:
    return [value for value in schema.get("enum", ()) if value is not None]
