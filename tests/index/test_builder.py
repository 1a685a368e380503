"""Building and updating: only what changed is embedded, and nothing that was there is lost."""

import json
import logging
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import CorpusUnreadable
from index.builder import build_index
from index.embedding import OnnxEmbedder
from index.errors import EmbedderFailure, IndexUnwritable
from index.export import export_folder
from index.files import read_contents, read_documents, read_vectors
from index.manifest import MANIFEST_NAME, Manifest
from index.models import find_model
from tests.index.places import FILES, Place, files_end_at
from tests.index.tiny_models import save_tiny_model

ROOT = Path(__file__).parent.parent.parent
NEW = "# A new page\n\nIt is about shampoo. It says little.\n"


@pytest.fixture
def built(place: Place) -> Place:
    place.build()
    return place


def _vectors(place: Place) -> dict[str, np.ndarray]:
    folder = place.generation
    return dict(zip(read_contents(folder).texts, read_vectors(folder), strict=True))


def _content(place: Place) -> dict[str, bytes]:
    """Every file of the serving generation; of the manifest all but the time of building."""
    folder = place.generation
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    manifest = json.loads(files[MANIFEST_NAME])
    del manifest["built_at"]
    return {**files, MANIFEST_NAME: json.dumps(manifest).encode()}


def test_a_first_build_adds_every_document(place: Place) -> None:
    assert place.needs_build()
    report = place.build()
    assert report.added == ("blood", "care", "cells-fat")
    assert (report.changed, report.removed, report.unchanged, report.refusals) == ((), (), (), ())
    contents = read_contents(place.generation)
    assert report.passages == len(contents.passages)
    assert report.sentences == len(contents.sentence_rows)
    assert report.questions == len(contents.questions)
    assert report.embedded == len(contents.texts)
    assert report.fingerprint == Manifest.read(place.generation).fingerprint
    assert not place.needs_build()


def test_every_text_has_the_vector_that_the_embedder_gives_it(
    built: Place, tiny_onnx_embedder: OnnxEmbedder
) -> None:
    for text, vector in _vectors(built).items():
        assert np.array_equal(vector, tiny_onnx_embedder.embed([text])[0])


def test_an_update_reports_what_changed_and_embeds_only_that(built: Place) -> None:
    before = _vectors(built)
    built.write("new.md", NEW)
    built.write("care.txt", FILES["care.txt"].replace("two days", "three days"))
    (built.corpus / "cells" / "fat.md").unlink()
    assert built.needs_build()
    report = built.build()
    assert report.added == ("new",)
    assert report.changed == ("care",)
    assert report.removed == ("cells-fat",)
    assert report.unchanged == ("blood",)
    after = _vectors(built)
    assert report.embedded == len(after.keys() - before.keys()) > 0
    for text in after.keys() & before.keys():
        assert np.array_equal(after[text], before[text])
    assert set(read_documents(built.generation)) == {"blood", "care", "new"}
    assert not built.needs_build()


def test_an_update_without_a_change_embeds_nothing_and_is_the_same_index(built: Place) -> None:
    before = _content(built)
    report = built.build()
    assert report.embedded == 0
    assert report.unchanged == ("blood", "care", "cells-fat")
    assert _content(built) == before


def test_a_document_that_only_changed_its_metadata_is_changed(built: Place) -> None:
    fingerprint = Manifest.read(built.generation).fingerprint
    built.write("blood.md", FILES["blood.md"].replace("---\n#", "source_type: press\n---\n#"))
    report = built.build()
    assert report.changed == ("blood",)
    assert report.embedded == 0
    assert report.fingerprint != fingerprint


def test_an_updated_index_is_the_one_that_a_first_build_makes(
    built: Place, tiny_data: Path, tmp_path: Path
) -> None:
    built.write("new.md", NEW)
    (built.corpus / "care.txt").unlink()
    updated = built.build()
    shutil.copytree(tiny_data, tmp_path / "fresh")
    fresh = replace(built, data=tmp_path / "fresh")
    assert fresh.build().fingerprint == updated.fingerprint
    assert _content(fresh) == _content(built)


