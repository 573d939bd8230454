"""The server as its admins see it: settings without secrets, figures, versions, queues."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from events.api.server_serializers import (
    EchoSerializer,
    MigrationsSerializer,
    PackageSerializer,
    QueuesSerializer,
    ServerTotalsSerializer,
    SettingsSerializer,
    SnapshotsSerializer,
    StorageSerializer,
)
from events.models import Event
from events.queue_selectors import all_queues
from events.server_selectors import (
    applied_migrations,
    countable,
    database_size,
    installed_packages,
    shown_settings,
)
from exceptionless_site.api.viewsets import WireViewSet
from exceptionless_site.core.net import client_address
from tokens.permissions import GlobalAdminPolicy, UserPolicy

_SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization", "x-csrftoken"}
_HIDDEN = "(hidden)"


class ServerViewSet(WireViewSet):
    tag = "Admin"
    queryset = Event.objects.none()
    serializer_class = SettingsSerializer
    permission_classes = [GlobalAdminPolicy]
    pagination_class = None
    filter_backends = ()

    @extend_schema(
        summary="Get settings",
        description="How the server is set up; secrets and addresses of other services are left out.",
        responses={200: SettingsSerializer},
    )
    def shown(self, request: Request) -> Response:
        return Response(SettingsSerializer(shown_settings()).data)

    @extend_schema(
        summary="Get statistics",
        description="How much of everything there is on the whole server.",
        responses={200: ServerTotalsSerializer},
    )
    def statistics(self, request: Request) -> Response:
        totals = {name: {"total": rows.count(), "aggregations": {}} for name, rows in countable().items()}
        return Response(totals)

    @extend_schema(
        summary="Echo",
        description="The headers of this request as they reached the server, without credentials, and the address "
        "that it counts for: so proxies in front can be checked.",
        responses={200: EchoSerializer},
    )
    def echo(self, request: Request) -> Response:
        headers = {
            name: _HIDDEN if name.lower() in _SECRET_HEADERS else value for name, value in request.headers.items()
        }
        return Response({"headers": headers, "ip_address": client_address(request._request)})

    @extend_schema(
        summary="Get installed packages",
        description="What the official server calls assemblies: the Python packages beside the server.",
        responses={200: PackageSerializer(many=True)},
    )
    def packages(self, request: Request) -> Response:
        return Response(installed_packages())

    @extend_schema(
        summary="Get migrations",
        description="The changes of the database's tables, in the order in which they ran.",
        responses={200: MigrationsSerializer},
    )
    def migrations(self, request: Request) -> Response:
        states = applied_migrations()
        return Response(MigrationsSerializer({"current_version": len(states), "states": states}).data)

    @extend_schema(
        summary="Get storage",
        description="There is no Elasticsearch: the figures are those of the database, in the same shape.",
        responses={200: StorageSerializer},
    )
    def storage(self, request: Request) -> Response:
        return Response(StorageSerializer(_storage()).data)

    @extend_schema(
        summary="Get snapshots",
        description="There is no Elasticsearch, so there are no snapshots of it; backups are files.",
        responses={200: SnapshotsSerializer},
    )
    def snapshots(self, request: Request) -> Response:
        return Response({"repositories": [], "snapshots": []})


class QueueViewSet(WireViewSet):
    tag = "Status"
    queryset = Event.objects.none()
    serializer_class = QueuesSerializer
    permission_classes = [UserPolicy, GlobalAdminPolicy]
    pagination_class = None

    @extend_schema(
        summary="Get queues",
        description="How much waits in the queues, is being worked on, and could not be processed.",
        responses={200: QueuesSerializer},
    )
    def statistics(self, request: Request) -> Response:
        return Response(all_queues())


def _storage() -> dict[str, Any]:
    counts = {name: rows.count() for name, rows in countable().items()}
    details = [_index(name, count) for name, count in counts.items()]
    shards = {"active_shards": len(details), "active_primary_shards": len(details)}
    return {
        "health": {
            "status": 0,
            "cluster_name": shown_settings()["database"],
            "number_of_nodes": 1,
            "number_of_data_nodes": 1,
            "relocating_shards": 0,
            "unassigned_shards": 0,
            **shards,
        },
        "indices": {
            "count": len(details),
            "docs_count": sum(counts.values()),
            "store_size_in_bytes": database_size(),
        },
        "index_details": details,
    }


def _index(name: str, count: int) -> dict[str, Any]:
    # The database knows its size as a whole only, at a price that a request may pay.
    return {
        "index": name,
        "health": "green",
        "status": "open",
        "primary": 1,
        "replica": 0,
        "docs_count": count,
        "store_size_in_bytes": 0,
        "unassigned_shards": 0,
    }
