"""Units have a kind, a currency and a normal form that every unit of their measure shares."""

from decimal import Decimal

import pytest

from ie.units import currency_of, is_money_of_several, normal_form, plain_unit, unit_kind


@pytest.mark.parametrize(
    ("value", "unit", "expected", "code"),
    [
        ("2.5", "هکتار", "25000", "m2"),
        ("3", "تن", "3000", "kg"),
        ("750", "گرم", "0.75", "kg"),
        ("12", "کیلومتر", "12000", "m"),
        ("40", "لیتر", "0.04", "m3"),
        ("1000", "بشکه", "158.987294928", "m3"),
        ("180", "مگاوات", "180000000", "W"),
        ("2", "مگاوات ساعت", "7200000000", "J"),
        ("90", "کیلومتر در ساعت", "25", "m/s"),
        ("3", "ساعت", "10800", "s"),
        ("15", "درصد", "0.15", "1"),
        ("2", "گیگابایت", "2000000000", "B"),
    ],
)
def test_measures_are_given_in_one_unit(value: str, unit: str, expected: str, code: str) -> None:
    assert normal_form(Decimal(value), unit) == (Decimal(expected), code)


@pytest.mark.parametrize(
    ("value", "unit", "expected", "code"),
    [
        ("150000000", "تومان", "1500000000", "IRR"),
        ("1500000000", "ریال", "1500000000", "IRR"),
        ("20", "دلار", "20", "USD"),
        ("6591", "سنت", "65.91", "USD"),
        ("7", "درهم", "7", "AED"),
    ],
)
def test_money_is_given_in_rials_or_in_its_own_currency(value: str, unit: str, expected: str, code: str) -> None:
    assert normal_form(Decimal(value), unit, currency_of(unit)) == (Decimal(expected), code)


def test_cents_are_those_of_the_currency_they_stand_with() -> None:
    assert normal_form(Decimal(6591), "سنت", "EUR") == (Decimal("65.91"), "EUR")


@pytest.mark.parametrize("unit", ["نفر", "مورد", "سال", "ماه", "واحد درصد", "برابر", "خروار", None])
def test_counters_points_and_calendar_lengths_have_no_normal_form(unit: str | None) -> None:
    assert normal_form(Decimal(5), unit) is None


def test_every_unit_with_a_normal_form_is_a_known_measure() -> None:
    import tomllib
    from importlib.resources import files

    table = tomllib.loads(files("ie").joinpath("data/units.toml").read_text(encoding="utf-8"))
    for measured in table["si"].values():
        for unit, factor in measured.items():
            assert plain_unit(unit) == unit and unit_kind(unit) in ("amount", "percent")
            assert all(Decimal(part) > 0 for part in factor.split("/"))
    assert all(is_money_of_several(unit) and unit_kind(unit) == "amount" for unit in table["money"]["several"])
