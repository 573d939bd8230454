"""Methods and stack frames as one line of text: `Shop.Cart.Add[Item](Int32 count, String name)`."""

from __future__ import annotations

from events.stacking.error_chain import text_member
from exceptionless_site.core.json import JSONObject

_NO_NAME = "<null>"


def method_signature(method: JSONObject) -> str:
    """The full text with parameters; `<null>` without a name, `file:line:column` for a mapped anonymous frame."""
    name = method_full_name(method)
    return f"{name}({_parameters(method)})" if text_member(method, "name") else name


def method_full_name(method: JSONObject) -> str:
    """The same text without parameters and parentheses."""
    name = text_member(method, "name")
    if not name:
        return _position(method) if is_mapped_anonymous(method) else _NO_NAME
    namespace = text_member(method, "declaring_namespace")
    declaring_type = text_member(method, "declaring_type").replace("+", ".")
    return ".".join(part for part in (namespace, declaring_type, name) if part) + _generic_arguments(method)


def is_mapped_anonymous(frame: JSONObject) -> bool:
    """Whether a source map gave this frame its file and line, and the function there has no name."""
    data = frame.get("data")
    is_mapped = isinstance(data, dict) and isinstance(data.get("@source_map"), dict)
    return is_mapped and not text_member(frame, "name") and bool(text_member(frame, "file_name"))


def _position(frame: JSONObject) -> str:
    places = [text_member(frame, "file_name")]
    for name in ("line_number", "column"):
        number = frame.get(name)
        if type(number) is not int:
            break
        places.append(str(number))
    return ":".join(places)


def _generic_arguments(method: JSONObject) -> str:
    arguments = method.get("generic_arguments")
    names = [name for name in arguments if isinstance(name, str)] if isinstance(arguments, list) else []
    return f"[{','.join(names)}]" if names else ""


def _parameters(method: JSONObject) -> str:
    parameters = method.get("parameters")
    if not isinstance(parameters, list):
        return ""
    return ", ".join(_parameter(parameter) for parameter in parameters if isinstance(parameter, dict))


def _parameter(parameter: JSONObject) -> str:
    type_name = text_member(parameter, "type").replace("+", ".") or "<UnknownType>"
    return f"{type_name} {text_member(parameter, 'name')}"
