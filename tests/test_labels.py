import pytest
from hypothesis import given
from hypothesis import strategies as st

from ie.labels import LABELS, TAGS, decode_iob2, encode_iob2


@st.composite
def sequences(draw):
    spans, position = [], 0
    for _ in range(draw(st.integers(0, 6))):
        start = position + draw(st.integers(0, 3))
        position = start + draw(st.integers(1, 4))
        spans.append((start, position, draw(st.sampled_from(LABELS))))
    return position + draw(st.integers(0, 3)), spans


@given(sequences())
def test_spans_survive_encoding_and_decoding(sequence):
    length, spans = sequence
    assert decode_iob2(encode_iob2(length, spans)) == spans


@given(st.lists(st.sampled_from(TAGS)))
def test_any_tag_sequence_decodes_to_spans_that_do_not_overlap(tags):
    spans = decode_iob2(tags)
    assert all(left[1] <= right[0] for left, right in zip(spans, spans[1:], strict=False))
    assert sum(end - start for start, end, _ in spans) == sum(tag != "O" for tag in tags)


@pytest.mark.parametrize("span", [(3, 3, "NUMBER"), (2, 9, "NUMBER"), (-1, 2, "NUMBER")])
def test_a_span_outside_the_sequence_is_refused(span):
    with pytest.raises(ValueError, match="does not fit"):
        encode_iob2(4, [span])


def test_overlapping_spans_are_refused():
    with pytest.raises(ValueError, match="overlaps"):
        encode_iob2(4, [(0, 2, "NUMBER"), (1, 3, "PERIOD")])
