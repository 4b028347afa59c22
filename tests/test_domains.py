import pytest

from ie.domains import domain_of


@pytest.mark.parametrize(
    ("words", "domain"),
    [
        ("بورس", "stock_market"),
        ("حمل و نقل ریلی", "transport"),
        ("حمل‌ونقل ریلی", "transport"),
        ("بانکداری و مسکن", "banking"),
        ("صنعت نساجی", "industry"),
        ("banking", "banking"),
        ("خطاطی", "other"),
        ("", "other"),
    ],
)
def test_words_for_domains_are_gathered(words, domain):
    assert domain_of(words) == domain
