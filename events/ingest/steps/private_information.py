"""Who the user is stays out where the project asks for it."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.steps.step import each

_EMAIL_ADDRESS = "emailaddress"


def remove_private_information(context: EventContext) -> None:
    """Without private information: no `@user` (nor what was sent in its place), no e-mail address in `@user_description`."""
    if context.project.include_private_information:
        return
    event = context.event
    event.data.pop("@user", None)
    event.data.pop("_@user", None)
    description = event.mapping("@user_description")
    if description:
        event.data["@user_description"] = {
            name: value for name, value in description.items() if name.replace("_", "").lower() != _EMAIL_ADDRESS
        }


run = each(remove_private_information)
