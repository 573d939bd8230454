"""All addresses of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from events.pages import search_guide
from exceptionless_site import health, pages
from exceptionless_site.api import root, router

handler400 = "exceptionless_site.api.handlers.bad_request"
handler403 = "exceptionless_site.api.handlers.permission_denied"
handler404 = "exceptionless_site.api.handlers.page_not_found"
handler500 = "exceptionless_site.api.handlers.server_error"

urlpatterns = [
    path("", pages.landing, name="landing"),
    path("docs", pages.docs, name="docs"),
    path("docs/", pages.docs),
    path("docs/search", search_guide, name="search-guide"),
    path("docs/search/", search_guide),
    path("docs/v2/openapi.json", pages.openapi, name="openapi"),
    path("health", health.health),
    path("ready", health.health),
    path("favicon.ico", pages.favicon),
    path("admin/", admin.site.urls),
    path("api/v2/", root.RootViewSet.as_view({"get": "list"}), name="api-root"),
    path("api/v2", root.RootViewSet.as_view({"get": "list"})),
    *router.urlpatterns(),
]
