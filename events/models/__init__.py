from events.models.event import Event
from events.models.stack import Stack
from events.models.submission import Submission

__all__ = ["Event", "Stack", "Submission"]
