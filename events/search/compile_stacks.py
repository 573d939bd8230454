"""From a filter's meaning to a condition on stored stacks.

Words of titles and descriptions are found by pattern, since a project has thousands of stacks and not millions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from django.db.models import Q

from events.search.calendar_units import next_millisecond
from events.search.conditions import (
    And,
    AnyToken,
    Between,
    Condition,
    Equals,
    Everything,
    Not,
    Or,
    Phrase,
    Present,
    RangeValue,
    StartsWith,
    Token,
    TokenPattern,
)
from events.search.errors import FilterValueError
from events.search.fields import CUSTOM_PREFIX, STACK_FIELDS, Field, Kind
from events.search.json_lists import AnyElement, Comparison, starts_with
from events.search.nodes import Group
from events.search.parser import parse_filter
from events.search.plan import plan_filter
from events.search.split import with_fixed_as_date, without_inversion_mark
from exceptionless_site.core.clock import utc_now

NOTHING = Q(pk__in=[])
MAXIMUM_WILDCARDS = 2
"""Inside one word; each further one would multiply the work for a long title by its length."""
MAXIMUM_CONDITIONS = 400
"""SQLite takes expressions that are a thousand levels deep, and every condition of a row is a level."""

MAXIMUM_DEPTH = 20
"""SQLite's parser has a small stack."""

_LISTS = frozenset({"tags", "references"})
_BLANK_WHEN_ABSENT = frozenset({"description", "fixed_in_version"})


def compile_stack_filter(text: str | None) -> Q:
    """The condition for the stacks that a filter means; an empty filter means all.

    Raises FilterSyntaxError or FilterValueError, both with a sentence for the person who wrote it.
    """
    return compile_stack_tree(parse_filter(without_inversion_mark(text or "")))


def compile_stack_tree(tree: Group, prefix: str = "") -> Q:
    """The same for a parsed filter; `prefix` leads from the rows asked for to their stack, as in `stack__`."""
    condition = plan_filter(with_fixed_as_date(tree), STACK_FIELDS, now=utc_now())
    if _size(condition) > MAXIMUM_CONDITIONS:
        raise FilterValueError(f"More than {MAXIMUM_CONDITIONS} conditions; a word without a field counts as five")
    if _depth(condition) > MAXIMUM_DEPTH:
        raise FilterValueError("Groups are nested too deep in each other")
    return Q() if isinstance(condition, Everything) else _condition(condition, prefix)


def _size(condition: Condition) -> int:
    match condition:
        case And(parts) | Or(parts):
            return sum(map(_size, parts))
        case Not(part):
            return _size(part)
    return 1


def _depth(condition: Condition) -> int:
    match condition:
        case And(parts) | Or(parts):
            return 1 + max(map(_depth, parts))
        case Not(part):
            return 1 + _depth(part)
    return 1


def _condition(condition: Condition, prefix: str) -> Q:
    match condition:
        case And(parts):
            return _joined(parts, prefix, Q.AND)
        case Or(parts):
            return _joined(parts, prefix, Q.OR)
        case Not(part):
            return ~_condition(part, prefix)
        case Present() | Equals() | StartsWith() | Between() | AnyToken() | Phrase() | TokenPattern():
            return _on_field(condition, prefix + condition.field.name)
    return NOTHING


def _joined(parts: Sequence[Condition], prefix: str, connector: str) -> Q:
    combined = Q(_connector=connector)
    for part in parts:
        combined.add(_condition(part, prefix), connector)
    return combined


_FieldCondition = Present | Equals | StartsWith | Between | AnyToken | Phrase | TokenPattern


def _on_field(condition: _FieldCondition, column: str) -> Q:
    field = condition.field
    if field.name.startswith(CUSTOM_PREFIX):
        return NOTHING
    if isinstance(condition, Present):
        return _present(field, column)
    if field.kind is Kind.TEXT:
        return Q(**{f"{column}__iregex": _pattern(condition)})
    if field.name in _LISTS:
        return Q(AnyElement(column, _comparisons(condition)))
    return _plain(condition, column)


def _present(field: Field, column: str) -> Q:
    if field.name in _LISTS:
        return ~Q(**{column: []})
    if field.name in _BLANK_WHEN_ABSENT:
        return ~Q(**{column: ""})
    return Q(**{f"{column}__isnull": False})


# --- Columns with one value ---------------------------------------------------------------------


def _plain(condition: _FieldCondition, column: str) -> Q:
    match condition:
        case Equals(_, value):
            is_fraction = isinstance(value, float) and not value.is_integer()
            return NOTHING if is_fraction else Q(**{column: value})
        case StartsWith(_, text):
            return Q(starts_with(column, text))
        case Between(field):
            if field.kind is Kind.DATE:
                return _dates(condition, column)
            found = _bounded(column, _lower(condition), _upper(condition))
            return found & _present(field, column) if field.name in _BLANK_WHEN_ABSENT else found
    return NOTHING


