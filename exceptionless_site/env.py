"""Strict reading of environment variables: a wrong value stops the start with a sentence that names it."""

from __future__ import annotations

import ipaddress
import os
import secrets
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "EXCEPTIONLESS_"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The value of EXCEPTIONLESS_<name>, trimmed; the default when unset or empty."""
    return os.environ.get(PREFIX + name, "").strip() or default


def boolean(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value not in _TRUE | _FALSE:
        raise ImproperlyConfigured(f"{PREFIX}{name} must be true or false, not {value!r}.")
    return value in _TRUE


def integer(name: str, default: int, *, minimum: int, maximum: int = 2**31 - 1) -> int:
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{PREFIX}{name} must be a whole number, not {value!r}.") from None
    if not minimum <= number <= maximum:
        raise ImproperlyConfigured(f"{PREFIX}{name} must be between {minimum} and {maximum}, not {number}.")
    return number


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default).upper()
    if value not in allowed:
        raise ImproperlyConfigured(f"{PREFIX}{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks dropped."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def web_address(name: str, default: str) -> str:
    """An http(s) address without a trailing slash."""
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ImproperlyConfigured(f"{PREFIX}{name} must be an http or https address, not {value!r}.")
    return value


def optional_web_address(name: str) -> str:
    """An http(s) address without a trailing slash, or an empty text."""
    return web_address(name, "") if text(name) else ""


def sender(name: str, default: str) -> str:
    """An e-mail address, with or without a name before it."""
    value = text(name, default)
    address = parseaddr(value)[1]
    if "@" not in address or any(character in value for character in "\r\n"):
        raise ImproperlyConfigured(f"{PREFIX}{name} must be an e-mail address, not {value!r}.")
    return value


def email_address(name: str) -> str:
    """A bare e-mail address, or an empty text."""
    value = text(name)
    if value and (parseaddr(value)[1] != value or "@" not in value):
        raise ImproperlyConfigured(f"{PREFIX}{name} must be an e-mail address, not {value!r}.")
    return value


def sign_in_provider(name: str) -> dict[str, str] | None:
    """What is set about signing in by another service; None when it is not configured.

    Reads <name>_CLIENT_ID and <name>_CLIENT_SECRET, and for services of one's own the addresses <name>_TOKEN_URL
    and <name>_USER_URL, or <name>_ISSUER for OpenID Connect.
    """
    secrets_ = {part: text(f"{name}_{part.upper()}") for part in ("client_id", "client_secret")}
    if not any(secrets_.values()):
        return None
    for part, value in secrets_.items():
        if not value:
            raise ImproperlyConfigured(f"{PREFIX}{name}_{part.upper()} is missing beside its counterpart.")
    addresses = {part: optional_web_address(f"{name}_{part.upper()}") for part in ("token_url", "user_url", "issuer")}
    if name == "OIDC" and not addresses["issuer"]:
        raise ImproperlyConfigured(f"{PREFIX}OIDC_ISSUER is missing beside {PREFIX}OIDC_CLIENT_ID.")
    return secrets_ | addresses


def networks(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """A comma-separated list of networks such as 10.0.0.0/8."""
    try:
        return tuple(ipaddress.ip_network(item) for item in names(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{PREFIX}{name} must list networks such as 10.0.0.0/8: {error}.") from None


def existing_file(name: str) -> Path | None:
    value = text(name)
    if not value:
        return None
    path = Path(value).expanduser()
    if not path.is_file():
        raise ImproperlyConfigured(f"{PREFIX}{name} names {value!r}, which is no file.")
    return path


def data_directory(default: Path) -> Path:
    """Where the database, the secret key and uploads live; made on first use, readable by its owner only."""
    path = Path(text("DATA_DIR", str(default))).expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ImproperlyConfigured(f"{PREFIX}DATA_DIR {str(path)!r} cannot be made: {error.strerror}.") from None
    return path


def secret_key(directory: Path) -> str:
    """EXCEPTIONLESS_SECRET_KEY, or a random key kept in the data directory since its first start."""
    value = text("SECRET_KEY")
    if value:
        if len(value) < 32:
            raise ImproperlyConfigured(f"{PREFIX}SECRET_KEY must have at least 32 characters.")
        return value
    try:
        return _stored_secret(directory / "secret_key")
    except OSError as error:
        raise ImproperlyConfigured(
            f"{PREFIX}DATA_DIR {str(directory)!r} cannot hold the secret key: {error.strerror}."
        ) from None


def _stored_secret(path: Path) -> str:
    # Several processes may start at once: only one wins the link, all read what the winner wrote.
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
