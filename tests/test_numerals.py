import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ie.annotations import read_annotations
from ie.numerals import find_numbers, parse_number, plain_unit, reversed_decimals, unit_kind
from ie.persian import fold
from ie.schema import Quantity
from ie.units import currency_of

CORPUS = json.loads((Path(__file__).parent / "data" / "numerals.json").read_text(encoding="utf-8"))
FORMS = [(form, meaning) for meaning, forms in CORPUS["values"].items() for form in forms]
REJECTED = [form for forms in CORPUS["reject"].values() for form in forms]
PIECES = (
    "یک دو سه ده بیست سی صد هزار میلیون میلیارد همت نیم نیمی ربع سوم دهم ممیز و تا الی - / . , ، % ۵ ۱۲ 1400 ۰۵ ۱۲/۵ "
    "1,500 18. 5 درصد نفر تومان تن کیلوگرم دلار سنت بیش از هر منفی سال ماده ساعت «»( ) \u200c \n پلیس حدود ها یکی بین "
    "نه توان ^ × ½ همین تعداد به واحد، منفی - نرسید نمی‌رود سکه وی تیر شلیک ۱.۲۰۵ /۵۰۰ .۵"
).split(" ")

SMALL = "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده هجده نوزده".split()
TENS = ". . بیست سی چهل پنجاه شصت هفتاد هشتاد نود".split()
HUNDREDS = ". صد دویست سیصد چهارصد پانصد ششصد هفتصد هشتصد نهصد".split()
SCALES = [(10**12, "تریلیون"), (10**9, "میلیارد"), (10**6, "میلیون"), (1000, "هزار")]


