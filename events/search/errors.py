"""What can be wrong with a filter, a sort expression or a time range."""

from __future__ import annotations


class FilterSyntaxError(ValueError):
    """The text does not follow the grammar.

    `message` is one sentence for the person who wrote the text; `position` is the 0-based offset of the character.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (character {position + 1})")
        self.message = message
        self.position = position


class FilterValueError(ValueError):
    """The text is well-formed, but a value does not fit its field, such as a word for a number.

    `position` is the 0-based offset of the unit that holds the value, where one is to blame.
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message if position is None else f"{message} (character {position + 1})")
        self.message = message
        self.position = position


class TimeRangeError(ValueError):
    """A time range that is understood but cannot be: zero units, or beyond the calendar."""
