"""The policies, for the apps above; they are stated in `accounts.permissions`, which every app may import."""

from __future__ import annotations

from accounts.permissions import (
    API_KEY_SCOPES,
    SOURCE_MAPS_WRITE,
    ClientPolicy,
    EventsReadPolicy,
    GlobalAdminPolicy,
    Policy,
    ProjectsReadPolicy,
    SourceMapsWritePolicy,
    StacksReadPolicy,
    StacksWritePolicy,
    UserPolicy,
)

__all__ = [
    "API_KEY_SCOPES",
    "SOURCE_MAPS_WRITE",
    "ClientPolicy",
    "EventsReadPolicy",
    "GlobalAdminPolicy",
    "Policy",
    "ProjectsReadPolicy",
    "SourceMapsWritePolicy",
    "StacksReadPolicy",
    "StacksWritePolicy",
    "UserPolicy",
]
