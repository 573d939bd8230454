"""Path segments of the wire; one that does not match is a plain 404."""

from __future__ import annotations

from django.urls import register_converter


class TextConverter:
    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ObjectIdConverter(TextConverter):
    regex = r"[a-zA-Z\d]{24,36}"


class ObjectIdsConverter(TextConverter):
    regex = r"[a-zA-Z\d]{24,36}(?:,[a-zA-Z\d]{24,36})*"


class TokenConverter(TextConverter):
    regex = r"[a-zA-Z\d-]{24,40}"


class TokensConverter(TextConverter):
    regex = r"[a-zA-Z\d-]{24,40}(?:,[a-zA-Z\d-]{24,40})*"


class IdentifierConverter(TextConverter):
    regex = r"[a-zA-Z\d-]{8,100}"


class FileNameConverter(TextConverter):
    regex = r"[^/]+"


class InvoiceConverter(TextConverter):
    regex = r"[^/]{10,}"


class NumberConverter(TextConverter):
    regex = r"\d{1,9}"


def register() -> None:
    register_converter(ObjectIdConverter, "objectid")
    register_converter(ObjectIdsConverter, "objectids")
    register_converter(TokenConverter, "token")
    register_converter(TokensConverter, "tokens")
    register_converter(IdentifierConverter, "identifier")
    register_converter(FileNameConverter, "filename")
    register_converter(InvoiceConverter, "invoice")
    register_converter(NumberConverter, "number")
