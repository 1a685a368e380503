"""A folder of real files, difficult ones among them: each is a document or refused by name."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from index.manifest import Manifest
from index.storage import current_generation, open_index
from tests.index.tiny_models import save_tiny_model

ROOT = Path(__file__).parent.parent.parent
FOLDERS = {"clinic-pages": 2, "registry": 88, "pdfs": 104}
CODES = {"encrypted", "no_text", "damaged", "empty", "too_large", "timed_out", "unsupported"}


def _index(
    corpus: Path, data: Path, model: Path, *options: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, "app.py", "index", "--corpus", str(corpus), "--data", str(data)),
            *options,
        ],
        cwd=ROOT,
        env={**os.environ, "HAIR_ASSISTANT_MODEL": str(model)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_real_file_is_a_document_or_refused_by_name_with_a_reason(
    shared: Path, tmp_path: Path
) -> None:
    corpus, data = tmp_path / "corpus", tmp_path / "data"
    for name in FOLDERS:
        shutil.copytree(shared / "data" / name, corpus / name)
    model = save_tiny_model(tmp_path / "tiny", max_tokens=500)
    run = _index(corpus, data, model, "--json")
    assert run.returncode == 2, run.stderr
    assert "Traceback" not in run.stderr
    report = json.loads(run.stdout)

    files = {p.relative_to(corpus).as_posix() for p in corpus.rglob("*") if p.is_file()}
    manifest = Manifest.read(current_generation(data))
    indexed = set(manifest.documents.values())
    refused = {refusal["path"]: refusal for refusal in report["refused"]}
    assert indexed | set(refused) == files == set(manifest.sources)
    assert not indexed & set(refused)
    assert sorted(report["added"]) == sorted(manifest.documents)
    assert Counter(path.split("/")[0] for path in files) == FOLDERS
    assert {path.split("/")[0] for path in refused} == {"pdfs"}
    for refusal in refused.values():
        assert refusal["code"] in CODES, refusal
        assert len(refusal["message"].split()) >= 4, refusal
        assert "\n" not in refusal["message"]

    index = open_index(data, model=model)
    assert set(index.documents) == set(report["added"])
    for hit in index.retriever.retrieve("platelet-rich plasma trial", 20):
        text = index.documents[hit.passage.doc_id].text
        assert all(sentence.of(text).strip() for sentence in hit.passage.sentences)

    # For people: one file of each kind of refusal will do, and none that another time may be read.
    lasting = {path: r["code"] for path, r in refused.items() if r["code"] != "timed_out"}
    kept = {code: path for path, code in lasting.items()}
    for path in set(refused) - set(kept.values()):
        (corpus / path).unlink()
    again = _index(corpus, data, model)
    assert again.returncode == 2, again.stderr
    counts = f"0 added, 0 changed, 0 removed, {len(indexed)} unchanged, {len(kept)} refused"
    assert counts in again.stdout
    assert " 0 texts embedded" in again.stdout
    for code, path in kept.items():
        assert f"Refused {path}: {refused[path]['message']} ({code})" in again.stdout
