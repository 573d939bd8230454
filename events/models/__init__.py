from events.models.event import Event, NewEvent
from events.models.event_search import EventSearch
from events.models.heartbeat import Heartbeat
from events.models.notification import Notification
from events.models.reference_lock import ReferenceLock
from events.models.rollup import Rollup
from events.models.session import Session, SessionIdentity
from events.models.source_map import SourceMap, SourceMapSearch
from events.models.stack import Stack
from events.models.submission import Submission
from events.models.work_item import WorkItem

__all__ = [
    "Event",
    "EventSearch",
    "Heartbeat",
    "NewEvent",
    "Notification",
    "ReferenceLock",
    "Rollup",
    "Session",
    "SessionIdentity",
    "SourceMap",
    "SourceMapSearch",
    "Stack",
    "Submission",
    "WorkItem",
]
