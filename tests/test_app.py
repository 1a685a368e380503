"""The command line: what it prints, its exit codes, and what it says about bad input."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import app
from index.storage import open_index
from tests.small_corpus import SmallIndex
from tests.web.test_schema import REPLY_KEYS

ROOT = Path(__file__).parent.parent
QUESTION = "Does PRP contain stem cells?"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(autouse=True)
def _own_signals_and_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("HAIR_ASSISTANT_")]:
        monkeypatch.delenv(name)
    handler = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command in this process; gives its exit code, output and errors."""

    def command(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            code = app.main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        output, errors = capsys.readouterr()
        return code, output, errors

    return command


def _assert_one_line(errors: str, *told: str) -> None:
    """One line that names what was found and the next step."""
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1
    assert "Traceback" not in errors
    for words in told:
        assert words in errors


def _process(*arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture
def data(small_index: SmallIndex, tmp_path: Path) -> Path:
    """A copy of the index that a test may spoil; the embedder is a link."""
    shutil.copytree(small_index.data / "index", tmp_path / "data" / "index")
    _link_models(small_index, tmp_path / "data")
    return tmp_path / "data"


def _link_models(small_index: SmallIndex, data: Path) -> None:
    """The embedder that was exported before, so that a build need not export it again."""
    data.mkdir(exist_ok=True)
    (data / "models").symlink_to(small_index.data / "models")


def test_ask_prints_exactly_the_reply_object(run: Run, small_index: SmallIndex) -> None:
    code, output, errors = run("ask", QUESTION, "--json", *small_index.options)
    assert (code, errors) == (0, "")
    reply = json.loads(output)
    assert list(reply) == REPLY_KEYS
    assert (reply["kind"], reply["question"]) == ("answer", QUESTION)
    index = open_index(small_index.data)
    assert reply["index"]["fingerprint"] == index.fingerprint
    for statement in reply["statements"]:
        citation = statement["citation"]
        document = index.documents[citation["doc_id"]]
        assert statement["text"] == document.text[citation["start"] : citation["end"]]
        assert citation["sha256"] == document.sha256


def test_ask_prints_quotations_for_people(run: Run, small_index: SmallIndex) -> None:
    code, output, errors = run("ask", QUESTION, *small_index.options)
    assert (code, errors) == (0, "")
    assert (
        '"PRP is made from a patient\'s own blood and holds platelets, not stem cells."'
    ) in output
    assert "Gupta 2019 https://doi.org/10.1111/jocd.12345" in output
    assert "not medical advice" in output


@pytest.mark.parametrize(
    ("question", "kind", "reason"),
    [
        ("", "abstention", "empty_question"),
        ("\x1b\x07", "abstention", "empty_question"),
        ("<script>alert(1)</script>", "abstention", "off_topic"),
        ("my scalp is hot, swollen and I have a fever since the injection", "urgent", "emergency"),
        ("Should I have PRP?", "redirect", "personal_advice"),
        ("x" * 2000, "abstention", "off_topic"),
    ],
)
def test_whatever_is_asked_within_the_limit_is_done(
    run: Run, small_index: SmallIndex, question: str, kind: str, reason: str
) -> None:
    code, output, errors = run("ask", question, "--json", *small_index.options)
    assert (code, errors) == (0, "")
    reply = json.loads(output)
    assert (reply["kind"], reply["reason"], reply["question"]) == (kind, reason, question)


@pytest.mark.parametrize("length", [2001, 10_000])
def test_a_question_that_is_too_long_is_bad_input(
    run: Run, small_index: SmallIndex, length: int
) -> None:
    code, output, errors = run("ask", "vinegar" + "x" * (length - 7), *small_index.options)
    assert (code, output) == (2, "")
    _assert_one_line(errors, f"{length:,} characters", "2,000", "shorten it")
    assert "vinegar" not in errors


def _spoil_pointer(folder: Path) -> None:
    (folder.parent.parent / "current").write_bytes(b"\xff\xfe nowhere")


def _point_nowhere(folder: Path) -> None:
    (folder.parent.parent / "current").write_text("../../..", "utf-8")


def _lose_generation(folder: Path) -> None:
    shutil.rmtree(folder)


def _cut(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return spoil


def _lose(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _make_foreign(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["embedder"] = "another-model@123456789abc"
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def _make_future(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["format"] = 99
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


SPOILT = {
    "pointer-bytes": _spoil_pointer,
    "pointer-elsewhere": _point_nowhere,
    "generation-lost": _lose_generation,
    "manifest-cut": _cut("manifest.json"),
    "manifest-lost": _lose("manifest.json"),
    "contents-cut": _cut("contents.json"),
    "vectors-cut": _cut("vectors.npy"),
    "vectors-lost": _lose("vectors.npy"),
    "documents-cut": _cut("documents.jsonl"),
    "foreign": _make_foreign,
    "future": _make_future,
}


def _generation(data: Path) -> Path:
    name = (data / "index" / "current").read_text("utf-8").strip()
    return data / "index" / "generations" / name


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_an_index_that_cannot_be_used_is_refused_with_the_way_out(
    run: Run, data: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(_generation(data))
    code, output, errors = run("ask", QUESTION, "--data", data)
    assert (code, output) == (3, "")
    _assert_one_line(errors, "python app.py index")
    assert "stem cells" not in errors


def test_a_missing_index_is_told_with_the_way_to_build_one(run: Run, tmp_path: Path) -> None:
    for data in (tmp_path, tmp_path / "nothing"):
        code, output, errors = run("ask", QUESTION, "--data", data)
        assert (code, output) == (3, "")
        _assert_one_line(errors, str(data), "python app.py index")


def test_an_index_of_other_documents_is_not_asked(
    run: Run, small_index: SmallIndex, tmp_path: Path
) -> None:
    code, output, errors = run("ask", QUESTION, "--corpus", tmp_path, "--data", small_index.data)
    assert (code, output) == (3, "")
    _assert_one_line(errors, str(small_index.corpus), str(tmp_path), "python app.py index")


@pytest.mark.parametrize("command", [["index"], ["serve", "--port", "1"], ["ask", QUESTION]])
def test_a_folder_that_is_none_is_bad_input(
    run: Run,
    small_index: SmallIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    command = [str(_free_port()) if word == "1" else word for word in command]
    file = tmp_path / "file.md"
    file.write_text("One sentence.", "utf-8")
    for corpus in (tmp_path / "nothing", file):
        code, output, errors = run(*command, "--corpus", corpus, "--data", small_index.data)
        assert (code, output) == (2, "")
        _assert_one_line(errors, str(corpus), "folder")


def test_a_folder_without_documents_is_bad_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    code, _, errors = run("index", "--corpus", tmp_path / "corpus", "--data", tmp_path / "data")
    assert code == 2
    _assert_one_line(errors, str(tmp_path / "corpus"), "put .md, .txt or .pdf files into it")


def test_a_data_folder_that_cannot_be_written_is_bad_input(
    run: Run, small_index: SmallIndex, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    code, _, errors = run(
        "index", "--corpus", small_index.corpus, "--data", tmp_path / "file" / "data"
    )
    assert code == 2
    _assert_one_line(errors, str(tmp_path / "file" / "data"), "--data")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "COMMAND"),
        ([QUESTION], "expected serve, index, ask or replay"),
        (["ask"], "question"),
        (["ask", *QUESTION.split()], "put the question in quotes"),
        (["ask", QUESTION, "--data", ""], "folder"),
        (["serve", "--port", "http"], "--port"),
        (["serve", "--port", "0"], "port is 0"),
        (["serve", "--port", "65536"], "port is 65536"),
        (["index", "--jsom"], "--help"),
    ],
)
def test_wrong_usage_is_told_in_one_line(run: Run, arguments: list[str], told: str) -> None:
    code, output, errors = run(*arguments)
    assert (code, output) == (2, "")
    _assert_one_line(errors, told)
    assert "stem" not in errors


def test_a_wrong_setting_is_told_by_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAIR_ASSISTANT_ANSWER_THRESHOLD", "often")
    code, _, errors = run("ask", QUESTION)
    assert code == 2
    _assert_one_line(errors, "answer_threshold", "'often'", "number")


def test_a_model_that_is_not_there_is_told(
    run: Run, small_index: SmallIndex, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HAIR_ASSISTANT_MODEL", str(tmp_path / "nothing"))
    code, _, errors = run("ask", QUESTION, *small_index.options)
    assert code == 2
    _assert_one_line(errors, str(tmp_path / "nothing"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_in_use_is_told_before_anything_is_built(run: Run, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, output, errors = run("serve", "--port", str(port), "--data", tmp_path)
    assert (code, output) == (2, "")
    _assert_one_line(errors, f"127.0.0.1:{port}", "--port")
    assert list(tmp_path.iterdir()) == []


def test_an_address_of_another_machine_is_told(run: Run, tmp_path: Path) -> None:
    code, _, errors = run("serve", "--host", "192.0.2.1", "--port", "7999", "--data", tmp_path)
    assert code == 2
    _assert_one_line(errors, "cannot listen on 192.0.2.1:7999")


def test_what_cannot_be_built_is_not_served(
    capfd: pytest.CaptureFixture[str], small_index: SmallIndex, tmp_path: Path
) -> None:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "sheet.xlsx").write_bytes(b"PK")
    _link_models(small_index, tmp_path / "data")
    options = ["--corpus", str(tmp_path / "corpus"), "--data", str(tmp_path / "data")]
    assert app.main(["serve", "--port", str(_free_port()), *options]) == 2
    output, errors = capfd.readouterr()
    assert "Ready" not in output
    assert "holds no document that can be read (sheet.xlsx: no reader for '.xlsx'" in errors
    assert "Traceback" not in errors


def test_help_names_every_command(run: Run) -> None:
    code, output, errors = run("--help")
    assert (code, errors) == (0, "")
    for command in ("serve", "index", "ask", "replay"):
        assert command in output


def test_index_reports_what_it_did_and_what_it_refused(
    run: Run, small_index: SmallIndex, tmp_path: Path
) -> None:
    corpus, data = tmp_path / "corpus", tmp_path / "data"
    shutil.copytree(small_index.corpus, corpus)
    _link_models(small_index, data)
    (corpus / "scan.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
    (corpus / "sheet.xlsx").write_bytes(b"PK")
    code, output, _ = run("index", "--json", "--corpus", corpus, "--data", data)
    report = json.loads(output)
    assert code == 2
    assert report["added"] == ["approval", "awkward", "prp", "visit"]
    assert {refusal["path"] for refusal in report["refused"]} == {"scan.pdf", "sheet.xlsx"}
    for refusal in report["refused"]:
        assert refusal["code"]
        assert refusal["message"]

    (corpus / "scan.pdf").unlink()
    (corpus / "sheet.xlsx").unlink()
    (corpus / "visit.txt").unlink()
    code, output, _ = run("index", "--corpus", corpus, "--data", data)
    assert code == 0
    assert "0 added, 0 changed, 1 removed, 3 unchanged, 0 refused." in output


@pytest.fixture
def recorded(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Asks a question while replies are recorded; gives the reply."""

    def ask(question: str, keep: str = "hashes") -> dict[str, Any]:
        monkeypatch.setenv("HAIR_ASSISTANT_AUDIT", keep)
        code, output, errors = run("ask", question, "--json", "--data", data)
        assert (code, errors) == (0, "")
        reply: dict[str, Any] = json.loads(output)
        return reply

    return ask


Recorded = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    "question",
    [QUESTION, "", "Should I have PRP?", "what is the capital of France", "I have a fever"],
)
def test_a_recorded_reply_is_made_again_byte_for_byte(
    run: Run, data: Path, recorded: Recorded, question: str
) -> None:
    reply = recorded(question)
    replay = ["replay", reply["reply_id"], "--data", str(data), "--question", question]
    code, output, errors = run(*replay)
    assert (code, errors) == (0, "")
    assert "the same reply, byte for byte" in output
    assert all(statement["text"] in output for statement in reply["statements"])
    code, output, errors = run(*replay, "--json")
    assert (code, errors) == (0, "")
    told = json.loads(output)
    assert (told["same"], told["differences"]) == (True, [])
    for name in ("statements", "suggestions", "message", "disclaimer", "index"):
        assert told["recorded"][name] == told["now"][name] == reply[name]


def test_kept_text_is_enough_to_make_a_reply_again(
    run: Run, data: Path, recorded: Recorded
) -> None:
    code, output, _ = run("replay", recorded(QUESTION, "text")["reply_id"], "--data", data)
    assert code == 0
    assert f"Question: '{QUESTION}', with 0 places taken out" in output


def test_a_reply_that_comes_out_otherwise_is_told_with_the_cause(
    run: Run, data: Path, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply_id = recorded(QUESTION)["reply_id"]
    monkeypatch.setenv("HAIR_ASSISTANT_ANSWER_THRESHOLD", "1")
    monkeypatch.setenv("HAIR_ASSISTANT_SUPPORT_THRESHOLD", "1")
    code, output, errors = run("replay", reply_id, "--data", data, "--question", QUESTION)
    assert (code, errors) == (1, "")
    assert "kind\n    recorded: answer\n    now: abstention" in output
    cause = output[output.index("Since then has changed:") :]
    assert "settings\n" in cause
    assert '"answer_threshold": 1.0' in cause


def test_what_cannot_be_made_again_is_told_in_one_line(
    run: Run, data: Path, recorded: Recorded
) -> None:
    reply_id = recorded("vinegarish")["reply_id"]
    for arguments, told in (
        ([reply_id], "--question"),
        ([reply_id, "--question", "vinegary"], "its hash is another"),
        ([reply_id, "--question", "vinegarish", "--history", '["vinegar"]'], "--history"),
        (["0" * 32], "no record of the reply"),
    ):
        code, output, errors = run("replay", *arguments, "--data", data)
        assert code == 2
        _assert_one_line(errors, told)
        assert "vinegar" not in output + errors
    (data / "index" / "current").unlink()
    code, _, errors = run("replay", reply_id, "--question", "vinegarish", "--data", data)
    assert code == 3
    _assert_one_line(errors, "python app.py index")


def test_nothing_is_recorded_unless_it_is_turned_on(run: Run, data: Path) -> None:
    code, _, _ = run("ask", QUESTION, "--data", data)
    assert code == 0
    assert {path.name for path in data.iterdir()} == {"index", "models"}


def test_one_answer_imports_neither_torch_nor_a_server(small_index: SmallIndex) -> None:
    heavy = ["torch", "sentence_transformers", "transformers", "gradio", "fastapi", "pypdf"]
    program = (
        f"import sys, app; app.main(['ask', {QUESTION!r}, *{small_index.options!r}]); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def test_any_bytes_of_a_terminal_are_asked_and_any_answer_is_printed(
    small_index: SmallIndex,
) -> None:
    question = "What is on shampoo labels, doctor \U0001f469?".encode() + b"\xff"
    ended = _process("ask", question, "--json", *small_index.options, PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, b"")
    reply: dict[str, Any] = json.loads(ended.stdout)
    assert reply["question"].endswith("\U0001f469??")


def test_nothing_of_a_question_is_written_to_standard_error(small_index: SmallIndex) -> None:
    for arguments in (
        ["ask", "Does vinegarish PRP contain stem cells?", *small_index.options],
        ["ask", "vinegarish " * 1000],
        ["ask", "vinegarish", "PRP"],
        ["vinegarish"],
    ):
        ended = _process(*arguments)
        assert ended.returncode in (0, 2)
        assert b"vinegarish" not in ended.stderr
