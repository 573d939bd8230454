"""Coordinates as texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.ingest.steps.coordinates import format_coordinates, normalize_coordinates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("40,-70", "40.0,-70.0"),
        ("40.0,-70.0", "40.0,-70.0"),
        (" 40.5 , -70.25 ", "40.5,-70.25"),
        ("40.123456789,-70.1", "40.12345679,-70.1"),
        ("90,180", "90.0,180.0"),
        ("-90,-180", "-90.0,-180.0"),
        ("0,-0", "0.0,0.0"),
        ("-0.000000001,.5", "0.0,0.5"),
        ("4e1,5.", "40.0,5.0"),
        ("90.1,0", None),
        ("0,180.1", None),
        ("190,180", None),
        ("1e999,0", None),
        ("nan,0", None),
        ("infinity,0", None),
        ("40", None),
        ("40,-70,1", None),
        ("40;-70", None),
        ("a,b", None),
        ("\u0664\u0660,\u0667\u0660", None),
        ("", None),
        ("1" * 5000 + ",1", None),
    ],
)
def test_latitude_and_longitude_have_one_to_eight_fraction_digits(text: str, expected: str | None) -> None:
    assert normalize_coordinates(text) == expected


@given(st.floats(-90, 90), st.floats(-180, 180))
@settings(max_examples=100)
def test_what_is_written_is_read_again(latitude: float, longitude: float) -> None:
    text = format_coordinates(latitude, longitude)
    assert text is not None
    assert normalize_coordinates(text) == text
