"""The weights of the linker are fitted to annotated documents."""

from ie.annotations import read_annotations, read_splits
from ie.fitting import Group, fit_links, fit_weights, link_groups
from ie.scene import choose, load_weights


def test_a_feature_of_the_right_candidates_gains_weight_and_rare_ones_are_left_out():
    groups = [Group(str(n), [["near", f"only{n}"], ["far"]], [True, False]) for n in range(5)]
    weights = fit_weights(groups)
    assert weights["near"] > 0 > weights["far"]
    assert not any(name.startswith("only") for name in weights)
    assert choose(weights, [["far"], ["near"]])[0] == 1


def test_the_shipped_weights_cover_every_task():
    assert {"phrase", "program", "period", "status", "change"} <= set(load_weights())


def test_documents_give_decisions_and_decisions_give_weights(shared):
    splits = read_splits("annotations/splits.json")
    documents = read_annotations(shared / "annotations" / "real.jsonl").part("dev", splits).documents[:8]
    groups = link_groups(documents[0], {})
    assert groups["program"] and all(len(group.rows) == len(group.accepted) for group in groups["program"])
    weights = fit_links(documents)
    assert weights["program"] and weights["period"]


def test_nothing_to_fit_gives_no_weights():
    assert fit_weights([Group("d", [["a"]], [True])]) == {}