def spell(number: int, joint: str = " و ") -> str:
    """Write a whole number below 10**15 in Persian words."""
    parts = []
    for scale, word in SCALES:
        if number >= scale:
            parts.append(f"{spell(number // scale, joint)} {word}")
            number %= scale
    if number >= 100:
        parts.append(HUNDREDS[number // 100])
        number %= 100
    if number >= 20:
        parts.append(TENS[number // 10])
        number %= 10
    if number or not parts:
        parts.append(SMALL[number])
    return joint.join(parts)


def said(quantity: Quantity) -> str:
    """Write a quantity down as the corpus does."""
    upper = "" if quantity.upper is None else f"..{plain(quantity.upper)}"
    unit = f" {quantity.unit}" if quantity.unit else ""
    return f"{plain(quantity.value)}{upper} {quantity.comparator}{unit}"


def plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def meant(meaning: str) -> str:
    value, rest = meaning.split(" ", 1)
    return f"{'..'.join(plain(Decimal(end)) for end in value.split('..'))} {rest}"


@pytest.mark.parametrize(("form", "meaning"), FORMS)
def test_every_surface_form_has_its_value(form: str, meaning: str) -> None:
    quantity = parse_number(form)
    assert quantity is not None
    assert said(quantity) == meant(meaning)


@pytest.mark.parametrize("form", ["یک واحد صنعتی", "یک کارشناس", "یک طرح جامع"])
def test_one_before_a_noun_is_no_fact_but_may_be_asked_for(form: str) -> None:
    assert [mention.reject for mention in find_numbers(form)] == ["article"]
    quantity = parse_number(form)
    assert quantity is not None
    assert (quantity.value, quantity.flags) == (1, ("article",))


@pytest.mark.parametrize("form", REJECTED)
def test_what_states_no_quantity_gives_none(form: str) -> None:
    assert parse_number(form) is None


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("کارخانه بیش از ۳هزار و ۲۰۰ تن شکر ساخت", ["۳هزار و ۲۰۰"]),
        ("از ۱۱ به ۱۴ درصد رسید", ["۱۱", "۱۴"]),
        ("به ترتیب ۴۲۰ و ۱۳۰ پرونده", ["۴۲۰", "۱۳۰"]),
        ("۷۴، ۵۸ و ۲۱ میلیون لیتر", ["۷۴", "۵۸", "۲۱ میلیون"]),
        ("۲۲ تن و ۵۰۰ کیلوگرم خرما", ["۲۲ تن و ۵۰۰"]),
        ("رشد منفی ۴.۳ درصدی", ["منفی ۴.۳"]),
        ("تورم ۱.۲- درصد", ["۱.۲-"]),
        ("بین ۸ تا ۹ هزار نفر", ["۸ تا ۹ هزار"]),
        ("بودجه ۶.۱ همت است", ["۶.۱ همت"]),
        ("یک مغازه از هر شش مغازه", ["یک مغازه از هر شش"]),
        ("و336 نفر", ["336"]),
        ("سکه تمام ۳۱ میلیون و ربع سکه ۹ میلیون تومان", ["۳۱ میلیون", "۹ میلیون"]),
        ("از هر چهار کشتی‌گیر جوان سمنانی سه نفر", ["چهار کشتی‌گیر جوان سمنانی سه"]),
        ("۱۸ گلدان چید و به همین تعداد نهال کاشت", ["۱۸", "همین تعداد"]),
        ("مناطق ۳، ۴ و ۵", []),
        ("۳، ۴ و ۵ نفر", ["۳", "۴", "۵"]),
    ],
)
def test_spans_hold_the_number_and_nothing_else(text: str, spans: list[str]) -> None:
    assert [text[m.start : m.end] for m in find_numbers(text) if m.reject is None] == spans


def test_a_shared_multiplier_reaches_every_member_of_a_list() -> None:
    values = [m.quantity.value for m in find_numbers("۷۴، ۵۸ و ۲۱ میلیون لیتر")]
    assert values == [74_000_000, 58_000_000, 21_000_000]
    assert "shared multiplier" in find_numbers("۳ و ۵ هزار تن")[0].quantity.flags


def test_a_shared_unit_reaches_every_member_of_a_list() -> None:
    assert [m.quantity.unit for m in find_numbers("به ترتیب ۴۲۰ و ۱۳۰ پرونده")] == ["پرونده", "پرونده"]


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("میبد ۲۷۱۰، تفت ۱۸۴۰ و ابرکوه ۱۴۳۰ شغل", [2710, 1840, 1430], "شغل"),
        ("میبد ۱۴۸۰، تفت ۱۳۹۰ و ابرکوه ۲۳۰ شغل", [1480, 1390, 230], "شغل"),
        ("پیاز با ۶۴۰، سیر با ۲۸۰ و هویج با ۱۹۰ هزار تن", [640_000, 280_000, 190_000], "تن"),
        ("گاز ۲.۷ و آب ۰.۸ میلیارد دلار", [2_700_000_000, 800_000_000], "دلار"),
        ("در تفت ۱۰۴، در میبد ۷۷ و در یزد ۹۱ میلی‌متر", [104, 77, 91], "میلی‌متر"),
        ("از ۲۱۰۰ به ۳۴۰۰ میلیارد تومان", [2_100_000_000_000, 3_400_000_000_000], "تومان"),
        ("۱۷ هزار و ۲۲ هزار میلیارد تومان", [17_000_000_000_000, 22_000_000_000_000], "تومان"),
        ("از ۲۴.۶۰۰ به ۲۴.۸۵۰ تومان", [24_600, 24_850], "تومان"),
    ],
)
def test_members_of_a_list_share_unit_and_multiplier(text: str, values: list[int], unit: str) -> None:
    quantities = [m.quantity for m in find_numbers(text) if m.reject is None]
    assert [(q.value, q.unit) for q in quantities] == [(value, unit) for value in values]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("در ۱۳۹۸، تفت ۱۸۴۰ شغل", [1840]),
        ("در سال ۱۳۹۸ و در تفت ۳۵۰ واحد", [350]),
        ("تهران ۴۵۰، قم ۳۲۰ و یزد ۲ هزار نفر", [450, 320, 2000]),
    ],
)
def test_neighbours_that_are_no_list_stay_apart(text: str, values: list[int]) -> None:
    assert [m.quantity.value for m in find_numbers(text) if m.reject is None] == values


def test_the_same_number_again_takes_the_value_before_it() -> None:
    mention = find_numbers("۲ هزار و ۳۰۰ گلدان چید و به همین تعداد نهال کاشت")[1]
    assert (mention.quantity.value, mention.quantity.flags) == (2300, ("antecedent",))
    assert mention.quantity.unit == "نهال"


def test_another_of_the_same_unit_makes_one_a_number() -> None:
    mentions = find_numbers("هشت کارگاه کفش می‌دوزند و یک کارگاه چاپ هم دایر است")
    assert [m.quantity.value for m in mentions if m.reject is None] == [8, 1]


