"""The one table of API routes: method, path, viewset, action.

Rows of one path stand together. `{name:converter}` names a converter of `converters.py`; the converter
`str` takes anything without a slash.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from accounts.api.admin_organizations import AdminOrganizationViewSet, OrganizationPlanViewSet
from accounts.api.assistant import AssistantUsageViewSet, AssistantViewSet
from accounts.api.avatars import AvatarImageViewSet, AvatarViewSet
from accounts.api.billing import BillingViewSet, StripeViewSet
from accounts.api.contact import ContactViewSet
from accounts.api.email_addresses import EmailAddressViewSet
from accounts.api.memberships import MembershipViewSet, OrganizationUsersViewSet
from accounts.api.notifications import NotificationViewSet, ReleaseNotificationViewSet
from accounts.api.oauth_grants import OAuthGrantViewSet
from accounts.api.organization_icons import IconViewSet, OrganizationIconViewSet
from accounts.api.organization_values import OrganizationDataViewSet, OrganizationFeatureViewSet
from accounts.api.organizations import OrganizationViewSet
from accounts.api.suspensions import SuspensionViewSet
from accounts.api.users import AdminRoleViewSet, UserViewSet
from events.api.events import EventViewSet
from events.api.project_data import ProjectWorkViewSet
from events.api.search_validation import SearchViewSet
from events.api.server import QueueViewSet, ServerViewSet
from events.api.server_work import ServerWorkViewSet
from events.api.sessions import SessionViewSet
from events.api.source_maps import SourceMapViewSet
from events.api.stack_actions import StackActionViewSet
from events.api.stacks import StackViewSet
from exceptionless_site.api import converters
from exceptionless_site.api.about import AboutViewSet
from exceptionless_site.api.viewsets import WireViewSet
from projects.api.configuration import ProjectConfigurationViewSet
from projects.api.data import ProjectDataViewSet, PromotedTabsViewSet
from projects.api.notifications import (
    IntegrationNotificationsViewSet,
    ProjectNotificationsViewSet,
    UserNotificationsViewSet,
)
from projects.api.predefined_views import PredefinedViewsViewSet
from projects.api.projects import ProjectViewSet
from projects.api.saved_views import SavedViewViewSet
from projects.api.slack import SlackViewSet
from projects.api.web_hooks import WebHookViewSet
from tokens.api.auth import AuthViewSet
from tokens.api.external_sign_in import ExternalSignInViewSet
from tokens.api.passwords import PasswordViewSet
from tokens.api.tokens import TokenViewSet

converters.register()

Row = tuple[str, str, type[WireViewSet], str]

ROWS: tuple[Row, ...] = (
    ("GET", "/api/v2/about", AboutViewSet, "about"),
    ("POST", "/api/v2/stripe", StripeViewSet, "receive"),
    ("GET", "/api/v2/assistant/access", AssistantViewSet, "access"),
    ("POST", "/api/v2/assistant/chat", AssistantViewSet, "chat"),
    ("GET", "/api/v2/notifications/system", NotificationViewSet, "retrieve"),
    ("POST", "/api/v2/notifications/system", NotificationViewSet, "create"),
    ("DELETE", "/api/v2/notifications/system", NotificationViewSet, "destroy"),
    ("POST", "/api/v2/notifications/release", ReleaseNotificationViewSet, "announce"),
    ("POST", "/api/v2/contact", ContactViewSet, "send"),
    ("GET", "/api/v2/queue-stats", QueueViewSet, "statistics"),
    # Administration
    ("GET", "/api/v2/admin/assistant-usage", AssistantUsageViewSet, "usage"),
    ("GET", "/api/v2/admin/organizations", AdminOrganizationViewSet, "list"),
    ("GET", "/api/v2/admin/organizations/stats", AdminOrganizationViewSet, "statistics"),
    ("POST", "/api/v2/admin/change-plan", OrganizationPlanViewSet, "change"),
    ("POST", "/api/v2/admin/set-bonus", OrganizationPlanViewSet, "bonus"),
    ("GET", "/api/v2/admin/settings", ServerViewSet, "shown"),
    ("GET", "/api/v2/admin/stats", ServerViewSet, "statistics"),
    ("GET", "/api/v2/admin/echo", ServerViewSet, "echo"),
    ("GET", "/api/v2/admin/assemblies", ServerViewSet, "packages"),
    ("GET", "/api/v2/admin/migrations", ServerViewSet, "migrations"),
    ("GET", "/api/v2/admin/elasticsearch", ServerViewSet, "storage"),
    ("GET", "/api/v2/admin/elasticsearch/snapshots", ServerViewSet, "snapshots"),
    ("GET", "/api/v2/admin/requeue", ServerWorkViewSet, "requeue"),
    ("GET", "/api/v2/admin/maintenance/{name:str}", ServerWorkViewSet, "maintain"),
    ("POST", "/api/v2/admin/generate-sample-events", ServerWorkViewSet, "add_samples"),
    # Auth
    ("POST", "/api/v2/auth/login", AuthViewSet, "login"),
    ("POST", "/api/v2/auth/signup", AuthViewSet, "signup"),
    ("POST", "/api/v2/auth/github", ExternalSignInViewSet, "github"),
    ("POST", "/api/v2/auth/google", ExternalSignInViewSet, "google"),
    ("POST", "/api/v2/auth/facebook", ExternalSignInViewSet, "facebook"),
    ("POST", "/api/v2/auth/live", ExternalSignInViewSet, "live"),
    ("POST", "/api/v2/auth/oidc", ExternalSignInViewSet, "oidc"),
    ("POST", "/api/v2/auth/unlink/{provider_name:str}", ExternalSignInViewSet, "unlink"),
    ("POST", "/api/v2/auth/change-password", PasswordViewSet, "change"),
    ("GET", "/api/v2/auth/forgot-password/{email:str}", PasswordViewSet, "forgot"),
    ("POST", "/api/v2/auth/reset-password", PasswordViewSet, "reset"),
    ("POST", "/api/v2/auth/cancel-reset-password/{token:str}", PasswordViewSet, "cancel_reset"),
    ("GET", "/api/v2/auth/intercom", AuthViewSet, "intercom"),
    ("GET", "/api/v2/auth/logout", AuthViewSet, "logout"),
    ("GET", "/api/v2/auth/check-email-address/{email:str}", AuthViewSet, "check_email_address"),
    # Users
    ("GET", "/api/v2/users/me", UserViewSet, "me"),
    ("DELETE", "/api/v2/users/me", UserViewSet, "destroy_me"),
    ("GET", "/api/v2/users/me/oauth-grants", OAuthGrantViewSet, "list"),
    ("DELETE", "/api/v2/users/me/oauth-grants/{id:str}", OAuthGrantViewSet, "destroy"),
    ("GET", "/api/v2/users/verify-email-address/{token:token}", EmailAddressViewSet, "verify"),
    ("POST", "/api/v2/users/verify-email-address", EmailAddressViewSet, "verify_by_query"),
    ("POST", "/api/v2/users/unverify-email-address", EmailAddressViewSet, "unverify"),
    ("GET", "/api/v2/users/{id:objectid}", UserViewSet, "retrieve"),
    ("PATCH", "/api/v2/users/{id:objectid}", UserViewSet, "update"),
    ("PUT", "/api/v2/users/{id:objectid}", UserViewSet, "update"),
    ("DELETE", "/api/v2/users/{ids:objectids}", UserViewSet, "destroy"),
    ("POST", "/api/v2/users/{id:objectid}/email-address/{email:str}", EmailAddressViewSet, "update"),
    ("GET", "/api/v2/users/{id:objectid}/resend-verification-email", EmailAddressViewSet, "resend"),
    ("POST", "/api/v2/users/{id:objectid}/avatar", AvatarViewSet, "create"),
    ("DELETE", "/api/v2/users/{id:objectid}/avatar", AvatarViewSet, "destroy"),
    ("GET", "/api/v2/users/{id:objectid}/avatar/{file_name:filename}", AvatarImageViewSet, "retrieve"),
    ("POST", "/api/v2/users/{id:objectid}/admin-role", AdminRoleViewSet, "create"),
    ("DELETE", "/api/v2/users/{id:objectid}/admin-role", AdminRoleViewSet, "destroy"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/users", OrganizationUsersViewSet, "list"),
    # Organizations
    ("GET", "/api/v2/organizations", OrganizationViewSet, "list"),
    ("POST", "/api/v2/organizations", OrganizationViewSet, "create"),
    ("GET", "/api/v2/organizations/{id:objectid}", OrganizationViewSet, "retrieve"),
    ("PATCH", "/api/v2/organizations/{id:objectid}", OrganizationViewSet, "update"),
    ("PUT", "/api/v2/organizations/{id:objectid}", OrganizationViewSet, "update"),
    ("DELETE", "/api/v2/organizations/{ids:objectids}", OrganizationViewSet, "destroy"),
    ("GET", "/api/v2/organizations/{id:objectid}/plans", OrganizationViewSet, "plans"),
    ("POST", "/api/v2/organizations/{id:objectid}/icon", OrganizationIconViewSet, "create"),
    ("DELETE", "/api/v2/organizations/{id:objectid}/icon", OrganizationIconViewSet, "destroy"),
    ("GET", "/api/v2/organizations/{id:objectid}/icon/{file_name:filename}", IconViewSet, "retrieve"),
    ("GET", "/api/v2/organizations/{id:objectid}/invoices", BillingViewSet, "invoices"),
    ("GET", "/api/v2/organizations/invoice/{id:invoice}", BillingViewSet, "invoice"),
    ("POST", "/api/v2/organizations/{id:objectid}/change-plan", BillingViewSet, "change_plan"),
    ("POST", "/api/v2/organizations/{id:objectid}/users/{email:str}", MembershipViewSet, "create"),
    ("DELETE", "/api/v2/organizations/{id:objectid}/users/{email:str}", MembershipViewSet, "destroy"),
    ("POST", "/api/v2/organizations/{id:objectid}/data/{key:str}", OrganizationDataViewSet, "create"),
    ("DELETE", "/api/v2/organizations/{id:objectid}/data/{key:str}", OrganizationDataViewSet, "destroy"),
    ("POST", "/api/v2/organizations/{id:objectid}/features/{feature:str}", OrganizationFeatureViewSet, "create"),
    ("DELETE", "/api/v2/organizations/{id:objectid}/features/{feature:str}", OrganizationFeatureViewSet, "destroy"),
    ("POST", "/api/v2/organizations/{id:objectid}/suspend", SuspensionViewSet, "create"),
    ("DELETE", "/api/v2/organizations/{id:objectid}/suspend", SuspensionViewSet, "destroy"),
    # Projects
    ("GET", "/api/v2/projects", ProjectViewSet, "list"),
    ("POST", "/api/v2/projects", ProjectViewSet, "create"),
    ("GET", "/api/v2/projects/config", ProjectConfigurationViewSet, "retrieve_own"),
    ("GET", "/api/v2/projects/{id:objectid}", ProjectViewSet, "retrieve"),
    ("PATCH", "/api/v2/projects/{id:objectid}", ProjectViewSet, "update"),
    ("PUT", "/api/v2/projects/{id:objectid}", ProjectViewSet, "update"),
    ("DELETE", "/api/v2/projects/{ids:objectids}", ProjectViewSet, "destroy"),
    ("GET", "/api/v2/projects/{id:objectid}/config", ProjectConfigurationViewSet, "retrieve"),
    ("POST", "/api/v2/projects/{id:objectid}/config", ProjectConfigurationViewSet, "store"),
    ("DELETE", "/api/v2/projects/{id:objectid}/config", ProjectConfigurationViewSet, "remove"),
    ("POST", "/api/v2/projects/{id:objectid}/data", ProjectDataViewSet, "store"),
    ("DELETE", "/api/v2/projects/{id:objectid}/data", ProjectDataViewSet, "remove"),
    ("GET", "/api/v2/projects/{id:objectid}/reset-data", ProjectWorkViewSet, "reset"),
    ("POST", "/api/v2/projects/{id:objectid}/reset-data", ProjectWorkViewSet, "reset"),
    ("POST", "/api/v2/projects/{id:objectid}/sample-data", ProjectWorkViewSet, "add_samples"),
    ("PUT", "/api/v2/projects/{id:objectid}/promotedtabs", PromotedTabsViewSet, "promote"),
    ("POST", "/api/v2/projects/{id:objectid}/promotedtabs", PromotedTabsViewSet, "promote"),
    ("DELETE", "/api/v2/projects/{id:objectid}/promotedtabs", PromotedTabsViewSet, "demote"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/projects", ProjectViewSet, "list_by_organization"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/projects/check-name", ProjectViewSet, "check_name"),
    ("GET", "/api/v2/projects/{id:objectid}/notifications", ProjectNotificationsViewSet, "retrieve"),
    ("POST", "/api/v2/projects/{id:objectid}/slack", SlackViewSet, "connect"),
    ("DELETE", "/api/v2/projects/{id:objectid}/slack", SlackViewSet, "disconnect"),
    (
        "GET",
        "/api/v2/users/{user_id:objectid}/projects/{id:objectid}/notifications",
        UserNotificationsViewSet,
        "retrieve",
    ),
    (
        "PUT",
        "/api/v2/users/{user_id:objectid}/projects/{id:objectid}/notifications",
        UserNotificationsViewSet,
        "store",
    ),
    (
        "POST",
        "/api/v2/users/{user_id:objectid}/projects/{id:objectid}/notifications",
        UserNotificationsViewSet,
        "store",
    ),
    (
        "DELETE",
        "/api/v2/users/{user_id:objectid}/projects/{id:objectid}/notifications",
        UserNotificationsViewSet,
        "remove",
    ),
    (
        "GET",
        "/api/v2/projects/{id:objectid}/{integration:str}/notifications",
        IntegrationNotificationsViewSet,
        "retrieve",
    ),
    (
        "PUT",
        "/api/v2/projects/{id:objectid}/{integration:str}/notifications",
        IntegrationNotificationsViewSet,
        "store",
    ),
    (
        "POST",
        "/api/v2/projects/{id:objectid}/{integration:str}/notifications",
        IntegrationNotificationsViewSet,
        "store",
    ),
    # Web hooks
    ("POST", "/api/v2/webhooks", WebHookViewSet, "create"),
    ("POST", "/api/v2/webhooks/subscribe", WebHookViewSet, "subscribe"),
    ("POST", "/api/v2/webhooks/unsubscribe", WebHookViewSet, "unsubscribe"),
    ("GET", "/api/v2/webhooks/test", WebHookViewSet, "test"),
    ("POST", "/api/v2/webhooks/test", WebHookViewSet, "test_by_post"),
    ("POST", "/api/v{api_version:number}/webhooks/subscribe", WebHookViewSet, "subscribe_any_version"),
    ("GET", "/api/v2/webhooks/{id:objectid}", WebHookViewSet, "retrieve"),
    ("DELETE", "/api/v2/webhooks/{ids:objectids}", WebHookViewSet, "destroy"),
    ("GET", "/api/v2/projects/{project_id:objectid}/webhooks", WebHookViewSet, "list"),
    # Saved views
    ("GET", "/api/v2/organizations/{organization_id:objectid}/saved-views", SavedViewViewSet, "list"),
    ("POST", "/api/v2/organizations/{organization_id:objectid}/saved-views", SavedViewViewSet, "create"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/saved-views/export", PredefinedViewsViewSet, "export"),
    (
        "POST",
        "/api/v2/organizations/{organization_id:objectid}/saved-views/predefined",
        SavedViewViewSet,
        "create_predefined",
    ),
    (
        "GET",
        "/api/v2/organizations/{organization_id:objectid}/saved-views/{view_type:str}",
        SavedViewViewSet,
        "list_by_view_type",
    ),
    ("GET", "/api/v2/saved-views/predefined", PredefinedViewsViewSet, "list"),
    ("PUT", "/api/v2/saved-views/predefined", PredefinedViewsViewSet, "replace"),
    ("POST", "/api/v2/saved-views/predefined/force-update", PredefinedViewsViewSet, "force_update"),
    ("GET", "/api/v2/saved-views/{id:objectid}", SavedViewViewSet, "retrieve"),
    ("PATCH", "/api/v2/saved-views/{id:objectid}", SavedViewViewSet, "update"),
    ("PUT", "/api/v2/saved-views/{id:objectid}", SavedViewViewSet, "update"),
    ("DELETE", "/api/v2/saved-views/{ids:objectids}", SavedViewViewSet, "destroy"),
    ("POST", "/api/v2/saved-views/{id:objectid}/predefined", PredefinedViewsViewSet, "add"),
    ("DELETE", "/api/v2/saved-views/{id:objectid}/predefined", PredefinedViewsViewSet, "remove"),
    # Tokens
    ("POST", "/api/v2/tokens", TokenViewSet, "create"),
    ("GET", "/api/v2/tokens/{id:token}", TokenViewSet, "retrieve"),
    ("PATCH", "/api/v2/tokens/{id:token}", TokenViewSet, "update"),
    ("PUT", "/api/v2/tokens/{id:token}", TokenViewSet, "update"),
    ("DELETE", "/api/v2/tokens/{ids:tokens}", TokenViewSet, "destroy"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/tokens", TokenViewSet, "list_by_organization"),
    ("POST", "/api/v2/organizations/{organization_id:objectid}/tokens", TokenViewSet, "create_for_organization"),
    ("GET", "/api/v2/projects/{project_id:objectid}/tokens", TokenViewSet, "list_by_project"),
    ("POST", "/api/v2/projects/{project_id:objectid}/tokens", TokenViewSet, "create_for_project"),
    ("GET", "/api/v2/projects/{project_id:objectid}/tokens/default", TokenViewSet, "retrieve_default"),
    # Events
    ("GET", "/api/v2/events", EventViewSet, "list"),
    ("POST", "/api/v2/events", EventViewSet, "submit"),
    ("GET", "/api/v2/events/count", EventViewSet, "count"),
    ("GET", "/api/v2/events/submit", EventViewSet, "submit_query"),
    ("GET", "/api/v2/events/submit/{type:str}", EventViewSet, "submit_query"),
    ("GET", "/api/v2/events/by-ref/{reference_id:identifier}", EventViewSet, "list_by_reference"),
    ("POST", "/api/v2/events/by-ref/{reference_id:identifier}/user-description", EventViewSet, "describe"),
    ("GET", "/api/v2/events/{id:objectid}", EventViewSet, "retrieve"),
    ("DELETE", "/api/v2/events/{ids:objectids}", EventViewSet, "destroy"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/events", EventViewSet, "list_by_organization"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/events/count", EventViewSet, "count_by_organization"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events", EventViewSet, "list_by_project"),
    ("POST", "/api/v2/projects/{project_id:objectid}/events", EventViewSet, "submit"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events/count", EventViewSet, "count_by_project"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events/submit", EventViewSet, "submit_query"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events/submit/{type:str}", EventViewSet, "submit_query"),
    (
        "GET",
        "/api/v2/projects/{project_id:objectid}/events/by-ref/{reference_id:identifier}",
        EventViewSet,
        "list_by_project_reference",
    ),
    (
        "POST",
        "/api/v2/projects/{project_id:objectid}/events/by-ref/{reference_id:identifier}/user-description",
        EventViewSet,
        "describe",
    ),
    ("GET", "/api/v2/stacks/{stack_id:objectid}/events", EventViewSet, "list_by_stack"),
    # Sessions
    ("GET", "/api/v2/events/session/heartbeat", SessionViewSet, "heartbeat"),
    ("GET", "/api/v2/events/sessions", SessionViewSet, "list"),
    ("GET", "/api/v2/events/sessions/{session_id:identifier}", SessionViewSet, "list_by_session"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/events/sessions", SessionViewSet, "list_by_organization"),
    ("GET", "/api/v2/projects/{project_id:objectid}/events/sessions", SessionViewSet, "list_by_project"),
    (
        "GET",
        "/api/v2/projects/{project_id:objectid}/events/sessions/{session_id:identifier}",
        SessionViewSet,
        "list_by_project_session",
    ),
    # Stacks
    ("GET", "/api/v2/stacks", StackViewSet, "list"),
    ("GET", "/api/v2/stacks/{id:objectid}", StackViewSet, "retrieve"),
    ("DELETE", "/api/v2/stacks/{ids:objectids}", StackViewSet, "destroy"),
    ("GET", "/api/v2/organizations/{organization_id:objectid}/stacks", StackViewSet, "list_by_organization"),
    ("GET", "/api/v2/projects/{project_id:objectid}/stacks", StackViewSet, "list_by_project"),
    ("POST", "/api/v2/stacks/mark-fixed", StackActionViewSet, "mark_fixed_by_reference"),
    ("POST", "/api/v2/stacks/add-link", StackActionViewSet, "add_link_by_reference"),
    ("POST", "/api/v2/stacks/{ids:objectids}/mark-fixed", StackActionViewSet, "mark_fixed"),
    ("POST", "/api/v2/stacks/{ids:objectids}/mark-snoozed", StackActionViewSet, "mark_snoozed"),
    ("POST", "/api/v2/stacks/{ids:objectids}/change-status", StackActionViewSet, "change_status"),
    ("POST", "/api/v2/stacks/{ids:objectids}/mark-critical", StackActionViewSet, "mark_critical"),
    ("DELETE", "/api/v2/stacks/{ids:objectids}/mark-critical", StackActionViewSet, "mark_not_critical"),
    ("POST", "/api/v2/stacks/{id:objectid}/add-link", StackActionViewSet, "add_link"),
    ("POST", "/api/v2/stacks/{id:objectid}/remove-link", StackActionViewSet, "remove_link"),
    ("POST", "/api/v2/stacks/{id:objectid}/promote", StackActionViewSet, "promote"),
    # Searching
    ("GET", "/api/v2/search/validate", SearchViewSet, "validate"),
    # Source maps
    ("GET", "/api/v2/projects/{project_id:objectid}/source-maps", SourceMapViewSet, "list"),
    ("POST", "/api/v2/projects/{project_id:objectid}/source-maps", SourceMapViewSet, "create"),
    ("DELETE", "/api/v2/projects/{project_id:objectid}/source-maps/{source_map_id:str}", SourceMapViewSet, "destroy"),
    # The first version of the API
    ("GET", "/api/v1/project/config", ProjectConfigurationViewSet, "retrieve_own"),
    ("POST", "/api/v1/projecthook/subscribe", WebHookViewSet, "subscribe_first_version"),
    ("POST", "/api/v1/projecthook/unsubscribe", WebHookViewSet, "unsubscribe"),
    ("GET", "/api/v1/projecthook/test", WebHookViewSet, "test"),
    ("POST", "/api/v1/projecthook/test", WebHookViewSet, "test_by_post"),
    ("POST", "/api/v1/stack/markfixed", StackActionViewSet, "mark_fixed_by_reference"),
    ("POST", "/api/v1/stack/addlink", StackActionViewSet, "add_link_by_reference"),
    ("POST", "/api/v1/error", EventViewSet, "submit"),
    ("PATCH", "/api/v1/error/{id:identifier}", EventViewSet, "describe_legacy"),
    ("POST", "/api/v1/events", EventViewSet, "submit"),
    ("POST", "/api/v1/projects/{project_id:objectid}/events", EventViewSet, "submit"),
    ("GET", "/api/v1/events/submit", EventViewSet, "submit_query"),
    ("GET", "/api/v1/events/submit/{type:str}", EventViewSet, "submit_query"),
    ("GET", "/api/v1/projects/{project_id:objectid}/events/submit", EventViewSet, "submit_query"),
    ("GET", "/api/v1/projects/{project_id:objectid}/events/submit/{type:str}", EventViewSet, "submit_query"),
)

View = Callable[..., HttpResponseBase]

PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
_IDS = re.compile(r"\{ids:(\w+)s\}$")


def urlpatterns(rows: tuple[Row, ...] = ROWS) -> list[URLPattern]:
    """Django's patterns: one for each path, with all its methods. A path belongs to one viewset.

    HEAD is answered wherever GET is, by Django itself.
    """
    actions: defaultdict[str, dict[str, str]] = defaultdict(dict)
    views: dict[str, type[WireViewSet]] = {}
    for method, route, viewset, action in rows:
        if views.setdefault(route, viewset) is not viewset:
            raise ValueError(f"{route} is given to two viewsets")
        actions[route][method.lower()] = action
    handlers: dict[str, View] = {route: views[route].as_view(dict(actions[route])) for route in actions}
    for route in actions:
        single = _IDS.sub(r"{id:\1}", route)
        if single != route and single in handlers:
            methods = [method.upper() for method in actions[route]]
            one = views[single].as_view(dict(actions[single]), also_allowed=methods)
            handlers[single] = _one_or_several(one, handlers[route], methods)
    return [path(_django_route(route), handler) for route, handler in handlers.items()]


def _one_or_several(one: View, several: View, methods: Sequence[str]) -> View:
    """`DELETE /projects/{ids}` with a single id has the address of `/projects/{id}`: it is answered there too.

    To the schema the view stays that of the single id.
    """

    @wraps(one)
    def view(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        if request.method in methods:
            return several(request, ids=parameters["id"])
        return one(request, **parameters)

    return view


def _django_route(route: str) -> str:
    return PARAMETER.sub(r"<\2:\1>", route).lstrip("/")
