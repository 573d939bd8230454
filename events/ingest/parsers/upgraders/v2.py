"""Up to 2.0: an error was the document itself; since then it is the `@error` of an event."""

from __future__ import annotations

import logging
from typing import Any

from events.ingest.parsers.upgraders.documents import Document, LegacyDocuments, error_chain, is_empty, move
from exceptionless_site.core.json import loads

logger = logging.getLogger(__name__)

_EXCEPTION_INFO = "__ExceptionInfo"
_MAX_EXCEPTION_INFO = 200_000
_ERROR_MEMBERS = ("Code", "Type", "Inner", "StackTrace", "TargetMethod", "Modules")
_DROPPED_IDS = ("OrganizationId", "ProjectId", "ErrorStackId", "ExceptionlessClientInfo")
_DROPPED_WHEN_EMPTY = ("Data", "GenericArguments", "Parameters")


def upgrade(payload: LegacyDocuments) -> None:
    """Turn each document into an event whose members are still in PascalCase."""
    for document in payload.documents:
        _upgrade_document(document)


def _upgrade_document(document: Document) -> None:
    not_found = str(document.get("Code")) == "404"
    _rename_root(document)
    _move_contexts(document, not_found)
    if not_found and "@request" in document:
        for name in ("Message", *_ERROR_MEMBERS):
            document.pop(name, None)
        _data(document).pop(_EXCEPTION_INFO, None)
    else:
        _build_error(document)
    document["Type"] = "404" if not_found else "error"
    _move_user(document)
    _drop_empty_members(document)


def _data(document: Document) -> Document:
    """The object under Data, or one to read from where there is none."""
    data = document.get("Data")
    return data if isinstance(data, dict) else {}


def _rename_root(document: Document) -> None:
    move(document, "Id", document, "ReferenceId")
    for name in _DROPPED_IDS:
        document.pop(name, None)
    move(document, "OccurrenceDate", document, "Date")
    tags = document.pop("Tags", None)
    if isinstance(tags, list):
        tags = [tag for tag in tags if not isinstance(tag, str) or 1 <= len(tag) <= 255]
    if not is_empty(tags):
        document["Tags"] = tags
    _rename_extended_data(document)


def _rename_extended_data(value: Any) -> None:
    members = value.values() if isinstance(value, dict) else value
    for member in members:
        if isinstance(member, (dict, list)):
            _rename_extended_data(member)
    if isinstance(value, dict) and "ExtendedData" in value:
        extended = value.pop("ExtendedData")
        value["ExtendedData" if "Data" in value else "Data"] = extended


def _move_contexts(document: Document, not_found: bool) -> None:
    """Request, environment and trace; the last two say nothing about a page that was not found."""
    move(document, "RequestInfo", document, "@request")
    move(document, "EnvironmentInfo", document, "@environment")
    move(_data(document), "TraceLog", document, "@trace")
    if not_found:
        document.pop("@environment", None)
        document.pop("@trace", None)


def _build_error(document: Document) -> None:
    error: Document = {}
    if not is_empty(document.get("Message")):
        error["Message"] = document["Message"]
    for name in _ERROR_MEMBERS:
        move(document, name, error, name)
    exception_info = _data(document).pop(_EXCEPTION_INFO, None)
    if exception_info is not None:
        error["Data"] = {_EXCEPTION_INFO: exception_info}
    for link in error_chain(error):
        data = link.get("Data")
        if isinstance(data, dict) and _EXCEPTION_INFO in data:
            _unpack_exception_info(data)
    document["@error"] = error


def _unpack_exception_info(data: Document) -> None:
    """The exception's own properties, JSON in a text, become `@ext`; a text that is no JSON object stays."""
    info = data.pop(_EXCEPTION_INFO)
    if isinstance(info, str) and len(info) > _MAX_EXCEPTION_INFO:
        logger.warning("Dropped exception properties of %d characters", len(info))
        return
    properties = _read_object(info)
    if properties is None:
        if not is_empty(info):
            data[_EXCEPTION_INFO] = info
        return
    # Entries of the data have precedence over properties of the same name.
    extra = {f"_{key}" if key in data else key: value for key, value in properties.items() if not is_empty(value)}
    if extra:
        data["@ext"] = extra


def _read_object(value: Any) -> Document | None:
    if isinstance(value, str):
        try:
            value = loads(value)
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _move_user(document: Document) -> None:
    email_address = document.pop("UserEmail", None)
    description = document.pop("UserDescription", None)
    if not _is_blank(email_address) and not _is_blank(description):
        document["@user_description"] = {"EmailAddress": email_address, "Description": description}
    name = document.pop("UserName", None)
    if not _is_blank(name):
        document["@user"] = {"Identity": name}


def _is_blank(value: Any) -> bool:
    return is_empty(value) or (isinstance(value, str) and value.isspace())


def _drop_empty_members(value: Any) -> None:
    if isinstance(value, dict):
        for name in _DROPPED_WHEN_EMPTY:
            if name in value and is_empty(value[name]):
                del value[name]
    for member in list(value.values()) if isinstance(value, dict) else value:
        if isinstance(member, (dict, list)):
            _drop_empty_members(member)
