"""The signature of errors: which frame decides, and what is written into the error."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.stacking.error_chain import MAXIMUM_DEPTH, error_chain, stack_frames, target_method
from events.stacking.error_signature import apply_target, error_signature, set_target
from events.stacking.signature import signature_hash
from events.stacking.target import stacking_target


def frame(name: str | None, namespace: str | None = None, declaring_type: str | None = None) -> dict[str, Any]:
    return {"name": name, "declaring_namespace": namespace, "declaring_type": declaring_type}


def error(type_name: str | None, *frames: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"type": type_name, "message": f"{type_name} happened", "stack_trace": list(frames), **members}


def test_framework_frames_alone_make_the_first_frame_the_target() -> None:
    first = frame("AssociateWithCurrentThread", "System.Web", "ThreadContext")
    document = error("System.NullReferenceException", first, frame("OnThreadEnterPrivate", "System.Web", "X"))
    signature = error_signature(document)
    assert list(signature.info.items()) == [
        ("ExceptionType", "System.NullReferenceException"),
        ("Method", "System.Web.ThreadContext.AssociateWithCurrentThread()"),
    ]
    assert signature.method is first


def test_type_method_and_code_give_the_hash_of_the_official_stack() -> None:
    parameters = [
        {"name": "httpContext", "type": "HttpContextBase"},
        {"name": "identity", "type": "IIdentity"},
        {"name": "sessionToken", "type": "AntiForgeryToken"},
        {"name": "fieldToken", "type": "AntiForgeryToken"},
    ]
    target = frame("ValidateTokens", "System.Web.Helpers.AntiXsrf", "TokenValidator") | {"parameters": parameters}
    document = error("System.Web.Mvc.HttpAntiForgeryException", target, data={"@ext": {"ErrorCode": -2147467259}})
    info = error_signature(document).info
    assert list(info) == ["ExceptionType", "Method", "ErrorCode"]
    assert signature_hash(info.values()) == "20b29b2efe355710562e2cb3c02b8d0a6ebec2ab"


@pytest.mark.parametrize(
    ("frames", "user_namespaces", "common_methods", "expected"),
    [
        ([frame("A", "System.Web"), frame("B", "Shop")], (), None, "Shop.B()"),
        ([frame("A", "SystemX"), frame("B", "Shop")], (), None, "Shop.B()"),
        ([frame("A", "Microsoft.Owin"), frame("B", "Shop")], (), None, "Shop.B()"),
        ([frame("A", "system.web"), frame("B", "Shop")], (), None, "system.web.A()"),
        ([frame("A"), frame("B", "Shop")], (), None, "A()"),
        ([frame("A", ""), frame("B", "Shop")], (), None, "A()"),
        ([frame(None, "Shop"), frame("B", "Shop")], (), None, "Shop.B()"),
        ([frame("", "Shop"), frame("B", "Shop")], (), None, "<null>"),
        ([frame("A", "Other"), frame("B", "Shop.Cart")], ("Shop",), None, "Shop.Cart.B()"),
        ([frame("A", "System.Mine"), frame("B", "Shop")], ("System.Mine", "Nope"), None, "System.Mine.A()"),
        ([frame("A"), frame("B", "Shop")], ("Shop",), None, "A()"),
        ([frame("A", "Other"), frame("B", "Shop")], ("", "Shop"), None, "Shop.B()"),
        ([frame("SubmitChanges", "Shop", "DataContext"), frame("B", "Shop")], (), None, "Shop.B()"),
        ([frame("SaveChanges", "Shop", "MyEntities"), frame("B", "Shop")], (), None, "Shop.B()"),
        ([frame("SaveChanges", "Shop", "MyEntities"), frame("B", "Shop")], (), (), "Shop.MyEntities.SaveChanges()"),
        ([frame("Retry", "Shop"), frame("B", "Shop")], (), ("Shop.Retry",), "Shop.B()"),
        ([frame("Retry", "Shop"), frame("B", "Shop")], (), ("", "Shop.Retry"), "Shop.B()"),
        ([frame("Retry", "Shop"), frame("B", "Shop")], (), ("Shop.",), "Shop.Retry()"),
    ],
)
def test_the_first_user_frame_decides(
    frames: list[dict[str, Any]],
    user_namespaces: tuple[str, ...],
    common_methods: tuple[str, ...] | None,
    expected: str,
) -> None:
    signature = error_signature(error("T", *frames), user_namespaces=user_namespaces, common_methods=common_methods)
    assert signature.info == {"ExceptionType": "T", "Method": expected}


def test_an_anonymous_source_mapped_frame_is_user_code() -> None:
    mapped = {"file_name": "src/app.ts", "line_number": 7, "column": 3, "data": {"@source_map": {}}}
    assert error_signature(error("TypeError", frame(None), mapped)).info["Method"] == "src/app.ts:7:3"


def test_the_innermost_error_with_a_user_frame_wins() -> None:
    inner = error("Inner", frame("I", "Shop"))
    signature = error_signature(error("Outer", frame("O", "Shop"), inner=inner))
    assert signature.info == {"ExceptionType": "Inner", "Method": "Shop.I()"}
    assert signature.error is inner


def test_an_outer_user_frame_wins_over_an_inner_framework_frame() -> None:
    inner = error("Inner", frame("I", "System"))
    signature = error_signature(error("Outer", frame("O", "Shop"), inner=inner))
    assert signature.info == {"ExceptionType": "Outer", "Method": "Shop.O()"}


def test_without_user_frames_the_innermost_target_method_comes_before_its_first_frame() -> None:
    inner = error("Inner", frame("I", "System"), target_method=frame("Thrower", "System"))
    signature = error_signature(error("Outer", frame("O", "System"), inner=inner))
    assert signature.info == {"ExceptionType": "Inner", "Method": "System.Thrower()"}
    assert signature.method is inner["target_method"]


def test_without_frames_the_innermost_type_is_the_signature() -> None:
    signature = error_signature({"type": "Outer", "inner": {"type": "Inner"}})
    assert signature.info == {"ExceptionType": "Inner"}
    assert signature.method is None


@pytest.mark.parametrize("inner", [{}, None, [], "text", 5])
def test_an_inner_that_is_no_error_is_ignored(inner: object) -> None:
    assert error_signature({"type": "Outer", "inner": inner}).info == {"ExceptionType": "Outer"}


@pytest.mark.parametrize("document", [{}, {"message": "only"}, {"type": "", "stack_trace": []}, {"type": 5}])
def test_an_error_without_type_and_frames_gets_a_stack_of_its_own(document: dict[str, Any]) -> None:
    first, second = error_signature(document).info, error_signature(document).info
    assert list(first) == ["NoStackingInformation"]
    assert first != second
    assert str(uuid.UUID(first["NoStackingInformation"])) == first["NoStackingInformation"]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({"ErrorCode": -5, "Number": 1205}, {"Number": "1205", "ErrorCode": "-5"}),
        ({"errorcode": "x", "NUMBER": True}, {"Number": "True", "ErrorCode": "x"}),
        ({"Number": 1.5}, {"Number": "1.5"}),
        ({"Number": None, "ErrorCode": ""}, {}),
        ({"Number": [1], "ErrorCode": {"a": 1}}, {}),
        ({"Other": 1}, {}),
        ('{"Number": 7}', {"Number": "7"}),
        ("not json", {}),
        ("{broken", {}),
        ("{" * 3000, {}),
        ('{"a":' * 100_000, {}),
        ([1], {}),
        (None, {}),
    ],
)
def test_number_and_error_code_of_the_exception_belong_to_the_signature(
    extra: object, expected: dict[str, str]
) -> None:
    info = error_signature(error("T", data={"@ext": extra})).info
    assert list(info.items()) == [("ExceptionType", "T"), *expected.items()]


def test_the_details_are_those_of_the_error_that_decided() -> None:
    inner = error("Inner", frame("I", "System"), data={"@ext": {"Number": 1}})
    outer = error("Outer", frame("O", "Shop"), inner=inner, data={"@ext": {"Number": 2}})
    assert error_signature(outer).info["Number"] == "2"


def test_an_error_code_alone_is_a_signature() -> None:
    assert error_signature({"data": {"@ext": {"ErrorCode": 5}}}).info == {"ErrorCode": "5"}


def test_the_target_frame_is_marked_and_all_other_frames_are_unmarked() -> None:
    inner = error("Inner", frame("I", "System") | {"is_signature_target": True})
    document = error("Outer", frame("O", "Microsoft"), frame("P", "Shop"), inner=inner)
    apply_target(document, error_signature(document))
    marks = [[item["is_signature_target"] for item in level["stack_trace"]] for level in error_chain(document)]
    assert marks == [[False, True], [False]]
    assert stacking_target(document) == (document, document["stack_trace"][1])


def test_a_target_method_is_marked_when_it_decided() -> None:
    document = error("T", frame("A", "System"), target_method=frame("M", "System"))
    apply_target(document, error_signature(document))
    assert document["target_method"]["is_signature_target"] is True
    assert document["stack_trace"][0]["is_signature_target"] is False


def test_a_target_method_that_did_not_decide_loses_only_a_mark_of_the_client() -> None:
    marked = error("T", frame("A", "Shop"), target_method={"name": "M", "is_signature_target": True})
    plain = error("T", frame("A", "Shop"), target_method={"name": "M"})
    for document in (marked, plain):
        apply_target(document, error_signature(document))
    assert marked["target_method"] == {"name": "M", "is_signature_target": False}
    assert plain["target_method"] == {"name": "M"}


def test_the_target_holds_the_signature_and_the_message_of_the_deciding_error() -> None:
    inner = error("Inner", frame("I", "Shop"))
    document = error("Outer", inner=inner, data={"kept": 1})
    apply_target(document, error_signature(document))
    assert document["data"] == {
        "kept": 1,
        "@target": {"ExceptionType": "Inner", "Method": "Shop.I()", "Message": "Inner happened"},
    }
    assert "data" not in inner


def test_the_target_has_no_message_when_the_deciding_error_has_no_frames() -> None:
    document = error("Outer")
    signature = error_signature(document)
    apply_target(document, signature)
    assert document["data"]["@target"] == {"ExceptionType": "Outer"}
    assert document["data"]["@target"] is not signature.info


@pytest.mark.parametrize("data", ["text", [1], 5])
def test_data_that_is_no_object_stays_as_it_was_sent(data: object) -> None:
    document: dict[str, Any] = {"type": "T", "data": data}
    set_target(document, {"ExceptionType": "T"})
    assert document == {"type": "T", "data": data}


@pytest.mark.parametrize(
    ("extra", "is_kept"),
    [({"a": 1}, True), ({}, True), ('{"a": 1}', True), ("text", False), ([1], False), (None, False), (5, False)],
)
def test_extra_properties_that_are_no_object_are_removed(extra: object, is_kept: bool) -> None:
    document = error("T", data={"@ext": extra})
    apply_target(document, error_signature(document))
    assert ("@ext" in document["data"]) is is_kept


def test_a_very_deep_chain_is_read_to_a_limit() -> None:
    document: dict[str, Any] = error("T0")
    level = document
    for depth in range(1, 5000):
        level["inner"] = error(f"T{depth}")
        level = level["inner"]
    assert len(error_chain(document)) == MAXIMUM_DEPTH
    assert error_signature(document).info == {"ExceptionType": f"T{MAXIMUM_DEPTH - 1}"}


JSON_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1.5, 10**30, "", "text", [], [None], [[1]], {}, {"name": 1}, [{"inner": []}]]
).map(copy.deepcopy)


def _loose_object(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: JSON_VALUES | value for name, value in members.items()})


FRAMES = _loose_object(
    name=st.text(max_size=4),
    declaring_namespace=st.sampled_from(["System", "Shop"]),
    declaring_type=st.text(max_size=4),
    generic_arguments=st.lists(JSON_VALUES, max_size=2),
    parameters=st.lists(_loose_object(name=st.text(max_size=3), type=st.text(max_size=3)), max_size=2),
    file_name=st.text(max_size=4),
    line_number=st.integers(),
    data=_loose_object(**{"@source_map": st.just({})}),
    is_signature_target=st.booleans(),
)
LEVEL: dict[str, st.SearchStrategy[Any]] = {
    "type": st.text(max_size=4),
    "message": st.text(max_size=4),
    "stack_trace": st.lists(FRAMES | JSON_VALUES, max_size=3),
    "target_method": FRAMES,
    "data": _loose_object(**{"@ext": _loose_object(Number=st.integers(), errorcode=st.text(max_size=4))}),
}
ERRORS = _loose_object(**LEVEL, inner=_loose_object(**LEVEL, inner=_loose_object(**LEVEL)))


@given(ERRORS)
@settings(max_examples=200, deadline=None)
def test_no_error_document_raises_and_every_one_gets_a_signature(document: dict[str, Any]) -> None:
    before = copy.deepcopy(document)
    signature = error_signature(document)
    assert document == before
    assert signature.info
    assert all(signature.info.values())
    apply_target(document, signature)
    methods = [item for level in error_chain(document) for item in (*stack_frames(level), target_method(level))]
    assert [item for item in methods if item and item.get("is_signature_target") is True] == (
        [] if signature.method is None else [signature.method]
    )
    if signature.method is not None:
        assert stacking_target(document) == (signature.error, signature.method)
