"""Where a model is found, and what gives it another identity."""

import shutil
from pathlib import Path

import pytest

from index import models
from index.errors import EmbedderFailure
from index.models import find_model, verify_weights


def test_the_shipped_model_lies_in_its_package_with_the_official_weights() -> None:
    source = find_model(None)
    assert source.identity == "all-MiniLM-L6-v2@53aa51172d14"
    verify_weights(source)


def test_a_model_is_found_by_its_folder_and_named_by_its_files(tiny_model: Path) -> None:
    source = find_model(tiny_model)
    assert source == find_model(str(tiny_model))
    assert source.name == "tiny"
    verify_weights(source)


@pytest.mark.parametrize("name", ["sentence_bert_config.json", "tokenizer.json", "config.json"])
def test_other_settings_beside_the_same_weights_make_another_model(
    tiny_model: Path, tmp_path: Path, name: str
) -> None:
    shutil.copytree(tiny_model, tmp_path / "tiny")
    with (tmp_path / "tiny" / name).open("a") as file:
        file.write("\n")
    changed, source = find_model(tmp_path / "tiny"), find_model(tiny_model)
    assert changed.weights_sha256 == source.weights_sha256
    assert changed.name == source.name
    assert changed.identity != source.identity


def test_several_weight_files_count_all(tiny_model: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_model, tmp_path / "tiny")
    (tmp_path / "tiny" / "second.safetensors").write_bytes(b"one")
    one = find_model(tmp_path / "tiny")
    (tmp_path / "tiny" / "second.safetensors").write_bytes(b"two")
    with pytest.raises(EmbedderFailure, match="have SHA-256"):
        verify_weights(one)


@pytest.mark.parametrize("name", ["no-such/model", "no such model", "../model", "x" * 300])
def test_a_model_that_is_not_on_this_machine_is_told_by_name(name: str) -> None:
    with pytest.raises(EmbedderFailure, match="name a folder that holds one"):
        find_model(name)


def test_a_folder_without_weights_is_told(tmp_path: Path) -> None:
    with pytest.raises(EmbedderFailure, match="holds no weights"):
        find_model(tmp_path)


def test_a_package_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_PACKAGE", "no_such_package")
    with pytest.raises(EmbedderFailure, match=r"make install.*HAIR_ASSISTANT_MODEL"):
        find_model(None)
