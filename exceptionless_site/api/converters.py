"""Path segments of the wire; one that does not match is a plain 404."""

from __future__ import annotations

from django.urls import register_converter


class Converter:
    regex: str = ""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ObjectIdConverter(Converter):
    regex = r"[a-zA-Z\d]{24,36}"


class ObjectIdsConverter(Converter):
    regex = r"[a-zA-Z\d]{24,36}(?:,[a-zA-Z\d]{24,36})*"


class TokenConverter(Converter):
    regex = r"[a-zA-Z\d-]{24,40}"


class TokensConverter(Converter):
    regex = r"[a-zA-Z\d-]{24,40}(?:,[a-zA-Z\d-]{24,40})*"


class IdentifierConverter(Converter):
    regex = r"[a-zA-Z\d-]{8,100}"


class FileNameConverter(Converter):
    regex = r"[^/]+"


class InvoiceConverter(Converter):
    regex = r"[^/]{10,}"


class NumberConverter(Converter):
    regex = r"\d{1,9}"


BY_NAME: dict[str, type[Converter]] = {
    "objectid": ObjectIdConverter,
    "objectids": ObjectIdsConverter,
    "token": TokenConverter,
    "tokens": TokensConverter,
    "identifier": IdentifierConverter,
    "filename": FileNameConverter,
    "invoice": InvoiceConverter,
    "number": NumberConverter,
}


def register() -> None:
    for name, converter in BY_NAME.items():
        register_converter(converter, name)
