"""How drf-spectacular describes the API."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema


class WireSchema(AutoSchema):
    """Operations are grouped by the viewset's `tag`."""

    def get_tags(self) -> list[str]:
        tag = getattr(self.view, "tag", "")
        return [tag] if tag else super().get_tags()
