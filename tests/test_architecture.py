"""The arrows of the design: data flows one way, and the imports show it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "corpus": {"corpus"},
    "index": {"corpus", "index"},
    "assistant": {"corpus", "index", "assistant"},
}
ONLY_IMPORTER = {
    "pypdf": {"corpus/pdf.py"},
    "pypdfium2": {"corpus/page_picture.py"},
    "faiss": {"index/dense.py"},
    "bm25s": {"index/lexical.py", "assistant/training/public_data.py"},
    "onnxruntime": {"index/export.py", "index/inference.py"},
    "sentence_transformers": {"index/embedding.py", "index/export.py"},
    "gradio": {"assistant/web/chat.py"},
    "typst": {"corpus/figures.py", "corpus/typesetting.py"},
}


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for package in MAY_IMPORT:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def test_imports_follow_the_arrows() -> None:
    for path, tree in _sources():
        package = path.split("/")[0]
        ours = _imported(tree) & {*MAY_IMPORT, "app", "tests"}
        assert ours <= MAY_IMPORT[package], f"{path} imports {ours - MAY_IMPORT[package]}"


def test_each_heavy_library_has_one_importer() -> None:
    for path, tree in _sources():
        for library, importers in ONLY_IMPORTER.items():
            assert library not in _imported(tree) or path in importers, f"{path} imports {library}"


def test_only_settings_reads_the_environment() -> None:
    for path, tree in _sources():
        reads = {
            node.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
        }
        assert not reads or path == "assistant/settings.py", path


@pytest.mark.parametrize("module", ["corpus", "index", "assistant", "assistant.answering"])
def test_importing_a_package_drags_in_nothing_heavy(module: str) -> None:
    heavy = ["torch", "sentence_transformers", "transformers", "gradio", "pypdf", "pypdfium2"]
    heavy += ["onnxruntime"]
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