def test_two_values_of_a_change_are_no_range() -> None:
    quantities = [m.quantity for m in find_numbers("از ۱۱ به ۱۴ درصد رسید")]
    assert [(q.value, q.upper, q.unit) for q in quantities] == [(11, None, "درصد"), (14, None, "درصد")]


def test_cue_and_unit_have_offsets_of_their_own() -> None:
    text = "کارگاه بیش از ۷۰ نفر دارد"
    mention = find_numbers(text)[0]
    assert mention.cue is not None
    assert mention.unit is not None
    assert (text[slice(*mention.cue)], text[slice(*mention.unit)]) == ("بیش از", "نفر")


def test_a_conversion_in_brackets_is_as_exact_as_what_it_converts() -> None:
    comparators = [m.quantity.comparator for m in find_numbers("حدود ۹ مایل (۱۴.۵ کیلومتر) و ۴ مایل (۶ کیلومتر)")]
    assert comparators == ["approx", "approx", "eq", "eq"]


def test_offsets_are_those_of_the_raw_text() -> None:
    text = "‏تعـداد «١٢ هزار» نفــر"
    mention = find_numbers(text)[0]
    assert text[mention.start : mention.end] == "١٢ هزار"
    assert mention.quantity.value == 12000


def test_money_carries_its_currency() -> None:
    toman, rial = parse_number("۴۰ هزار تومان"), parse_number("۴۰ هزار ریال")
    assert toman is not None
    assert rial is not None
    assert (toman.currency, rial.currency) == ("toman", "rial")
    assert currency_of("نفر") is None


def test_years_next_to_counts_stay_apart() -> None:
    mentions = find_numbers("در سال ۱۳۹۷ تعداد ۱۸۰۰ واحد و در سال ۱۳۹۸ حدود ۱۹۰۰ واحد")
    assert [m.quantity.value for m in mentions if m.reject is None] == [1800, 1900]


def test_prices_of_currencies_are_no_years() -> None:
    mentions = find_numbers("یک کرون نروژ ۱۴۳۰\nیک کرون سوئد ۱۳۱۴\nصد ین ژاپن ۱۳۹۲ تومان")
    assert [m.quantity.value for m in mentions if m.reject is None] == [1430, 1314, 1392]


def test_rejected_numbers_are_listed_with_their_reason() -> None:
    reasons = [m.reject for m in find_numbers("ماده ۱۲ قانون، ساعت ۱۷:۳۰، پلیس ۱۱۰ و ۴۰ نفر")]
    assert reasons == ["law", "clock", "name", None]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("سهم 7/23 درصد و 3/0 درصد بود و ارزش آن 2/4 میلیارد ریال", "4200000000"),
        ("سهم 23/7 درصد و 0/3 درصد بود و ارزش آن 2/4 میلیارد ریال", "2400000000"),
        ("سهم ۷/۲۳ درصد و ارزش آن ۲/۴ میلیارد ریال", "2400000000"),
    ],
)
def test_reversed_decimals_are_a_property_of_the_text(text: str, value: str) -> None:
    assert find_numbers(text)[-1].quantity.value == Decimal(value)


def test_a_text_without_slashes_has_no_reversed_decimals() -> None:
    assert not reversed_decimals("رشد 8.5 درصد")


@pytest.mark.parametrize(
    ("word", "plain_form", "kind"),
    [
        ("درصدی", "درصد", "percent"),
        ("تومانی", "تومان", "amount"),
        ("نفره", "نفر", "count"),
        ("هکتارها", "هکتار", "amount"),
        ("متر‌مکعب", "مترمکعب", "amount"),
        ("پرونده‌های", "پرونده", "count"),
        ("آسمان", None, "count"),
    ],
)
def test_units_have_a_plain_form_and_a_kind(word: str, plain_form: str | None, kind: str) -> None:
    assert plain_unit(word) == plain_form
    assert unit_kind(word) == kind


@given(st.integers(0, 10**15 - 1), st.sampled_from([" و ", " و", "‌و‌", "‌و"]))
def test_spelled_numbers_are_read_back(number: int, joint: str) -> None:
    quantity = parse_number(f"تنها {spell(number, joint)} نفر")
    assert quantity is not None
    assert quantity.value == number


