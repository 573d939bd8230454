"""The unmodified official JavaScript client against the running product: all it reports arrives, in the right form."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live.conftest import PROJECT_ID, PROJECT_KEY, Product, eventually

pytestmark = pytest.mark.client

SCRIPT = Path(__file__).with_name("official_client.js")
SETTING = ("@@log:node.quiet", "Error")


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    return product.login()


@pytest.fixture(scope="module")
def printed(product: Product, node_modules: Path, token: str) -> dict[str, Any]:
    """What the client's script printed, after it has reported everything."""
    response = httpx.post(
        f"{product.url}/api/v2/projects/{PROJECT_ID}/config",
        params={"key": SETTING[0]},
        json={"value": SETTING[1]},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert response.status_code == 200, response.text
    shutil.copy(SCRIPT, node_modules / SCRIPT.name)
    command = ["node", SCRIPT.name, product.url, PROJECT_KEY]
    done = subprocess.run(command, cwd=node_modules, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def find(product: Product, token: str, filter_text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = product.get(
        f"/api/v2/projects/{PROJECT_ID}/events", token, filter=filter_text, limit="100", time="last 1 hour"
    )
    return [row for row in rows if "from-node" in row.get("tags", []) or row["type"].startswith("session")]


def find_one(product: Product, token: str, filter_text: str, **expected: Any) -> dict[str, Any]:
    """The one event that matches the filter and has these members; waits for it."""

    def look() -> list[dict[str, Any]]:
        rows = find(product, token, filter_text)
        return [row for row in rows if all(row.get(name) == value for name, value in expected.items())]

    (event,) = eventually(look)
    found: dict[str, Any] = event
    return found


@pytest.fixture(scope="module")
def error(product: Product, token: str, printed: dict[str, Any]) -> dict[str, Any]:
    return find_one(product, token, f"reference:{printed['reference']}")


def test_the_exception_arrives_with_its_inner_error(error: dict[str, Any]) -> None:
    assert error["type"] == "error"
    assert error["message"] == "The order could not be paid"
    sent = error["data"]["@error"]
    assert sent["type"] == "Error"
    assert len(sent["stack_trace"]) > 1
    assert sent["stack_trace"][0]["name"] == "payOrder"
    assert sent["stack_trace"][0]["file_name"].endswith("official_client.js")
    assert (sent["inner"]["type"], sent["inner"]["message"]) == ("TypeError", "The inner reason")
    assert sent["inner"]["stack_trace"][0]["is_signature_target"] is True


def test_extended_data_tags_geo_and_value_arrive(error: dict[str, Any]) -> None:
    assert error["data"]["Basket"] == {"items": ["a", "b"], "total": 99.5}
    assert {"from-node", "checkout", "Paid Order", "Critical"} <= set(error["tags"])
    assert error["geo"] == "40.5,-70.25"
    assert error["value"] == 99.5
    assert error["data"]["@error"]["data"]["@ext"]["order"] == {"id": 1042, "total": 99.5}


def test_the_user_the_version_and_the_client_are_known(error: dict[str, Any]) -> None:
    assert error["data"]["@user"]["identity"] == "jane-7"
    assert error["data"]["@version"] == "3.1.4"
    assert error["data"]["@submission_client"]["user_agent"] == "exceptionless-js"
    assert error["data"]["@submission_client"]["version"] == "3.2.1"
    assert error["data"]["@environment"]["machine_name"]


def test_the_stack_is_named_after_the_error(product: Product, token: str, error: dict[str, Any]) -> None:
    stack = product.get(f"/api/v2/stacks/{error['stack_id']}", token)
    assert stack["title"] == "The order could not be paid"
    assert stack["type"] == "error"
    assert stack["signature_info"] == {"ExceptionType": "TypeError", "Method": "failing()"}
    assert stack["total_occurrences"] == 1


@pytest.mark.parametrize("level", ["trace", "debug", "info", "warn", "error"])
def test_a_log_of_each_level_arrives_in_the_stack_of_its_source(
    product: Product, token: str, printed: dict[str, Any], level: str
) -> None:
    event = find_one(product, token, "type:log", message=f"A {level} message")
    assert event["source"] == "node.shop"
    assert event["data"]["@level"] == level
    stack = product.get(f"/api/v2/stacks/{event['stack_id']}", token)
    assert stack["title"] == "node.shop"
    assert stack["total_occurrences"] == 5


@pytest.mark.parametrize(
    ("type_", "source"), [("usage", "node-export"), ("404", "/node/missing"), ("custom-kind", "node-custom")]
)
def test_other_kinds_arrive(product: Product, token: str, printed: dict[str, Any], type_: str, source: str) -> None:
    event = find_one(product, token, f"type:{type_}", source=source)
    stack = product.get(f"/api/v2/stacks/{event['stack_id']}", token)
    assert stack["type"] == type_


def test_the_session_arrives_from_start_to_end(product: Product, token: str, printed: dict[str, Any]) -> None:
    start = find_one(product, token, "reference:node-session-1")
    assert start["type"] == "session"
    inside = find_one(product, token, "type:log", source="node.session")
    assert inside["data"]["@ref:session"] == "node-session-1"
    end = find_one(product, token, "type:sessionend ref.session:node-session-1")
    assert end["data"]["@ref:session"] == "node-session-1"
    assert len({start["stack_id"], inside["stack_id"], end["stack_id"]}) == 3


def test_the_user_s_description_is_added_to_the_event(product: Product, token: str, printed: dict[str, Any]) -> None:
    def look() -> Any:
        event = find_one(product, token, f"reference:{printed['reference']}")
        return event["data"].get("@user_description")

    assert eventually(look) == {
        "email_address": "jane@example.com",
        "description": "I clicked on Pay, then this.",
    }


def test_the_client_has_read_the_project_s_settings(printed: dict[str, Any]) -> None:
    assert printed["settings"][SETTING[0]] == SETTING[1]


def test_the_client_was_never_refused(product: Product, printed: dict[str, Any], token: str) -> None:
    """Each reported event is there once: nothing was kept back, nothing sent twice."""
    kinds = sorted(event["type"] for event in find(product, token, "*"))
    assert kinds.count("error") == 1
    assert kinds.count("log") == 6
    assert kinds.count("usage") == kinds.count("404") == kinds.count("custom-kind") == 1
