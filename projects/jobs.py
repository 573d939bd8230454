"""Jobs about projects."""

from __future__ import annotations

from datetime import timedelta

from exceptionless_site.jobs.registry import register
from projects.services.web_hook_deliveries import remove_old_deliveries, run_deliveries


def register_jobs() -> None:
    register("deliver-web-hooks", every=timedelta(seconds=2), run=run_deliveries)
    register("remove-old-deliveries", every=timedelta(hours=1), run=remove_old_deliveries)
