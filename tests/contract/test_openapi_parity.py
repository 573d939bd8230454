"""Our OpenAPI document against the official one, operation by operation."""

from __future__ import annotations

import re

import pytest

from tests.contract.allowed_differences import ADDITIONAL, CORRECTED, NOT_OFFERED
from tests.contract.documents import official, ours
from tests.contract.openapi_comparison import Difference, differences

_LASTING = NOT_OFFERED + ADDITIONAL + CORRECTED


def found() -> list[Difference]:
    return differences(ours(), official())


def test_every_difference_has_a_reason() -> None:
    allowed = re.compile("|".join(f"(?:{pattern})" for pattern, _ in _LASTING))
    unexplained = [str(difference) for difference in found() if not allowed.fullmatch(str(difference))]
    assert not unexplained, "\n" + "\n".join(unexplained)


@pytest.mark.parametrize(("pattern", "reason"), _LASTING)
def test_every_reason_still_has_a_difference(pattern: str, reason: str) -> None:
    assert reason.endswith(".")
    assert any(re.fullmatch(pattern, str(difference)) for difference in found())
