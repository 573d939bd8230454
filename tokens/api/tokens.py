"""Tokens: API keys. The wire's token id is the secret itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identity import Identity
from accounts.models import Organization
from accounts.models.user import CLIENT, GLOBAL
from accounts.permissions import API_KEY_SCOPES, SOURCE_MAPS_WRITE
from exceptionless_site.api.bodies import read_body
from exceptionless_site.api.bulk import delete_in_bulk
from exceptionless_site.api.delta import read_delta
from exceptionless_site.api.errors import VALIDATION_TITLE, Problem, bad_request, invalid, not_found
from exceptionless_site.api.schema import OPTIONAL_BODY, problems
from exceptionless_site.api.serializers import WireDateTimeField, WireSerializer, WorkInProgressResultSerializer
from exceptionless_site.api.text_fields import OptionalTextField
from exceptionless_site.api.viewsets import WireViewSet
from projects.api.fields import IdentifierField
from projects.models import Project
from tokens.models import Token, TokenQuerySet
from tokens.services.tokens import (
    api_keys_of_project,
    create_api_key,
    default_api_key,
    delete_tokens,
    update_token,
)

_VERBS = {"POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}


@extend_schema_field({"type": "string", "minLength": 24, "maxLength": 40, "pattern": r"^[a-zA-Z\d-]{24,40}$"})
class SecretField(serializers.CharField):
    pass


@extend_schema_field({"type": "array", "items": {"type": "string"}, "uniqueItems": True})
class ScopesField(serializers.ListField):
    child = serializers.CharField()


class ViewTokenSerializer(WireSerializer):
    id = SecretField(source="secret", help_text="What a client sends to be let in.")
    organization_id = IdentifierField()
    project_id = IdentifierField(required=False, allow_null=True)
    user_id = IdentifierField(required=False, allow_null=True)
    default_project_id = IdentifierField(required=False, allow_null=True)
    scopes = ScopesField()
    expires_utc = WireDateTimeField(required=False, allow_null=True)
    notes = OptionalTextField()
    is_disabled = serializers.BooleanField()
    is_suspended = serializers.BooleanField()
    created_utc = WireDateTimeField()
    updated_utc = WireDateTimeField()


class NewTokenSerializer(WireSerializer):
    organization_id = IdentifierField(required=False)
    project_id = IdentifierField(required=False, allow_null=True)
    default_project_id = IdentifierField(required=False, allow_null=True)
    scopes = ScopesField(required=False, help_text=f"Of {', '.join(API_KEY_SCOPES)}; client when it is left out.")
    expires_utc = WireDateTimeField(required=False, allow_null=True)
    notes = serializers.CharField(required=False, allow_null=True, allow_blank=True)


class UpdateTokenSerializer(WireSerializer):
    is_disabled = serializers.BooleanField(required=False)
    notes = serializers.CharField(required=False, allow_null=True, allow_blank=True)


class Place(NamedTuple):
    """Where a new key belongs."""

    organization_id: str
    project_id: str | None = None
    default_project_id: str | None = None


_CREATED = OpenApiResponse(ViewTokenSerializer, description="The new key; its address is in `Location`.")
_KEY_EXAMPLE = OpenApiExample("A key for clients", {"scopes": ["client"], "notes": "Web shop"}, request_only=True)
_TOKEN_NOT_FOUND = (404, "The token could not be found.")
_PROJECT_NOT_FOUND = (404, "The project could not be found.")


class TokenViewSet(WireViewSet):
    """For people only: a stolen API key must not beget others."""

    tag = "Token"
    queryset = Token.objects.all()
    not_found_title = "Token not found."
    serializer_class = ViewTokenSerializer

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        identity: Any = request.auth
        if identity.kind == "token":
            verb = _VERBS.get(request.method or "", "access")
            raise Problem(403, f"Token authentication cannot {verb} tokens.")

    @extend_schema(
        summary="Get by organization",
        description="All API keys of the organization, oldest first.",
        responses={
            200: ViewTokenSerializer(many=True),
            **problems(400, (404, "The organization could not be found.")),
        },
    )
    def list_by_organization(self, request: Request, organization_id: str) -> Response:
        if not self.identity.can_access(organization_id):
            raise not_found("Organization not found.")
        return self._page(Token.objects.api_keys().filter(organization_id=organization_id))

    @extend_schema(
        summary="Get by project",
        description="API keys that are bound to the project or send to it by default, oldest first.",
        responses={200: ViewTokenSerializer(many=True), **problems(400, _PROJECT_NOT_FOUND)},
    )
    def list_by_project(self, request: Request, project_id: str) -> Response:
        return self._page(api_keys_of_project(self._project(project_id)))

    @extend_schema(
        summary="Get a projects default token",
        description="The project's oldest key for clients; one is made when there is none.",
        responses={
            200: ViewTokenSerializer,
            201: OpenApiResponse(ViewTokenSerializer, description="There was none; this one is new."),
            **problems(_PROJECT_NOT_FOUND),
        },
    )
    def retrieve_default(self, request: Request, project_id: str) -> Response:
        project = self._project(project_id)
        token, is_new = default_api_key(project=project, created_by=self.require_user().pk)
        return self._created(token) if is_new else self._answer(token)

    @extend_schema(summary="Get by id", responses={200: ViewTokenSerializer, **problems(_TOKEN_NOT_FOUND)})
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the wire's name
        return self._answer(self.find(secret=id))

    @extend_schema(
        summary="Create",
        description="A key of one project. The scope `global` is for global admins; it implies `user`, which implies "
        "`client`.",
        request=NewTokenSerializer,
        responses={201: _CREATED, **problems(400, 415, 422)},
        examples=[
            OpenApiExample(
                "A key for clients",
                {
                    "organization_id": "537650f3b77efe23a47914f3",
                    "project_id": "537650f3b77efe23a47914f4",
                    "scopes": ["client"],
                    "notes": "Web shop",
                },
                request_only=True,
            )
        ],
    )
    def create(self, request: Request) -> Response:
        new = read_body(request, NewTokenSerializer)
        if not new.get("project_id"):
            raise bad_request(VALIDATION_TITLE, errors={"project_id": ["The project_id field is required."]})
        return self._create(new, new.get("organization_id") or next(iter(self.identity.organization_ids), None))

    @extend_schema(
        summary="Create for organization",
        description="The body may be left out: the key then has the scope `client`.",
        request=NewTokenSerializer,
        responses={201: _CREATED, **problems(400, 415, 422)},
        extensions=OPTIONAL_BODY,
        examples=[_KEY_EXAMPLE],
    )
    def create_for_organization(self, request: Request, organization_id: str) -> Response:
        new = _optional_body(request)
        if not self.identity.is_in(organization_id):
            raise bad_request("Invalid organization.")
        return self._create(new, organization_id)

    @extend_schema(
        summary="Create for project",
        description="The body may be left out: the key then has the scope `client`.",
        request=NewTokenSerializer,
        responses={201: _CREATED, **problems(400, _PROJECT_NOT_FOUND, 415, 422)},
        extensions=OPTIONAL_BODY,
        examples=[_KEY_EXAMPLE],
    )
    def create_for_project(self, request: Request, project_id: str) -> Response:
        new = _optional_body(request)
        project = self._project(project_id)
        return self._create(new | {"project_id": project.pk}, project.organization_id)

    @extend_schema(
        summary="Update",
        description="Changes what is sent and leaves the rest. PUT and PATCH mean the same. "
        "A disabled key is refused from the next request on.",
        request=UpdateTokenSerializer,
        responses={
            200: OpenApiResponse(ViewTokenSerializer, description="The key as it is now."),
            **problems(400, _TOKEN_NOT_FOUND, 415, 422),
        },
        examples=[OpenApiExample("Disable", {"is_disabled": True}, request_only=True)],
    )
    def update(self, request: Request, id: str) -> Response:  # noqa: A002
        delta = read_delta(request, UpdateTokenSerializer)
        token = self.find(secret=id)
        if delta.values:
            update_token(token=token, **delta.values)
        return self._answer(token)

    @extend_schema(
        summary="Remove",
        description="Ids are parted by commas. The keys are refused from the next request on.",
        responses={
            202: OpenApiResponse(WorkInProgressResultSerializer, description="Accepted"),
            **problems((400, "Some of the tokens could not be removed."), (404, "The tokens could not be found.")),
        },
    )
    def destroy(self, request: Request, ids: str) -> Response:
        return delete_in_bulk(
            ids,
            find=lambda wanted: self._reachable().filter(secret__in=wanted),
            refusal=self._deletion_refusal,
            delete=lambda tokens: delete_tokens(tokens=tokens),
            missing_title="No tokens found.",
            key=lambda token: token.secret,
        )

    @property
    def identity(self) -> Identity:
        return self.request.auth  # type: ignore[return-value]  # the stubs know DRF's own token only

    def _create(self, new: dict[str, Any], organization_id: str | None) -> Response:
        if organization_id is None:
            raise bad_request("Organization is required.")
        scopes = self._scopes(new)
        place = self._place(new, organization_id)
        token = create_api_key(
            **place._asdict(),
            scopes=scopes,
            notes=new.get("notes") or "",
            expires_utc=new.get("expires_utc"),
            created_by=self.require_user().pk,
        )
        return self._created(token)

    def _scopes(self, new: dict[str, Any]) -> Sequence[str]:
        scopes = list(dict.fromkeys(scope.lower() for scope in new.get("scopes") or ())) or [CLIENT]
        if not set(scopes) <= set(API_KEY_SCOPES):
            raise invalid(scopes="Invalid token scope requested.")
        if SOURCE_MAPS_WRITE in scopes and not new.get("project_id"):
            raise invalid(project_id="The source-maps:write scope requires a project-scoped token.")
        if GLOBAL in scopes and not self.identity.is_global_admin:
            raise invalid(scopes="Invalid token scope requested.")
        return scopes

    def _place(self, new: dict[str, Any], organization_id: str) -> Place:
        """A project brings its organization along and needs no default project."""
        projects = Project.objects.visible_to(self.identity)
        if new.get("project_id"):
            project = projects.filter(pk=new["project_id"]).first()
            if project is None:
                raise invalid(project_id="Please specify a valid project id.")
            return Place(project.organization_id, project.pk)
        default_id = new.get("default_project_id")
        if default_id and not projects.filter(pk=default_id, organization_id=organization_id).exists():
            raise invalid(default_project_id="Please specify a valid default project id.")
        if not Organization.objects.visible_to(self.identity).filter(pk=organization_id).exists():
            raise bad_request("Invalid organization id specified.")
        return Place(organization_id, default_project_id=default_id)

    def _project(self, project_id: str) -> Project:
        project = Project.objects.visible_to(self.identity).filter(pk=project_id).first()
        if project is None:
            raise not_found("Project not found.")
        return project

    def _reachable(self) -> TokenQuerySet:
        """API keys of the caller's organizations, other people's personal ones too; all for a global admin."""
        keys = Token.objects.api_keys()
        if self.identity.is_global_admin:
            return keys
        return keys.filter(organization_id__in=self.identity.organization_ids)

    def _deletion_refusal(self, token: Token) -> Problem | None:
        is_own = token.user_id is None or token.user_id == self.require_user().pk
        return None if is_own else bad_request("Can only delete tokens created by you.")

    def _page(self, tokens: TokenQuerySet) -> Response:
        page = self.paginate_queryset(tokens.order_by("created_utc", "pk"))
        return self.get_paginated_response(ViewTokenSerializer(page, many=True).data)

    def _answer(self, token: Token, status: int = 200) -> Response:
        return Response(ViewTokenSerializer(token).data, status=status)

    def _created(self, token: Token) -> Response:
        response = self._answer(token, status=201)
        response["Location"] = self.request.build_absolute_uri(f"/api/v2/tokens/{token.secret}")
        return response


def _optional_body(request: Request) -> dict[str, Any]:
    """The members of the body; none when there is no body, or JSON's null."""
    is_absent = request.data is None or request.stream is None
    return {} if is_absent else read_body(request, NewTokenSerializer)
