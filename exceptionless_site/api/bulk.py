"""Deleting several objects by one address: `DELETE .../{id1,id2}`.

    return delete_in_bulk(
        ids,
        find=lambda wanted: self.visible().filter(pk__in=wanted),
        refusal=lambda row: Problem(400, "...") if row.is_in_use else None,
        delete=lambda rows: delete_organizations(organizations=rows, ...),
        missing_title="Organization not found.",
    )

What may be deleted is deleted, whatever becomes of the rest. Answers: 202 when all went, the one failure as
a problem when a single object failed and nothing went, else a 400 in plain JSON that lists both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from rest_framework.response import Response

from exceptionless_site.api.errors import Problem, not_found

Row = TypeVar("Row")


def delete_in_bulk(
    ids: str,
    *,
    find: Callable[[list[str]], Iterable[Row]],
    delete: Callable[[list[Row]], object],
    missing_title: str,
    refusal: Callable[[Row], Problem | None] = lambda row: None,
    key: Callable[[Row], str] = lambda row: row.pk,  # type: ignore[attr-defined]
) -> Response:
    """The answer to a bulk deletion of the comma-joined `ids`.

    `find` gives the rows that the caller may reach, `refusal` why one of them must stay, `delete` removes the
    others and is called at most once. `key` is the id by which the wire knows a row.
    """
    wanted = list(dict.fromkeys(filter(None, ids.split(","))))
    found = {key(row): row for row in find(wanted)}
    if not found:
        raise not_found(missing_title)
    refusals = {id_: _refusal_of(id_, found, refusal, missing_title) for id_ in wanted}
    going = {id_: found[id_] for id_ in wanted if refusals[id_] is None}
    failures = {id_: problem for id_, problem in refusals.items() if problem is not None}
    if not going and len(failures) == 1:
        raise next(iter(failures.values()))
    if going:
        delete(list(going.values()))
    if not failures:
        return Response({"workers": []}, status=202)
    return Response(_results(list(going), failures), status=400)


def _refusal_of(
    id_: str, found: dict[str, Row], refusal: Callable[[Row], Problem | None], missing_title: str
) -> Problem | None:
    return refusal(found[id_]) if id_ in found else not_found(missing_title)


def _results(deleted: list[str], failures: dict[str, Problem]) -> dict[str, Any]:
    return {
        "success": deleted,
        "failure": [_failure(id_, problem) for id_, problem in failures.items()],
        "workers": [],
    }


def _failure(id_: str, problem: Problem) -> dict[str, Any]:
    entry = {"allowed": False, "id": id_, "message": problem.title, "status_code": problem.status_code}
    return {name: value for name, value in entry.items() if value is not None}
