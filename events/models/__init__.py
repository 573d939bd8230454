from events.models.event import Event
from events.models.source_map import SourceMap, SourceMapSearch
from events.models.stack import Stack
from events.models.submission import Submission
from events.models.work_item import WorkItem

__all__ = ["Event", "SourceMap", "SourceMapSearch", "Stack", "Submission", "WorkItem"]
