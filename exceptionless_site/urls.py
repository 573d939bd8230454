"""All addresses of the site."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from exceptionless_site.api import router

handler400 = "exceptionless_site.api.handlers.bad_request"
handler403 = "exceptionless_site.api.handlers.permission_denied"
handler404 = "exceptionless_site.api.handlers.page_not_found"
handler500 = "exceptionless_site.api.handlers.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    *router.urlpatterns(),
]
