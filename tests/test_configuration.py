from dataclasses import dataclass

import pytest

from ie.configuration import read_config
from ie.schema import IEError
from ie.training import TrainConfig


@dataclass(frozen=True)
class Settings:
    model: str
    files: tuple[str, ...] = ()
    epochs: float = 1


def write(folder, text):
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_are_read_and_lists_become_tuples(tmp_path):
    assert read_config(Settings, write(tmp_path, 'model = "m"\nfiles = ["a", "b"]')) == Settings("m", ("a", "b"))


def test_the_shared_folder_is_filled_in_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("IE_SHARED", "/elsewhere")
    settings = read_config(Settings, write(tmp_path, 'model = "{shared}/m"\nfiles = ["{shared}/a"]'))
    assert settings == Settings("/elsewhere/m", ("/elsewhere/a",))


def test_an_unknown_key_names_the_file_and_the_nearest_valid_key(tmp_path):
    with pytest.raises(IEError, match=r"settings\.toml: unknown key 'epoch'; did you mean 'epochs'\?"):
        read_config(Settings, write(tmp_path, 'model = "m"\nepoch = 2'))


def test_a_missing_key_is_named(tmp_path):
    with pytest.raises(IEError, match="'model'"):
        read_config(Settings, write(tmp_path, "epochs = 2"))


@pytest.mark.parametrize("line", ['files = "a"', 'epochs = "many"', 'files = [["a"]]'])
def test_a_value_of_the_wrong_kind_is_named_with_its_key(tmp_path, line):
    with pytest.raises(IEError, match=f"key '{line.partition(' ')[0]}': "):
        read_config(Settings, write(tmp_path, f'model = "m"\n{line}'))


@pytest.mark.parametrize("text", ["model = ", "\x00"])
def test_a_file_that_is_not_toml_is_one_clear_error(tmp_path, text):
    with pytest.raises(IEError, match="expected a TOML file"):
        read_config(Settings, write(tmp_path, text))


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(IEError, match="expected a TOML file"):
        read_config(Settings, tmp_path / "absent.toml")


@pytest.mark.parametrize("name", ["compact", "parsbert"])
def test_the_shipped_training_configs_are_valid(name):
    assert read_config(TrainConfig, f"configs/{name}.toml").epochs > 0
