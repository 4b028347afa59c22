import pytest

torch = pytest.importorskip("torch", reason="training needs: pip install 'ie-fa[train]'")
pytest.importorskip("transformers", reason="training needs: pip install 'ie-fa[train]'")

from ie.alignment import IGNORED  # noqa: E402
from ie.epochs import PaddingCollator, SimilarLengths  # noqa: E402
from ie.labels import TAGS  # noqa: E402
from ie.objectives import distillation, tag_weights, word_objective  # noqa: E402


def test_padding_is_masked_and_never_scored():
    batch = PaddingCollator()([{"input_ids": [2, 7, 3], "labels": [-100, 1, -100]}, {"input_ids": [2], "labels": [0]}])
    assert batch["attention_mask"].tolist() == [[1, 1, 1], [1, 0, 0]]
    assert batch["labels"].tolist() == [[-100, 1, -100], [0, -100, -100]]


def test_the_order_is_of_the_seed_and_the_epoch_and_holds_every_row_once():
    order = SimilarLengths(list(range(100)), 8, 13)
    first, again = list(order), list(order)
    order.epoch = 1
    assert first == again != list(order)
    assert sorted(first) == sorted(order) == list(range(100))


def test_rows_of_a_batch_have_like_lengths():
    lengths = [5, 50] * 40
    rows = list(SimilarLengths(lengths, 8, 13))
    batches = [{lengths[index] for index in rows[start : start + 8]} for start in range(0, 80, 8)]
    assert all(len(batch) == 1 for batch in batches)


LOGITS = torch.tensor([[[4.0, 0, 0, 0, 0, 0, 0], [0, 1.0, 0, 0, 0, 0, 0], [9.0, 0, 0, 0, 0, 0, 0]]])
LABELS = {"labels": torch.tensor([[0, 1, IGNORED]])}


def test_the_plain_loss_is_the_mean_cross_entropy_of_labelled_words():
    expected = torch.nn.functional.cross_entropy(LOGITS[0, :2], LABELS["labels"][0, :2])
    assert word_objective("plain")(LOGITS, LABELS) == pytest.approx(expected.item())


def test_weights_favour_rare_tags_and_average_to_one():
    labels = [[IGNORED, *[0] * 99, 1]]
    weights = tag_weights(labels)
    assert weights[1] > 5 * weights[0]
    assert float(sum(weights[label] for label in labels[0][1:])) / 100 == pytest.approx(1)
    rare = word_objective("weighted", weights)(LOGITS, {"labels": torch.tensor([[IGNORED, 1, IGNORED]])})
    assert rare > word_objective("plain")(LOGITS, {"labels": torch.tensor([[IGNORED, 1, IGNORED]])})


def test_the_focal_loss_forgets_what_is_easy():
    easy, hard = ({"labels": torch.tensor([row])} for row in ([0, IGNORED, IGNORED], [IGNORED, 1, IGNORED]))
    shares = [word_objective("focal")(LOGITS, one) / word_objective("plain")(LOGITS, one) for one in (easy, hard)]
    assert shares[0] < 0.1 * shares[1]


@pytest.mark.parametrize("objective", [word_objective("plain"), distillation(2.0, 0.5)])
def test_a_batch_without_a_labelled_word_costs_nothing(objective):
    batch = {"labels": torch.full((1, 3), IGNORED), "soft": torch.zeros(1, 3, len(TAGS))}
    assert objective(LOGITS, batch) == 0


def test_a_student_that_says_what_its_teacher_says_has_nothing_to_learn():
    soft = torch.softmax(LOGITS, -1)
    batch = {"labels": torch.full((1, 3), IGNORED), "soft": soft}
    assert distillation(2.0, 0.5)(LOGITS, batch) == pytest.approx(0, abs=1e-6)
    assert distillation(2.0, 0.5)(-LOGITS, batch) > 1


def test_gold_and_teacher_share_a_word_and_gold_alone_has_it_where_the_teacher_is_silent():
    silent = LABELS | {"soft": torch.zeros(1, 3, len(TAGS))}
    assert distillation(2.0, 0.3)(LOGITS, silent) == pytest.approx(word_objective("plain")(LOGITS, LABELS).item())
    agreeing = LABELS | {"soft": torch.softmax(LOGITS, -1) * (LABELS["labels"] != IGNORED)[..., None]}
    expected = 0.3 * word_objective("plain")(LOGITS, LABELS).item()
    assert distillation(2.0, 0.3)(LOGITS, agreeing) == pytest.approx(expected, abs=1e-5)
