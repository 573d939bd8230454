"""Deleting several objects by one address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.errors import Problem, bad_request


@dataclass
class Shelf:
    """Things that lie there by id; those with a reason stay."""

    things: dict[str, str | None]
    calls: list[list[str]] = field(default_factory=list)

    def delete(self, ids: str) -> Any:
        def refusal(thing: str) -> Problem | None:
            reason = self.things[thing]
            return bad_request(reason) if reason else None

        return delete_in_bulk(
            ids,
            find=lambda wanted: [id_ for id_ in wanted if id_ in self.things],
            refusal=refusal,
            delete=self.calls.append,
            missing_title="Thing not found.",
            key=lambda thing: thing,
        )


def test_when_all_go_the_answer_names_no_workers() -> None:
    shelf = Shelf({"a": None, "b": None})

    response = shelf.delete("b,a,b,")

    assert (response.status_code, response.data) == (202, {"workers": []})
    assert shelf.calls == [["b", "a"]]


@pytest.mark.parametrize("ids", ["x", "x,y"])
def test_when_none_is_found_it_is_a_404(ids: str) -> None:
    shelf = Shelf({"a": None})

    with pytest.raises(Problem) as caught:
        shelf.delete(ids)

    assert (caught.value.status_code, caught.value.title) == (404, "Thing not found.")
    assert shelf.calls == []


def test_a_single_failure_without_any_success_is_a_problem() -> None:
    shelf = Shelf({"a": "In use."})

    with pytest.raises(Problem) as caught:
        shelf.delete("a")

    assert (caught.value.status_code, caught.value.title) == (400, "In use.")
    assert shelf.calls == []


@pytest.mark.parametrize(
    ("ids", "success", "failed"),
    [
        ("a,b", ["a"], [("b", 400, "In use.")]),
        ("x,a", ["a"], [("x", 404, "Thing not found.")]),
        ("x,b", [], [("x", 404, "Thing not found."), ("b", 400, "In use.")]),
    ],
)
def test_what_can_go_goes_and_both_are_listed(ids: str, success: list[str], failed: list[tuple[str, int, str]]) -> None:
    shelf = Shelf({"a": None, "b": "In use."})

    response = shelf.delete(ids)

    assert response.status_code == 400
    assert response.data == {
        "success": success,
        "failure": [
            {"allowed": False, "id": id_, "message": message, "status_code": status} for id_, status, message in failed
        ],
        "workers": [],
    }
    assert shelf.calls == ([success] if success else [])


def test_a_failure_without_words_has_no_message() -> None:
    response = delete_in_bulk(
        "a,b",
        find=lambda wanted: wanted,
        refusal=lambda row: Problem(403) if row == "b" else None,
        delete=lambda rows: None,
        missing_title="Thing not found.",
        key=lambda row: row,
    )

    assert response.data["failure"] == [{"allowed": False, "id": "b", "status_code": 403}]
