"""Settings, all from the environment (README: Configuration). Wrong values stop the start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from exceptionless_site import databases, env

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

# --- Where things live -------------------------------------------------------------------------
DATA_DIR = env.data_directory(BASE_DIR / ".data")
SECRET_KEY = env.secret_key(DATA_DIR)
DEMO = env.boolean("DEMO", default=False)
DEBUG = env.boolean("DEBUG", default=False)
BASE_URL = env.web_address("BASE_URL", "http://localhost:8000")
WEB_UI_URL = env.optional_web_address("WEB_UI_URL")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "*")
TRUST_FORWARDED_HEADERS = env.boolean("TRUST_FORWARDED_HEADERS", default=False)
CSRF_TRUSTED_ORIGINS = [BASE_URL]
if TRUST_FORWARDED_HEADERS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DATABASES: dict[str, dict[str, Any]] = {
    "default": databases.from_url(
        os.environ.get("DATABASE_URL", "").strip(),
        sqlite_path=DATA_DIR / "exceptionless.sqlite3",
        sqlite_synchronous=env.choice("SQLITE_SYNCHRONOUS", "FULL", ("FULL", "NORMAL")),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The server's own rules (names follow the official server's settings) -----------------------
MAXIMUM_EVENT_POST_SIZE = env.integer("MAXIMUM_EVENT_POST_SIZE", 200_000, minimum=1_000, maximum=50_000_000)
MAXIMUM_RETENTION_DAYS = env.integer("MAXIMUM_RETENTION_DAYS", 180, minimum=1, maximum=36_500)
API_THROTTLE_LIMIT = env.integer("API_THROTTLE_LIMIT", -1, minimum=-1)
BOT_THROTTLE_LIMIT = env.integer("BOT_THROTTLE_LIMIT", 25, minimum=-1)
EVENT_SUBMISSION_DISABLED = env.boolean("EVENT_SUBMISSION_DISABLED", default=False)
ENABLE_ACCOUNT_CREATION = env.boolean("ENABLE_ACCOUNT_CREATION", default=True)
SIGN_IN_PROVIDERS = {
    name: env.sign_in_provider(variable)
    for name, variable in (
        ("github", "GITHUB"),
        ("google", "GOOGLE"),
        ("facebook", "FACEBOOK"),
        ("live", "MICROSOFT"),
        ("oidc", "OIDC"),
    )
}
GEOIP_DATABASE = env.existing_file("GEOIP_DATABASE")
SOURCE_MAP_DISCOVERY = env.boolean("SOURCE_MAP_DISCOVERY", default=False)
WEB_HOOK_NETWORKS = env.networks("WEB_HOOK_NETWORKS")
SLACK_CLIENT_ID = env.text("SLACK_CLIENT_ID")
SLACK_CLIENT_SECRET = env.text("SLACK_CLIENT_SECRET")
SLACK_API_URL = "https://slack.com/api"
ENABLE_DAILY_SUMMARY = env.boolean("ENABLE_DAILY_SUMMARY", default=not DEMO)

# --- Mails -------------------------------------------------------------------------------------
EMAIL_HOST = env.text("SMTP_HOST")
EMAIL_PORT = env.integer("SMTP_PORT", 587, minimum=1, maximum=65_535)
EMAIL_HOST_USER = env.text("SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("SMTP_PASSWORD")
_smtp_encryption = env.choice("SMTP_ENCRYPTION", "STARTTLS", ("STARTTLS", "TLS", "NONE"))
EMAIL_USE_TLS, EMAIL_USE_SSL = _smtp_encryption == "STARTTLS", _smtp_encryption == "TLS"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender(
    "SMTP_FROM", f"Exceptionless <noreply@{urlsplit(BASE_URL).hostname or 'localhost'}>"
)
CONTACT_ADDRESS = env.email_address("CONTACT_ADDRESS")
# Without a mail server mails wait and the admin says why; a demo prints them.
_BACKEND = "smtp" if EMAIL_HOST else "console" if DEMO else "dummy"
EMAIL_BACKEND = f"django.core.mail.backends.{_BACKEND}.EmailBackend"

# --- Django ------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "exceptionless_site",
    "exceptionless_site.core",
    "accounts",
    "projects",
    "tokens",
    "events",
]
MIDDLEWARE = [
    "exceptionless_site.api.middleware.WireHeadersMiddleware",
    # What clients post all day needs none of what follows.
    "exceptionless_site.api.shortcuts.ShortcutMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "exceptionless_site.api.middleware.ProblemMiddleware",
]
ROOT_URLCONF = "exceptionless_site.urls"
WSGI_APPLICATION = "exceptionless_site.wsgi.application"
APPEND_SLASH = False  # a redirected POST turns into a GET in the JavaScript clients
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    # As long as the wire's own rule asks for, so that the admin and the API agree.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 6}},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
FORMAT_MODULE_PATH = "exceptionless_site.formats"
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "source-maps": {
        "BACKEND": "exceptionless_site.core.file_storage.AtomicFileStorage",
        "OPTIONS": {"location": DATA_DIR / "source-maps"},
    },
    "images": {
        "BACKEND": "exceptionless_site.core.file_storage.AtomicFileStorage",
        "OPTIONS": {"location": DATA_DIR / "images"},
    },
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# The event routes cap and count what they read themselves; this is the cap for all others.
DATA_UPLOAD_MAX_MEMORY_SIZE = MAXIMUM_EVENT_POST_SIZE + 4096

# Figures that may be some minutes old; nothing is right or wrong by them.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5_000}}}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tokens.authentication.CredentialAuthentication",
        "tokens.authentication.BrowsableSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tokens.permissions.UserPolicy"],
    "DEFAULT_RENDERER_CLASSES": [
        "exceptionless_site.api.renderers.WireJSONRenderer",
        "exceptionless_site.api.renderers.BrowsableRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["exceptionless_site.api.parsers.WireJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "exceptionless_site.api.pagination.WirePagination",
    "DEFAULT_SCHEMA_CLASS": "exceptionless_site.api.schema.WireSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "exceptionless_site.api.renderers.ForgivingNegotiation",
    "EXCEPTION_HANDLER": "exceptionless_site.api.exception_handler.problem_handler",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Exceptionless API",
    "VERSION": "v2",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "Errors, logs, usages and sessions of your applications, on a server of your own.",
    "CONTACT": {"name": "Exceptionless", "url": "https://exceptionless.com"},
    "TAGS": [
        {"name": name}
        for name in (
            "Auth",
            "Event",
            "Organization",
            "Project",
            "Stack",
            "Token",
            "User",
            "WebHook",
            "SavedView",
            "Source Map",
            "OAuth",
            "Status",
            "Admin",
            "AssistantEndpoints",
            "AdminEndpoints",
        )
    ],
    "APPEND_COMPONENTS": {
        # A value of any JSON type.
        "schemas": {"JsonElement": {}},
        "securitySchemes": {
            "Bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "A login token or an API key, sent in the Authorization header.",
            },
            "Token": {
                "type": "apiKey",
                "in": "query",
                "name": "access_token",
                "description": "A login token or an API key, sent in the address.",
            },
            "Basic": {
                "type": "http",
                "scheme": "basic",
                "description": "Your e-mail address and password, or `client` and an API key.",
            },
        },
    },
    "PATH_CONVERTER_OVERRIDES": {
        "objectid": {"type": "string", "pattern": r"^[a-zA-Z\d]{24,36}$"},
        "objectids": {"type": "string", "pattern": r"^[a-zA-Z\d]{24,36}(,[a-zA-Z\d]{24,36})*$"},
        "token": {"type": "string", "pattern": r"^[a-zA-Z\d-]{24,40}$"},
        "tokens": {"type": "string", "pattern": r"^[a-zA-Z\d-]{24,40}(,[a-zA-Z\d-]{24,40})*$"},
        "identifier": {"type": "string", "pattern": r"^[a-zA-Z\d-]{8,100}$"},
        "invoice": {"type": "string", "minLength": 10},
        "filename": {"type": "string"},
        "str": {"type": "string", "minLength": 1},
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "exceptionless_site.api.schema_hooks.finish",
    ],
    "SORT_OPERATIONS": "exceptionless_site.api.schema_names.operation_order",
    "SORT_OPERATION_PARAMETERS": False,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "BillingStatus": "accounts.api.organization_serializers.BILLING_STATUSES",
        "StackStatus": "events.models.stack.STATUS_CHOICES",
    },
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}
UNFOLD = {
    "SITE_TITLE": "Exceptionless",
    "SITE_HEADER": "Exceptionless",
    "SITE_SUBHEADER": "Server administration",
    "SITE_SYMBOL": "bolt",
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/exceptionless/favicon.svg"}],
    "SHOW_VIEW_ON_SITE": False,
    "LOGIN": {"form": "accounts.sign_in.SignInForm"},
    "STYLES": ["/static/exceptionless/admin.css"],
    "DASHBOARD_CALLBACK": "events.admin.dashboard.dashboard",
    "SIDEBAR": {"navigation": "exceptionless_site.admin.navigation"},
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .02 145)",
            "100": "oklch(94.5% .04 145)",
            "200": "oklch(89.5% .08 145)",
            "300": "oklch(82% .13 145)",
            "400": "oklch(72% .17 145)",
            "500": "oklch(61% .17 145)",
            "600": "oklch(51% .145 146)",
            "700": "oklch(44% .12 147)",
            "800": "oklch(38% .1 148)",
            "900": "oklch(33% .08 149)",
            "950": "oklch(23% .06 150)",
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))},
    # Refused requests answer with a problem body and are counted; a log line for each would only be noise.
    "loggers": {"django.request": {"level": "ERROR"}, "django.server": {"level": "WARNING"}},
}
