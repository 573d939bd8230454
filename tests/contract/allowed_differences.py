"""Where our OpenAPI document says something else than the official one, and why.

Each row is a regular expression that must match a whole difference, and the reason. A row that matches nothing
any more fails the test, so that the table does not outlive its reasons.
"""

from __future__ import annotations

NOT_OFFERED = (
    (r"\w+ /\.well-known/oauth.*: missing", "There is no OAuth server."),
    (r"\w+ /api/v2/oauth/.*: missing", "There is no OAuth server."),
    (r"POST /api/v2/assistant/chat > (200|4\d\d|503|body): missing", "There is no assistant: always 404."),
)

ADDITIONAL = (
    (r".* > (4\d\d|50\d): additional", "Every refusal that an operation can give is documented."),
    (r".* > (4\d\d|50\d) > application/problem\+json: additional", "Every refusal has a problem body."),
    (
        r"\w+ /api/v2/organizations/\{id\}/(features/\{feature\}|suspend): additional",
        "Official, but undocumented there.",
    ),
    (r"GET /api/v2/auth/check-email-address/\{email\}: additional", "Official, but undocumented there."),
    (r"GET /api/v2/search/validate: additional", "Official, but undocumented there."),
    (r"POST /api/v[12]/stacks?/(mark-?fixed|add-?link): additional", "Official, but undocumented there."),
    (r"\w+ /api/v2/users/\{id\}/admin-role: additional", "Official, but undocumented there."),
    (r"POST /api/v2/users/unverify-email-address: additional", "Official, but undocumented there."),
    (r"\w+ /api/v2/projects/\{id\}/(slack|notifications): additional", "Official, but undocumented there."),
    (r"GET /api/v2/projects/\{id\}/\{integration\}/notifications: additional", "Official, but undocumented there."),
    (
        r"\w+ /api/(v2/webhooks|v1/projecthook)/(subscribe|unsubscribe|test): additional",
        "Official, but undocumented there: Zapier uses them.",
    ),
    (r"POST /api/v2/auth/oidc: additional", "Any OpenID Connect provider, where the official server has four known."),
    (
        r"\w+ /api/v2/(about|queue-stats|notifications/.*|stripe|contact): additional",
        "Official, but undocumented there.",
    ),
    (r"\w+ /api/v2/admin/.*: additional", "Official, but undocumented there."),
    (r".* > header X-Exceptionless-Client: additional", "The clients send it; the official server reads it too."),
    (r".* > query identity\.name: additional", "The name that the official server reads, whatever its document says."),
    (r".*/submit(/\{type\})? > query type: additional", "The query's type wins over that of the path, there as well."),
    (r".*/by-ref/\{referenceId\}/user-description > query projectId: additional", "Both addresses share the action."),
    (r"GET .*/\{fileName\} > 200 > image/\w+: additional", "The official document does not say what is sent."),
    (r"GET .*/tokens/default > 201: additional", "The official server answers so when it makes the key."),
    (r"PATCH /api/v1/error/\{id\} > 202: additional", "Both servers answer so when there was something to do."),
    (r"User\.is_invite: additional", "The web UI looks at it after adding somebody."),
)

CORRECTED = (
    (r".* > 422: schema is HttpValidationProblemDetails, not ProblemDetails", "A 422 has errors by field, there too."),
    (r".* > 422\.\w+: .*", "A 422 has errors by field, there too."),
    (r".*ProblemDetails\.(traceId|errors): additional", "Both servers send them."),
    (r"DELETE .* > 400 > application/json: additional", "What could not be deleted of several is no problem body."),
    (r"GET .*/users > 200\[\]: schema is ViewUser\|InvitedUser, not ViewUser", "Invites have no more than these."),
    (r"ClientConfiguration\.settings: required is False", "Absent for clients when empty, there too."),
    (r"POST .* > 409: missing", "The official server has no such rule; its refusal of a taken name is a 400."),
    (r"DELETE .* > 500: missing", "Nothing is deleted that could fail so; any operation may answer 500."),
    (r"GET /api/v2/events/session/heartbeat > 400: missing", "A heartbeat without a session is ignored, there too."),
    (r"GET .* > 200\[\]: schema is PersistentEvent\|.*, not PersistentEvent", "`mode` gives rows of other shapes."),
    (r"GET .* > 200\[\]: schema is Stack\|.*, not Stack", "`mode` gives rows of other shapes."),
    (
        r"\w+ /api/v2/users/\{id\}(/avatar)? > 200: schema is ViewCurrentUser\|ViewUser, not ViewUser",
        "Your own answer has more.",
    ),
    (r"POST .*(/events|/error) > body: type is any, not string", "What may be posted is described and has examples."),
    (r"POST /api/v1/error > 200: missing", "A post is answered with 202, there too."),
    (
        r"GET .*/submit(/\{type\})? > query (identityname|parameters): missing",
        "No server reads parameters of these names.",
    ),
    (r"PATCH /api/v1/error/\{id\} > body.*", "The old clients send UserEmail and UserDescription."),
    (r"PATCH /api/v1/error/\{id\} > path id: pattern .*", "It is a reference id, which has hyphens in old clients."),
    (r"(PATCH|PUT) /api/v2/tokens/\{id\} > path id: pattern .*", "One key is changed at a time."),
    (r"ViewToken\.id: .*", "The id of a token is its secret of 40 characters, there too."),
    (r"ViewToken\.project_id: .*", "Keys of an organization have no project, there too."),
    (r"NewToken\.(organization_id|project_id|scopes): .*", "They may be left out, there too."),
    (r"NewProject\.(organization_id|name|delete_bot_data_enabled): required is False", "They may be left out."),
    (r"NewSavedView\.organization_id: required is False", "It may be left out, as that of the address counts."),
    (
        r"PUT /api/v2/saved-views/predefined > body > (application/octet-stream|text/\w+): missing",
        "JSON is sent as JSON here as well.",
    ),
    (r"DELETE /api/v2/saved-views/\{id\}/predefined > 200: missing", "Both servers answer with 204."),
    (r"NewSavedView\.columns: maxLength is None, not 50", "An object has no length; its columns are bounded by rules."),
    (r"\w+\.(name|full_name): maxLength is \d+, not None", "A bound where the official server has none."),
    (
        r"PredefinedSavedViewDefinition\.(key|slug|filter|time|sort): maxLength is \d+, not None",
        "The bounds of the views that are made of it.",
    ),
    (r"POST .*/change-plan > body > [a-z/-]+: missing", "Any body would do, as there is no billing; JSON is meant."),
    (r"User\.(full_name|id): required is False", "They are absent, there too: nobody is stored yet."),
    (r"POST .*/change-status > query status: .*", "Only the statuses that can be chosen; the others are refused."),
    (
        r".* > path (sourceMapId|viewType): minLength is 1, not None",
        "A path without an id is another address.",
    ),
)
