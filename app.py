"""The composition root: reads settings, builds objects, hands them over, serves.

`python app.py serve | index | ask "QUESTION"`; `--help` tells the rest.
"""

import argparse
import json
import logging
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from assistant.answering import Assistant, Thresholds
from assistant.conversation import Turn, Vocabulary
from assistant.errors import AssistantError
from assistant.reply import IndexIdentity
from assistant.safety import SafetyGate
from assistant.selection import SimilaritySelector
from assistant.settings import Settings
from assistant.web.schema import MAX_QUESTION_CHARACTERS, AskRequest, ReplyOut
from assistant.web.terminal import ProgressBar, as_text, report_as_text
from corpus.errors import CorpusError
from index.builder import build_index, needs_build
from index.errors import IndexDamaged, IndexFailure, IndexForeign, IndexMissing
from index.storage import Index, open_index

VERSION = "0.1.0"
DONE, BAD_INPUT, NO_INDEX = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 2 bad input, 3 no usable index."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(_settings(options), options))
    except (IndexMissing, IndexDamaged, IndexForeign) as error:
        return _complain(error, NO_INDEX)
    except (CorpusError, IndexFailure, AssistantError, OSError, ValueError) as error:
        return _complain(error, BAD_INPUT)
    except KeyboardInterrupt:
        return 130


def _complain(error: Exception, code: int) -> int:
    print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    places = argparse.ArgumentParser(add_help=False)
    places.add_argument("--corpus", type=Path, help="folder of documents")
    places.add_argument("--data", type=Path, help="folder for built things")
    serve = commands.add_parser("serve", parents=[places], help="serve the chat and the API")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", type=int, help="port to listen on")
    serve.set_defaults(run=_serve)
    build = commands.add_parser("index", parents=[places], help="build or update the index")
    build.add_argument("--json", action="store_true", help="report as JSON")
    build.set_defaults(run=_index)
    ask = commands.add_parser("ask", parents=[places], help="answer one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="the reply object as JSON")
    ask.set_defaults(run=_ask)
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    names = ("corpus", "data", "host", "port")
    given = {name: getattr(options, name, None) for name in names}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{first['loc'][0]} is {first['input']!r}: {first['msg']}") from error


def _index(settings: Settings, options: argparse.Namespace) -> int:
    with ProgressBar() as bar:
        report = build_index(settings.corpus, settings.data, model=settings.model, progress=bar)
    print(json.dumps(report.as_json(), indent=2) if options.json else report_as_text(report))
    return BAD_INPUT if report.refusals else DONE


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    if len(options.question) > MAX_QUESTION_CHARACTERS:
        raise ValueError(
            f"the question has {len(options.question)} characters, at most "
            f"{MAX_QUESTION_CHARACTERS} are read; shorten it"
        )
    # What a terminal passes on may hold lone surrogates for bytes that are not UTF-8.
    question = options.question.encode("utf-8", "replace").decode("utf-8")
    reply = ReplyOut.of(_assistant(_open(settings), settings).reply(question))
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    print(reply.model_dump_json(indent=2) if options.json else as_text(reply))
    return DONE


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    _refuse_taken_port(settings.host, settings.port)
    if needs_build(settings.corpus, settings.data, model=settings.model):
        print("Building the index (the first time takes a minute) ...", flush=True)
        with ProgressBar() as bar:
            report = build_index(settings.corpus, settings.data, model=settings.model, progress=bar)
        print(report_as_text(report), flush=True)
    index = _open(settings)
    assistant = _assistant(index, settings)

    import uvicorn

    from assistant.web.api import create_api
    from assistant.web.chat import mount_chat
    from assistant.web.labels import EXAMPLES

    def ask(request: AskRequest) -> ReplyOut:
        history = [Turn(turn.question, turn.searched_as) for turn in request.history]
        return ReplyOut.of(assistant.reply(request.question, history))

    api = mount_chat(create_api(ask, index.documents, version=VERSION), ask, examples=EXAMPLES)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Ready: http://{host}:{settings.port}  (stop with Ctrl+C)", flush=True)
    uvicorn.run(api, host=settings.host, port=settings.port, log_level="warning", access_log=False)
    return DONE


def _open(settings: Settings) -> Index:
    return open_index(settings.data, model=settings.model)


def _assistant(index: Index, settings: Settings) -> Assistant:
    return Assistant(
        documents=index.documents,
        searches=index.retriever,
        selector=SimilaritySelector(),
        gate=SafetyGate.shipped(),
        vocabulary=Vocabulary.shipped(),
        index=IndexIdentity(index.fingerprint, index.built_at),
        thresholds=Thresholds(settings.answer_threshold, settings.support_threshold),
        passages=settings.passages,
    )


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise OSError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); "
            "stop what uses it, or choose another with --port"
        ) from error


if __name__ == "__main__":
    sys.exit(main())