def test_the_same_documents_give_the_same_bytes_in_every_process(
    place: Place, tiny_data: Path, tmp_path: Path
) -> None:
    places = []
    for seed in ("1", "2"):
        shutil.copytree(tiny_data, tmp_path / seed)
        places.append(replace(place, data=tmp_path / seed))
    runs = [_index(p, PYTHONHASHSEED=p.data.name) for p in places]
    for run in runs:
        _, errors = run.communicate()
        assert run.returncode == 0, errors
    assert _content(places[0]) == _content(places[1])


def _index(place: Place, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "app.py", "index", *place.options, "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HAIR_ASSISTANT_MODEL": str(place.model), **environment},
    )


def test_a_refused_file_is_reported_and_does_not_make_the_index_stale(place: Place) -> None:
    place.write("broken.pdf", "%PDF-1.7 and nothing")
    place.write("headings.md", "# Only\n\n## Headings\n")
    report = place.build()
    assert [(r.path, r.code) for r in report.refusals] == [
        ("broken.pdf", "damaged"),
        ("headings.md", "no_text"),
    ]
    assert report.as_json()["refused"][1]["message"].startswith("the document holds no sentence")
    assert not place.needs_build()
    (place.corpus / "broken.pdf").unlink()
    assert place.needs_build()


def test_a_document_that_can_no_longer_be_read_is_removed_and_refused(built: Place) -> None:
    (built.corpus / "blood.md").write_bytes(b"\xff\xfe\x00 no text")
    report = built.build()
    assert report.removed == ("blood",)
    assert [refusal.path for refusal in report.refusals] == ["blood.md"]


def test_a_report_can_be_written_as_json(place: Place) -> None:
    report = json.loads(json.dumps(place.build().as_json()))
    assert report["added"] == ["blood", "care", "cells-fat"]
    assert report["refused"] == []
    assert set(report["seconds"]) == {"read", "export", "chunk", "embed", "write"}


def test_progress_is_told_by_stage_and_reaches_its_end(place: Place) -> None:
    steps: list[tuple[str, int, int]] = []
    build_index(
        place.corpus, place.data, model=place.model, progress=lambda *step: steps.append(step)
    )
    for stage in ("Reading documents", "Embedding"):
        done = [(done, total) for name, done, total in steps if name == stage]
        assert done == sorted(done)
        assert done[-1][0] == done[-1][1] > 0


def test_another_embedder_embeds_everything_and_reads_nothing_again(
    built: Place, tmp_path: Path
) -> None:
    other = replace(built, model=save_tiny_model(tmp_path / "other", seed=1))
    assert other.needs_build()
    report = other.build()
    assert report.unchanged == ("blood", "care", "cells-fat")
    assert report.embedded == len(read_contents(other.generation).texts)
    assert report.export is not None
    other.open()
    assert built.needs_build()


