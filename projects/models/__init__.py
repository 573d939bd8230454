from projects.models.project import Project
from projects.models.usage import ProjectUsage

__all__ = ["Project", "ProjectUsage"]
