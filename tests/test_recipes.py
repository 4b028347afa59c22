import sys
from dataclasses import dataclass

import pytest

from ie.recipes import run_recipe
from ie.schema import IEError


@dataclass(frozen=True)
class Settings:
    epochs: int


@pytest.fixture
def path(tmp_path):
    (tmp_path / "settings.toml").write_text("epochs = 2")
    return str(tmp_path / "settings.toml")


def test_a_recipe_prints_its_result_alone_on_stdout(path, capsys):
    def recipe(config):
        sys.stdout.write("on the way\n")
        return f"{config.epochs} epochs"

    assert run_recipe(Settings, recipe, [path], "usage") == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("2 epochs\n", "on the way\n")


def test_a_mistake_is_one_line_and_exit_code_1(path, capsys):
    def recipe(config):
        raise IEError("models/x: no such folder")

    assert run_recipe(Settings, recipe, [path], "usage") == 1
    assert capsys.readouterr().err == "error: models/x: no such folder\n"
    assert run_recipe(Settings, recipe, [path + "x"], "usage") == 1


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_wrong_usage_prints_the_usage_and_exits_with_2(arguments, capsys):
    assert run_recipe(Settings, lambda config: None, arguments, "usage: x\n") == 2
    assert capsys.readouterr().err == "usage: x\n"