@given(
    st.integers(0, 10**15 - 1),
    st.sampled_from(["۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "0123456789"]),
    st.sampled_from(["", ",", "٬", "،"]),
)
def test_digits_of_every_script_are_read_back(number: int, digits: str, separator: str) -> None:
    surface = f"{number:,}".replace(",", separator)
    surface = surface.translate({ord(str(i)): digits[i] for i in range(10)})
    quantity = parse_number(f"تعداد {surface} نفر")
    assert quantity is not None
    assert quantity.value == number


@given(st.decimals(min_value=0, max_value=10**6, places=3))
def test_decimals_are_read_back_exactly(number: Decimal) -> None:
    quantity = parse_number(f"{number:f} درصد".replace(".", "٫"))
    assert quantity is not None
    assert quantity.value == number


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from([" ", "", "\u200c"]))
def test_any_mixture_of_words_is_read_without_error(pieces: list[str], joint: str) -> None:
    assert_sound(joint.join(pieces))


@given(st.text(alphabet=st.characters(), max_size=60))
def test_any_text_is_read_without_error(text: str) -> None:
    assert_sound(text)


def assert_sound(text: str) -> None:
    """Check that mentions stand in order, apart, inside the text, and are found again in the folded text."""
    end = 0
    for mention in find_numbers(text):
        assert end <= mention.start < mention.end <= len(text)
        assert any(character.isnumeric() or character.isalpha() for character in text[mention.start : mention.end])
        assert mention.quantity.upper is None or mention.quantity.upper >= mention.quantity.value
        end = mention.end
    parse_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10_000,
        "هزار " * 100_000,
        "هزار" * 100_000,
        "۱ ممیز " * 20_000,
        "سیصد" * 50_000 + "x",
        "1.2," * 20_000,
        "5 " + "ا" * 200_000,
        "یزد ۱۸۴۰، " * 10_000,
        "از ۵ نفر به همین تعداد " * 5_000,
        "نه تن و " * 10_000,
    ],
    ids=["digits", "thousands", "glued", "points", "chain", "marks", "letters", "items", "same", "denials"],
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    started = time.process_time()
    find_numbers(text)
    assert time.process_time() - started < 10


def test_lone_surrogates_and_null_bytes_are_text() -> None:
    assert [m.quantity.value for m in find_numbers("\ud800۵ نفر\0 و ۷ تن\udfff")] == [5, 7]


def test_a_spoken_decimal_before_many_multipliers_is_read_without_error() -> None:
    assert_sound("هشت ممیز پنج دهم میلیون هزار و هفتصد")


@pytest.mark.parametrize("length", [17, 28, 29, 36, 40, 41, 60])
@pytest.mark.parametrize(
    "frame", ["{}", "منفی {} نفر", "-{} درصد", "{} تا {} تن", "{} میلیارد و نیم تومان", "«{}» واحد"]
)
def test_numbers_of_many_digits_are_read_without_error(length: int, frame: str) -> None:
    assert_sound(frame.replace("{}", "1" + "0" * (length - 1)))
    assert_sound(frame.replace("{}", "9" * length))


def test_folding_once_serves_all() -> None:
    text = "در مجموع ۷۵۰ هكتار زمين"
    assert find_numbers(text, fold(text)) == find_numbers(text)


def test_gold_numbers_are_found_exactly(shared: Path) -> None:
    held_out = set(json.loads((shared / "annotations" / "splits.json").read_text(encoding="utf-8"))["test"])
    found = right = total = rejected = 0
    for annotated in read_annotations(shared / "annotations" / "real.jsonl"):
        if annotated.document.id in held_out:
            continue
        mentions = {(m.start, m.end): m for m in find_numbers(annotated.document.text)}
        for gold in annotated.facts:
            total += 1
            mention = mentions.get(gold.fact.evidence.number)
            found += mention is not None
            right += mention is not None and abs(mention.quantity.value - gold.fact.value) <= Decimal("0.0001")
            rejected += mention is not None and mention.reject is not None
    assert found / total >= 0.99
    assert right / total >= 0.985
    assert rejected / total <= 0.002


@pytest.mark.parametrize(
    ("text", "reject"),
    [
        ("این کارگاه بیش از چهار دهه سابقه دارد", None),
        ("قناتی با قدمت بیش از هزار سال", None),
        ("افراد دارای بیش از ۵ سال سابقه بیمه", "duration"),
        ("پس از بیش از ده سال سابقه", "duration"),
    ],
)
def test_experience_that_a_cue_measures_is_a_quantity(text: str, reject: str | None) -> None:
    assert find_numbers(text)[0].reject == reject