Bound = tuple[str, RangeValue] | None
"""The comparison and the value of one end of a range, as in ("gte", 5)."""


def _lower(condition: Between) -> Bound:
    return None if condition.lower is None else ("gte" if condition.includes_lower else "gt", condition.lower)


def _upper(condition: Between) -> Bound:
    return None if condition.upper is None else ("lte" if condition.includes_upper else "lt", condition.upper)


def _dates(condition: Between, column: str) -> Q:
    """Filters know whole milliseconds, columns go further: a bound stands for all of its millisecond."""
    lower, upper = condition.lower, condition.upper
    start = lower if condition.includes_lower else _behind_millisecond(lower)
    end = _behind_millisecond(upper) if condition.includes_upper else upper
    return _bounded(column, ("gte", start) if start else None, ("lt", end) if end else None)


def _behind_millisecond(moment: RangeValue | None) -> datetime | None:
    return next_millisecond(moment) if isinstance(moment, datetime) else None


def _bounded(column: str, *bounds: Bound) -> Q:
    conditions = {f"{column}__{bound[0]}": bound[1] for bound in bounds if bound is not None}
    return Q(**conditions)


# --- Lists of texts -----------------------------------------------------------------------------


def _comparisons(condition: _FieldCondition) -> tuple[Comparison, ...]:
    match condition:
        case Equals(_, value):
            return (Comparison("exact", str(value)),)
        case StartsWith(_, text):
            return (Comparison("startswith", text),)
        case Between():
            bounds = (_lower(condition), _upper(condition))
            return tuple(Comparison(bound[0], str(bound[1])) for bound in bounds if bound is not None)
    raise FilterValueError(f"{condition.field.name} cannot be searched like this")


# --- Words --------------------------------------------------------------------------------------


def _pattern(condition: _FieldCondition) -> str:
    """A regular expression, of the part of their syntax that both databases know."""
    match condition:
        case AnyToken(_, tokens):
            return "|".join(f"({_word(token)})" for token in tokens)
        case Phrase(_, words):
            return _before(words[0]) + _joined_words(words)
        case TokenPattern(_, pattern):
            return _wildcards(pattern)
    raise FilterValueError(f"{condition.field.name} consists of words and has no ranges")


def _word(token: Token) -> str:
    text = _before(token.text) + re.escape(token.text)
    return text if token.is_prefix else text + _behind(token.text)


def _joined_words(words: Sequence[str]) -> str:
    parts = [re.escape(words[0]), _behind(words[0])]
    for before, word in pairwise(words):
        gap = r"\W+" if before.isascii() and word.isascii() else r"\W*"
        parts += [gap, re.escape(word), _behind(word)]
    return "".join(parts)


def _wildcards(pattern: str) -> str:
    if pattern.rstrip("*").count("*") > MAXIMUM_WILDCARDS:
        raise FilterValueError(f"{pattern}: a word can hold {MAXIMUM_WILDCARDS} wildcards before its last one")
    text = re.escape(re.sub(r"\*+", "*", pattern.rstrip("*")))
    return _before(pattern) + text.replace(r"\*", f"{_INSIDE}*").replace(r"\?", _INSIDE)


# A word holds a dot, a colon or an apostrophe between letters, and a dot or a comma between digits.
_INSIDE = r"(\w|(?<=[A-Za-z])[.:'](?=[A-Za-z])|(?<=[0-9])[.,;'](?=[0-9]))"


def _before(word: str) -> str:
    """The condition that a word begins here."""
    # Not all scripts part their words, so only those of plain letters have to begin and to end.
    if not word[0].isascii():
        return ""
    joint = {"letter": r"(?<![A-Za-z][.:'])", "digit": r"(?<![0-9][.,;'])"}
    return _NO_WORD_BEFORE + joint.get(_kind(word[0]), "")


def _behind(word: str) -> str:
    """The condition that a word ends here."""
    if not word[-1].isascii():
        return ""
    joint = {"letter": r"(?![.:'][A-Za-z])", "digit": r"(?![.,;'][0-9])"}
    return _NO_WORD_BEHIND + joint.get(_kind(word[-1]), "")


_IDEOGRAPHS = "\u3041-\u3096\u309d-\u309f\u3400-\u4dbf\u4e00-\u9fff"
_NO_WORD_BEFORE = rf"((?<!\w)|(?<=[{_IDEOGRAPHS}]))"
_NO_WORD_BEHIND = rf"((?!\w)|(?=[{_IDEOGRAPHS}]))"


def _kind(character: str) -> str:
    return "letter" if character.isalpha() else "digit" if character.isdigit() else "other"
