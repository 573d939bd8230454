"""All addresses of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from events import pages as event_pages
from exceptionless_site import health, pages
from exceptionless_site.api import root, router
from tokens import pages as account_pages

handler400 = "exceptionless_site.api.handlers.bad_request"
handler403 = "exceptionless_site.api.handlers.permission_denied"
handler404 = "exceptionless_site.api.handlers.page_not_found"
handler500 = "exceptionless_site.api.handlers.server_error"

urlpatterns = [
    path("", pages.landing, name="landing"),
    path("docs", pages.docs, name="docs"),
    path("docs/", pages.docs),
    path("docs/search", event_pages.search_guide, name="search-guide"),
    path("docs/search/", event_pages.search_guide),
    path("docs/v2/openapi.json", pages.openapi, name="openapi"),
    path("health", health.health),
    path("ready", health.health),
    path("favicon.ico", pages.favicon),
    # Where mailed links lead; the official web UI has the same routes under its own address.
    path("forgot-password", account_pages.forgot_password, name="forgot-password"),
    path("reset-password/<str:token>", account_pages.reset_password_page),
    path("account/verify", account_pages.verify_email_address_page),
    path("signup", account_pages.sign_up_page, name="signup"),
    path("event/<objectid:event_id>", event_pages.event),
    path("stack/<objectid:stack_id>", event_pages.stack),
    path("stack/<objectid:stack_id>/<str:decision>", event_pages.stack),
    path("project/<objectid:project_id>/<path:part>", event_pages.project),
    path("organization/<objectid:organization_id>/<path:part>", event_pages.organization),
    path("admin/", admin.site.urls),
    path("api/v2/", root.RootViewSet.as_view({"get": "list"}), name="api-root"),
    path("api/v2", root.RootViewSet.as_view({"get": "list"})),
    *router.urlpatterns(),
]
