"""The taxonomy finds the family of a programme phrase, and says what is wrong with a file."""

import pytest

from ie.schema import IEError
from ie.taxonomy import Taxonomy

ENTRY = """
[[program]]
id = "libraries"
name_fa = "کتابخانه‌ها"
name_en = "Libraries"
aliases = ["کتابخانه عمومی"]
"""


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("تسهیلات خود اشتغالی", "loans"),
        ("صادرات غیرنفتی استان", "exports"),
        ("واحدهای مسکونی روستایی", "housing"),
        ("كلاس درس", "schools"),
        ("فرصت‌های شغلی", "employment"),
        ("دوز واکسن آنفلوانزا", "vaccination"),
        ("مستمری بازنشستگان", "pensions"),
        ("نیروگاه خورشیدی", "electricity"),
        ("آرزوهای دور", None),
    ],
)
def test_a_phrase_belongs_to_the_family_whose_words_it_holds(phrase, expected):
    assert Taxonomy.load().match(phrase) == expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("۲۰ واحد صنعتی دوباره به چرخه تولید بازگشتند", "unit_reactivation"),
        ("۹۰۰ واحد صنعتی در شهرک به بهره برداری رسیده است", "unit_in_operation"),
        ("۲۰ واحد صنعتی خریداری شد", None),
    ],
)
def test_cue_words_of_the_clause_tell_families_of_one_noun_apart(clause, expected):
    assert Taxonomy.load().match("واحد صنعتی", clause) == expected


def test_an_inactive_unit_is_identified_only_where_the_clause_says_so():
    taxonomy = Taxonomy.load()
    assert taxonomy.match("واحد صنعتی غیرفعال", "۳۰ واحد صنعتی غیرفعال شناسایی شد") == "inactive_unit_identified"


def test_the_shipped_taxonomy_knows_the_families_of_the_small_industries():
    ids = {program.id for program in Taxonomy.load().programs}
    assert {
        "unit_reactivation",
        "flagship_program",
        "cluster_development",
        "cluster_support_action",
        "exhibition_support",
        "technology_service",
        "unit_in_operation",
        "inactive_unit_identified",
    } <= ids
    assert len(ids) >= 30


def test_a_taxonomy_of_ones_own_replaces_the_shipped_one(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(ENTRY, encoding="utf-8")
    taxonomy = Taxonomy.load(path)
    assert taxonomy.match("کتابخانه‌های عمومی شهر") == "libraries"
    assert taxonomy.match("صادرات") is None


def test_the_longer_alias_wins():
    text = ENTRY + ENTRY.replace("libraries", "reading").replace("کتابخانه عمومی", "کتابخانه")
    assert Taxonomy.parse(text).match("کتابخانه عمومی") == "libraries"
    assert Taxonomy.parse(text).match("کتابخانه مدرسه") == "reading"


def test_an_entry_without_aliases_is_known_by_its_name():
    text = ENTRY.replace('aliases = ["کتابخانه عمومی"]', "")
    assert Taxonomy.parse(text).match("کتابخانه") == "libraries"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("= broken", "mine.toml: not a TOML file"),
        ("", r"mine.toml: expected a list of \[\[program\]\] entries"),
        ("program = [1]", "mine.toml: entry 1: expected a table"),
        (ENTRY.replace('"libraries"', '"Big Ones"'), "entry 1 .'Big Ones'.: id must be lower-case"),
        (ENTRY.replace('name_en = "Libraries"', ""), "entry 1 .'libraries'.: name_en must be a non-empty text"),
        (ENTRY.replace('["کتابخانه عمومی"]', '"کتابخانه"'), "aliases must be a list of phrases"),
        (ENTRY.replace('["کتابخانه عمومی"]', '["!"]'), "aliases must be a list of phrases"),
        (ENTRY + 'alias = ["x"]', "unknown field 'alias'; expected only"),
        (ENTRY + ENTRY, "entry 2: id 'libraries' is used twice"),
    ],
)
def test_a_mistake_is_named_with_file_entry_and_what_was_expected(text, message):
    with pytest.raises(IEError, match=message):
        Taxonomy.parse(text, "mine.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(IEError, match="absent.toml: cannot read the taxonomy"):
        Taxonomy.load(tmp_path / "absent.toml")


@pytest.mark.parametrize("phrase", ["", " ", "\ud800", "\x00", "۱۲", "«»"])
def test_any_phrase_is_taken(phrase):
    assert Taxonomy.load().match(phrase, phrase) is None
