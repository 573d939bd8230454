"""Taking members out of a known object whatever way they were spelled."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def without_members(model: dict[str, Any], squashed_names: Collection[str]) -> dict[str, Any]:
    """The object without these members; names are given in lower case without underscores.

    Members that did not map stand in it under other spellings (`_cookies`, `ClientIpAddress`); they go as well.
    """
    return {name: value for name, value in model.items() if name.replace("_", "").lower() not in squashed_names}
