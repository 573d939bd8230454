"""The views that every organization starts with: their definitions, and the organizations' copies of them.

A definition is written as the wire has it: `{key, name, slug, viewType, filter?, time?, sort?, filterDefinitions?,
columns?, showStats?, showChart?}`; members that are absent are null.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import Organization
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from projects.models import PredefinedViews, SavedView
from projects.models.saved_view import EVENTS, STACKS
from projects.saved_view_rules import CONTENT
from projects.services.saved_views import MAXIMUM_PER_ORGANIZATION, lock_organization

HASH_DATA = "@@PredefinedSavedViewsContentHash"
NOBODY = "0" * 24
"""Who made a view when no person did."""

Definition = dict[str, Any]

_WIRE_NAMES = {"filter_definitions": "filterDefinitions", "show_stats": "showStats", "show_chart": "showChart"}
_LAST_WEEK = "[now-7d TO now]"
_OPEN = "(status:open OR status:regressed)"


def _definition(view_type: str, name: str, slug: str, text: str | None = None, sort: str | None = None) -> Definition:
    members = {"filter": text, "time": _LAST_WEEK, "sort": sort}
    shown = {member: value for member, value in members.items() if value is not None}
    return {"key": f"{view_type}-{slug}", "name": name, "slug": slug, "viewType": view_type, **shown}


BUILT_IN = (
    _definition(EVENTS, "All", "all"),
    _definition(EVENTS, "Errors", "errors", "type:error"),
    _definition(EVENTS, "Logs", "logs", "type:log"),
    _definition(STACKS, "All", "all"),
    _definition(STACKS, "Most Frequent 404s", "most-frequent-404s", f"type:404 {_OPEN}"),
    _definition(STACKS, "Most Frequent Errors", "most-frequent-errors", f"type:error {_OPEN}"),
    _definition(STACKS, "Most Used Features", "most-used-features", f"type:usage {_OPEN}"),
)


class DuplicateKeysError(Exception):
    """Two definitions have the same key."""


def predefined_views() -> list[Definition]:
    """The definitions in force."""
    stored = PredefinedViews.objects.values_list("definitions", flat=True).first()
    return list(BUILT_IN) if stored is None else stored


@transaction.atomic
def replace_predefined_views(*, definitions: Sequence[Definition]) -> None:
    """Organizations take the change over when their views are listed next. Raises DuplicateKeysError."""
    _refuse_duplicates(definitions)
    PredefinedViews.objects.update_or_create(
        pk=1, defaults={"definitions": list(definitions), "updated_utc": utc_now()}
    )


@transaction.atomic
def add_predefined_view(*, view: SavedView) -> None:
    """Make the view one of the predefined ones, in place of the one that it was made from."""
    definitions = _locked_definitions()
    key = view.predefined_key or f"{view.view_type}-{view.slug}"
    definition = definition_of(view, key)
    places = [place for place, other in enumerate(definitions) if other["key"] == key]
    if places:
        definitions[places[0]] = definition
    else:
        definitions.append(definition)
    replace_predefined_views(definitions=definitions)
    view.predefined_key, view.predefined_hash = key, content_hash(definition)
    view.save(update_fields=["predefined_key", "predefined_hash"])


@transaction.atomic
def remove_predefined_view(*, view: SavedView) -> bool:
    """Take the definition that the view was made from away; False when there is none. Views that exist stay."""
    definitions = _locked_definitions()
    kept = [definition for definition in definitions if definition["key"] != view.predefined_key]
    if len(kept) == len(definitions):
        return False
    replace_predefined_views(definitions=kept)
    return True


@transaction.atomic
def force_predefined_views() -> None:
    """Give all organizations' copies what their definitions hold, whatever people have changed.

    A name or slug that another view of the organization has is left alone. Raises DuplicateKeysError.
    """
    definitions = predefined_views()
    _refuse_duplicates(definitions)
    for definition in definitions:
        _force(definition)


def seed_views(*, organization: Organization, user_id: str = NOBODY) -> None:
    """Bring the organization's copies up to date, when the definitions have changed since they were made.

    What people have changed or named otherwise stays as it is.
    """
    definitions = predefined_views()
    current = content_hash(definitions)
    if organization.data.get(HASH_DATA) != current:
        organization.data = _seed(organization.pk, definitions, current, user_id)


@transaction.atomic
def restore_views(*, organization_id: str, user_id: str) -> list[SavedView]:
    """Make what is missing of the predefined views and update the rest; all copies, by name."""
    definitions = predefined_views()
    _seed(organization_id, definitions, content_hash(definitions), user_id)
    keys = [definition["key"] for definition in definitions]
    return list(SavedView.objects.filter(organization_id=organization_id, user_id="", predefined_key__in=keys))


def definition_of(view: SavedView, key: str) -> Definition:
    """A view as a definition."""
    members: Definition = {"key": key, "name": view.name, "slug": view.slug, "viewType": view.view_type}
    for name in CONTENT:
        value = getattr(view, name)
        if value is not None:
            is_text = name == "filter_definitions"
            members[_WIRE_NAMES.get(name, name)] = json.loads(value) if is_text and value else value
    return members


def content_hash(value: Any) -> str:
    # A database may give the members of an object back in another order.
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _values(definition: Definition) -> dict[str, Any]:
    """The columns of a copy."""
    values = {name: definition.get(_WIRE_NAMES.get(name, name)) for name in CONTENT}
    if values["filter_definitions"] is not None:
        values["filter_definitions"] = json.dumps(values["filter_definitions"]).decode()
    return {"name": definition["name"], "slug": definition["slug"], **values}


@transaction.atomic
def _seed(organization_id: str, definitions: Sequence[Definition], current: str, user_id: str) -> dict[str, Any]:
    """The data of the organization as it is then."""
    organization = lock_organization(organization_id)
    shared = list(SavedView.objects.filter(organization_id=organization_id, user_id=""))
    copies = {view.predefined_key: view for view in shared if view.predefined_key}
    taken = {(view.view_type, text.casefold()) for view in shared for text in (view.name, view.slug)}
    missing = []
    for definition in definitions:
        copy = copies.get(definition["key"])
        names = {(definition["viewType"], definition[member].casefold()) for member in ("name", "slug")}
        if copy is not None:
            _update_copy(copy, definition)
        elif taken.isdisjoint(names):
            missing.append(_copy(organization_id, definition, user_id))
            taken |= names
    room = MAXIMUM_PER_ORGANIZATION - SavedView.objects.filter(organization_id=organization_id).count()
    SavedView.objects.bulk_create(missing[: max(room, 0)])
    organization.data[HASH_DATA] = current
    organization.save(update_fields=["data"])
    data: dict[str, Any] = organization.data
    return data


def _copy(organization_id: str, definition: Definition, user_id: str) -> SavedView:
    return SavedView(
        organization_id=organization_id,
        created_by_user_id=user_id,
        view_type=definition["viewType"],
        predefined_key=definition["key"],
        predefined_hash=content_hash(definition),
        **_values(definition),
    )


def _update_copy(copy: SavedView, definition: Definition) -> None:
    is_unchanged = content_hash(definition_of(copy, copy.predefined_key)) == copy.predefined_hash
    if not is_unchanged or content_hash(definition) == copy.predefined_hash:
        return
    values = _values(definition)
    SavedView.objects.filter(pk=copy.pk, organization_id=copy.organization_id).update(
        **values, predefined_hash=content_hash(definition), updated_utc=utc_now()
    )


def _force(definition: Definition) -> None:
    values = _values(definition)
    names = {"name": values.pop("name"), "slug": values.pop("slug")}
    copies = SavedView.objects.filter(predefined_key=definition["key"], view_type=definition["viewType"])
    same_name = Q(name__iexact=names["name"]) | Q(slug__iexact=names["slug"])
    others = SavedView.objects.filter(
        same_name, organization_id=OuterRef("organization_id"), view_type=OuterRef("view_type")
    ).exclude(pk=OuterRef("pk"))
    copies.filter(~Exists(others)).update(**names)
    copies.update(**values, predefined_hash=content_hash(definition), updated_utc=utc_now())


def _locked_definitions() -> list[Definition]:
    PredefinedViews.objects.get_or_create(pk=1, defaults={"definitions": list(BUILT_IN)})
    return list(PredefinedViews.objects.select_for_update().get(pk=1).definitions)


def _refuse_duplicates(definitions: Sequence[Definition]) -> None:
    keys = [definition["key"] for definition in definitions]
    if len(keys) != len(set(keys)):
        raise DuplicateKeysError