def test_a_model_that_cannot_be_exported_serves_by_torch_and_needs_no_second_build(
    place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = replace(place, model=save_tiny_model(tmp_path / "other", pooling="cls"))
    with caplog.at_level(logging.WARNING):
        report = other.build()
        assert "serving will use sentence-transformers" in caplog.text
        assert report.export is None
        assert Manifest.read(other.generation).variant == "torch"
        assert not other.needs_build()
        caplog.clear()
        assert other.open().embedder.variant == "torch"
        assert "falling back to sentence-transformers" in caplog.text


def test_vectors_of_another_variant_are_not_mixed_in(built: Place) -> None:
    assert Manifest.read(built.generation).variant == "int8"
    card = export_folder(built.data, find_model(built.model)) / "card.json"
    card.write_text(card.read_text("utf-8").replace('"variant": "int8"', '"variant": "fp32"'))
    report = built.build()
    assert report.embedded == len(read_contents(built.generation).texts)
    assert Manifest.read(built.generation).variant == "fp32"


@pytest.mark.parametrize("name", ["model.onnx", "card.json"])
def test_a_lost_export_is_made_again(built: Place, name: str) -> None:
    (export_folder(built.data, find_model(built.model)) / name).unlink()
    assert built.needs_build()
    report = built.build()
    assert report.export is not None
    assert report.embedded == 0
    assert not built.needs_build()


@pytest.mark.parametrize("name", ["vectors.npy", "documents.jsonl", MANIFEST_NAME])
def test_nothing_of_a_damaged_index_is_used_again(built: Place, name: str) -> None:
    expected = _content(built)
    path = built.generation / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    report = built.build()
    assert report.embedded == len(read_contents(built.generation).texts)
    assert _content(built) == expected


def test_a_damaged_faiss_file_costs_no_vector(built: Place) -> None:
    (built.generation / "passages.faiss").write_bytes(b"spoilt")
    assert built.needs_build()
    assert built.build().embedded == 0
    assert not built.needs_build()


def test_documents_without_a_sentence_leave_the_index_that_was_there(built: Place) -> None:
    before = built.generation
    shutil.rmtree(built.corpus)
    built.write("headings.md", "# Only\n\n## Headings\n")
    with pytest.raises(CorpusUnreadable, match="holds no sentence"):
        built.build()
    (built.corpus / "headings.md").write_bytes(b"")
    with pytest.raises(CorpusUnreadable, match="holds no document that can be read"):
        built.build()
    shutil.rmtree(built.corpus)
    with pytest.raises(CorpusUnreadable, match="does not exist"):
        built.build()
    with pytest.raises(CorpusUnreadable, match="does not exist"):
        built.needs_build()
    assert built.generation == before
    assert built.generations == {before.name}
    built.open()


def test_a_wrong_model_is_told_before_anything_is_written(place: Place, tmp_path: Path) -> None:
    with pytest.raises(EmbedderFailure):
        build_index(place.corpus, tmp_path / "new", model=tmp_path)
    assert not (tmp_path / "new").exists()


def test_a_full_disk_is_told_and_the_index_before_stays(built: Place) -> None:
    before = built.generation
    sizes = sorted(path.stat().st_size for path in before.rglob("*") if path.is_file())
    built.write("new.md", NEW)
    for size in {0, 1, *(size - 1 for size in sizes), *(size // 2 for size in sizes)}:
        with (
            files_end_at(size),
            pytest.raises(IndexUnwritable, match=r"no space left.*still serves"),
        ):
            built.build()
        assert built.generation == before
        assert built.generations == {before.name}
    built.open()
    with files_end_at(2 * max(sizes)):
        assert built.build().added == ("new",)


@pytest.mark.parametrize("size", [0, 1_000, 100_000, 250_000])
def test_a_disk_that_fills_while_the_model_is_exported_is_told(built: Place, size: int) -> None:
    before = built.generation
    models = built.data / "models"
    shutil.rmtree(models)
    with files_end_at(size), pytest.raises(IndexUnwritable, match="no space left"):
        built.build()
    assert list(models.iterdir()) == []
    assert built.generation == before


def test_two_builds_at_once_leave_one_sound_index(place: Place) -> None:
    runs = [_index(place) for _ in range(2)]
    outcomes = [run.communicate() for run in runs]
    for run, (_, errors) in zip(runs, outcomes, strict=True):
        assert run.returncode == 0, errors
    reports = [json.loads(output) for output, _ in outcomes]
    assert sorted(report["embedded"] > 0 for report in reports) == [False, True]
    assert reports[0]["fingerprint"] == reports[1]["fingerprint"] == place.open().fingerprint
    assert not any(name.startswith(".") for name in place.generations)


def test_a_build_killed_at_any_step_leaves_an_index_that_serves(
    built: Place, tmp_path: Path
) -> None:
    old = Manifest.read(built.generation).fingerprint
    built.write("new.md", NEW)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    run = subprocess.run(
        [
            *(sys.executable, "-m", "tests.index.killed_builds"),
            *map(str, (built.corpus, built.data, built.model, scratch)),
            "2",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    after = {int(step): serving for step, serving in json.loads(run.stdout)["after"].items()}
    assert len(after) >= 30
    new = replace(built, data=scratch / "whole").open().fingerprint
    assert old != new
    swapped = min(step for step, serving in after.items() if serving == new)
    for step, serving in after.items():
        assert serving == (old if step < swapped else new), step
    assert min(after) < swapped
    for step in (min(after), swapped - 1, swapped, max(after)):
        killed = replace(built, data=scratch / str(step))
        assert killed.build().fingerprint == new
        assert not any(name.startswith(".") for name in killed.generations)
        assert {p.name for p in (killed.data / "index").iterdir()} == {
            "current",
            "generations",
            "lock",
        }
        killed.open()
