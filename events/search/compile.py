"""From a filter's meaning to conditions on stored events.

What tokens can answer becomes one question to their index; what they cannot is a condition on columns. Where the two
are mixed, as in `date:>now-1d OR timeout`, the question stands inside of the conditions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from events.search.conditions import And, AnyToken, Between, Condition, Everything, Not, Or, TokenPattern
from events.search.errors import FilterValueError
from events.search.sql.checks import TextMatches, text_check
from events.search.sql.columns import column_condition
from events.search.sql.matching import NOTHING, KeyWindow, nested_condition
from events.search.sql.queries import AllOf, AnyOf, HasPrefix, Query, TokenLanguage, depth, present, size
from events.search.sql.tokens import MAX_PREFIX, mark
from events.search.sql.vendor import is_postgresql

MAXIMUM_TOKENS = 4_000
"""A range of numbers counts as the few dozen prefixes that it is looked up by, a bare word as one for each field."""
MAXIMUM_CONDITIONS = 300
"""SQLite takes expressions that are a thousand levels deep, and every condition of a row is a level."""
MAXIMUM_DEPTH = 25
"""What is nested deeper in itself is asked in several questions; FTS5 would refuse it."""
MAXIMUM_LEVELS = 24
"""So deep can questions and conditions be nested in each other, for SQLite's parser has a small stack."""

SQLITE = TokenLanguage()
POSTGRESQL = TokenLanguage(columns=("organization", "project", "stack", "first"))


@dataclass(frozen=True, slots=True)
class CompiledFilter:
    """Both must hold: the answer of the index of tokens, and the condition on columns. None and an empty Q are all."""

    query: Query | None
    condition: Q


def compile_events(condition: Condition, window: KeyWindow) -> CompiledFilter:
    """What to ask the database for events of the window. Raises FilterValueError when it is too much to ask."""
    compiler = _Compiler(window)
    parts = condition.parts if isinstance(condition, And) else (condition,)
    queries, rest = compiler.divide([part for part in parts if not isinstance(part, Everything)])
    found = CompiledFilter(AllOf(tuple(queries)) if queries else None, compiler.joined(rest, Q.AND))
    compiler.check_size(queries)
    return found


class _Compiler:
    def __init__(self, window: KeyWindow) -> None:
        self.window = window
        self.language = POSTGRESQL if is_postgresql() else SQLITE
        self.level = 0
        self.number_of_conditions = 0
        self.number_of_tokens = 0

    def divide(self, parts: Sequence[Condition]) -> tuple[list[Query], list[Condition]]:
        """Those that tokens can answer, as questions, and the others."""
        queries: list[Query] = []
        rest: list[Condition] = []
        for part in parts:
            query = self._query(part)
            if query is None:
                rest.append(part)
            else:
                queries.append(query)
        return queries, rest

    def _query(self, condition: Condition) -> Query | None:
        query = None if self._is_better_as_column(condition) else self.language.query(condition)
        return None if query is None or depth(query) > MAXIMUM_DEPTH else query

    def _is_better_as_column(self, condition: Condition) -> bool:
        """PostgreSQL counts events of a type many times faster by the column, where the index holds it."""
        match condition:
            case AnyToken(field):
                return is_postgresql() and field.storage == "type" and column_condition(condition) is not None
            case Not(part):
                return self._is_better_as_column(part)
            case And(parts) | Or(parts):
                return all(map(self._is_better_as_column, parts))
        return False

    def joined(self, parts: Sequence[Condition], connector: str) -> Q:
        found = Q(_connector=connector)
        for part in parts:
            found.add(self.condition(part), connector)
        return found

    def condition(self, condition: Condition) -> Q:
        self.level += 1
        if self.level > MAXIMUM_LEVELS:
            raise FilterValueError("Groups are nested too deep in each other")
        found = self._condition(condition)
        self.level -= 1
        return found

    def _condition(self, condition: Condition) -> Q:
        match condition:
            case And(parts):
                return self._mixed(parts, AllOf, Q.AND)
            case Or(parts):
                return self._mixed(parts, AnyOf, Q.OR)
            case Not(part):
                return ~self.condition(part)
        query = self._query(condition)
        return self._leaf(condition) if query is None else self._nested(query)

    def _mixed(self, parts: tuple[Condition, ...], join: type[AllOf] | type[AnyOf], connector: str) -> Q:
        queries, rest = self.divide(parts)
        found = self.joined(rest, connector)
        if queries:
            found.add(self._nested(join(tuple(queries))), connector)
        return found

    def _nested(self, query: Query) -> Q:
        self.check_size([query])
        self._count()
        return nested_condition(query, self.window)

    def _leaf(self, condition: Condition) -> Q:
        self._count()
        found = column_condition(condition)
        if found is not None:
            return found
        if isinstance(condition, TokenPattern):
            start = condition.pattern.partition("*")[0].partition("?")[0][:MAX_PREFIX]
            candidates: Query = HasPrefix(mark(condition.field.storage) + start)
        elif isinstance(condition, Between):
            candidates = present(condition.field)
        else:
            return NOTHING
        return self._nested(candidates) & Q(TextMatches(text_check(condition)))

    def check_size(self, queries: Sequence[Query]) -> None:
        self.number_of_tokens += sum(map(size, queries))
        if self.number_of_tokens > MAXIMUM_TOKENS:
            raise FilterValueError(f"This asks for more than {MAXIMUM_TOKENS} words at once")

    def _count(self) -> None:
        self.number_of_conditions += 1
        if self.number_of_conditions > MAXIMUM_CONDITIONS:
            raise FilterValueError(f"These are more than {MAXIMUM_CONDITIONS} conditions at once")
