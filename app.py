"""The composition root: reads settings, builds objects, hands them over, serves.

`python app.py serve | index | ask "QUESTION" | replay REPLY_ID`; `--help` tells the rest.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import date
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from pydantic import ValidationError

from assistant.answering import Assistant, Thresholds
from assistant.audit.basis import basis_of
from assistant.audit.recorder import Ask, recording
from assistant.audit.replay import asked_again, earlier_turns, find_record, replay
from assistant.audit.report import as_json, record_as_text, replay_as_text
from assistant.balance import BalanceTable
from assistant.composing import Composer
from assistant.conversation import Turn
from assistant.cross_encoder import SentenceCrossEncoder
from assistant.errors import AssistantError
from assistant.figures import FiguresTable
from assistant.freshness import Freshness
from assistant.language import Languages
from assistant.logs import log_to_stderr
from assistant.querying import Querying
from assistant.reply import IndexIdentity
from assistant.safety import SafetyGate
from assistant.safety_advice import SafetyAdvice
from assistant.selection import CrossEncoderSelector
from assistant.settings import Settings
from assistant.web.schema import MAX_QUESTION_CHARACTERS, AskRequest, ReplyOut
from assistant.web.terminal import OneLineParser, ProgressBar, as_text, folder, report_as_text
from corpus.errors import CorpusError, CorpusUnreadable
from corpus.originals import Originals
from index.builder import build_index, needs_build
from index.errors import IndexDamaged, IndexFailure, IndexForeign, IndexMissing
from index.manifest import Manifest
from index.storage import Index, current_generation, open_index

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from assistant.web.library import Loaded
    from assistant.web.starting import Build

VERSION = "0.1.0"
DONE, DIFFERENT, BAD_INPUT, NO_INDEX, INTERRUPTED = 0, 1, 2, 3, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 a reply differs or a server
    cannot load what it needs, 2 bad input, 3 no usable index.

    A server that was told to stop, by Ctrl+C or SIGTERM, is done; a build that was is interrupted
    (130), and the index before it stays.
    """
    log_to_stderr()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(_settings(options), options))
    except (IndexMissing, IndexDamaged, IndexForeign) as error:
        return _complain(error, NO_INDEX)
    except (CorpusError, IndexFailure, AssistantError, OSError, ValueError) as error:
        return _complain(error, BAD_INPUT)
    except KeyboardInterrupt:
        return _complain("interrupted; nothing that was there before is lost", INTERRUPTED)


def _complain(error: Exception | str, code: int) -> int:
    print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="app.py", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    places = OneLineParser(add_help=False)
    places.add_argument("--corpus", type=folder, metavar="DIR", help="folder of documents")
    places.add_argument("--data", type=folder, metavar="DIR", help="folder for built things")
    serve = commands.add_parser("serve", parents=[places], help="serve the chat and the API")
    serve.add_argument("--host", help="address to listen on")
    serve.add_argument("--port", type=int, help="port to listen on")
    serve.add_argument("--workers", type=int, help="processes that answer")
    serve.set_defaults(run=_serve)
    build = commands.add_parser("index", parents=[places], help="build or update the index")
    build.add_argument("--json", action="store_true", help="report as JSON")
    build.set_defaults(run=_index)
    ask = commands.add_parser("ask", parents=[places], help="answer one question")
    ask.add_argument("question")
    ask.add_argument("--json", action="store_true", help="the reply object as JSON")
    ask.set_defaults(run=_ask)
    again = commands.add_parser("replay", parents=[places], help="make a recorded reply again")
    again.add_argument("reply_id")
    again.add_argument("--question", help="the question, where the record holds only its hash")
    again.add_argument("--history", default="[]", metavar="JSON", help="the turns before it")
    again.add_argument("--json", action="store_true", help="record and replay as JSON")
    again.set_defaults(run=_replay)
    return parser


def _settings(options: argparse.Namespace) -> Settings:
    names = ("corpus", "data", "host", "port", "workers")
    given = {name: getattr(options, name, None) for name in names}
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(
            f"{first['loc'][0]} is {first['input']!r}: {first['msg']}; give another value"
        ) from error


def _index(settings: Settings, options: argparse.Namespace) -> int:
    with ProgressBar() as bar:
        report = build_index(settings.corpus, settings.data, model=settings.model, progress=bar)
    print(json.dumps(report.as_json(), indent=2) if options.json else report_as_text(report))
    return BAD_INPUT if report.refusals else DONE


def _ask(settings: Settings, options: argparse.Namespace) -> int:
    if len(options.question) > MAX_QUESTION_CHARACTERS:
        raise ValueError(
            f"the question has {len(options.question):,} characters, at most "
            f"{MAX_QUESTION_CHARACTERS:,} are read; shorten it"
        )
    # What a terminal passes on may hold lone surrogates for bytes that are not UTF-8.
    question = options.question.encode("utf-8", "replace").decode("utf-8")
    _refuse_other_documents(settings)
    with _recording(_answers(_open(settings), settings), settings) as ask:
        reply = ask(AskRequest(question=question, history=[]))
    print(reply.model_dump_json(indent=2) if options.json else as_text(reply))
    return DONE


def _serve(settings: Settings, _: argparse.Namespace) -> int:
    from assistant.web.serving import listener, serve, stop_on_sigterm
    from assistant.web.starting import Build

    is_needed = partial(needs_build, settings.corpus, settings.data, model=settings.model)
    folders = ["--corpus", str(settings.corpus), "--data", str(settings.data)]
    command = [sys.executable, __file__, "index", *folders]
    build = Build(command, is_needed=is_needed, when_stopped=INTERRUPTED)
    with listener(settings.host, settings.port) as bound:
        stop_on_sigterm()
        if is_needed():
            print("Building the index (the first time takes a minute) ...", flush=True)
        if settings.workers == 1:
            serve(partial(_application, settings, build), bound)
        elif build.run(Event()):
            serve(partial(_application, settings, None), bound, workers=settings.workers)
    return build.code


def _replay(settings: Settings, options: argparse.Namespace) -> int:
    record = find_record(settings.data, options.reply_id)
    if not options.json:
        print(record_as_text(record), end="\n\n")
    history = earlier_turns(options.history)
    request = asked_again(record, settings.data, question=options.question, history=history)
    ask = _answers(_open(settings), settings, today=record.at.date)
    found = replay(record, request, settings.data, ask=ask, basis=_basis(settings))
    print(json.dumps(as_json(record, found), indent=2) if options.json else replay_as_text(found))
    return DONE if found.same else DIFFERENT


def _application(settings: Settings, build: "Build | None") -> "ASGIApp":
    """What one process answers with; it follows the index while `build` is made and after."""
    from assistant.web.api import CHAT_PATH, create_api
    from assistant.web.chat import mount_chat
    from assistant.web.labels import EXAMPLES
    from assistant.web.library import Library
    from assistant.web.metrics import Metrics, mount_metrics
    from assistant.web.public import face_public
    from assistant.web.serving import address
    from assistant.web.starting import following
    from assistant.web.widget import mount_widget

    log_to_stderr()  # in a worker's process too
    where = address(settings.host, settings.port)
    library = Library(lambda: current_generation(settings.data).name, partial(_loaded, settings))
    metrics = Metrics(added_up=settings.metrics_folder is not None)
    recorded = ExitStack()
    ask = metrics.counted(recorded.enter_context(_recording(library.ask, settings)))
    api = create_api(
        ask,
        library.documents,
        version=VERSION,
        originals=Originals(settings.corpus, library.sources),
        pace=settings.pace,
        lifespan=following(
            library,
            build=build,
            when_loaded=lambda: print(f"Ready: {where}  (stop with Ctrl+C)", flush=True),
            when_stopped=recorded.close,
        ),
    )
    mount_widget(api, ask, origins=settings.embed_origins)
    mount_metrics(api, metrics, readers=settings.metrics_readers)
    return face_public(
        mount_chat(api, ask, examples=EXAMPLES, path=CHAT_PATH),
        origins=settings.embed_origins,
        trusted_proxies=settings.trusted_proxies,
        limits=settings.limits,
        metrics=metrics,
    )


def _loaded(settings: Settings) -> "Loaded":
    from assistant.web.library import Loaded

    sources = Manifest.read(current_generation(settings.data)).sources
    index = _open(settings)
    return Loaded(_answers(index, settings), index.documents, sources)


def _answers(index: Index, settings: Settings, *, today: Callable[[], date] = date.today) -> Ask:
    assistant = _assistant(index, settings, today)

    def ask(request: AskRequest) -> ReplyOut:
        history = [Turn(turn.question, turn.searched_as) for turn in request.history]
        return ReplyOut.of(assistant.reply(request.question, history))

    return ask


def _recording(ask: Ask, settings: Settings) -> AbstractContextManager[Ask]:
    return recording(
        ask,
        settings.data,
        keep=settings.audit,
        days=settings.audit_days,
        basis=partial(_basis, settings),
    )


def _basis(settings: Settings) -> dict[str, str]:
    return basis_of(
        embedders=settings.data / "models",
        settings=settings.of_answers(),
    )


def _open(settings: Settings) -> Index:
    return open_index(settings.data, model=settings.model)


def _assistant(index: Index, settings: Settings, today: Callable[[], date]) -> Assistant:
    freshness = Freshness(settings.review_months, settings.price_months, settings.rule_months)
    encoder = SentenceCrossEncoder.shipped()
    return Assistant(
        composer=Composer(
            index.documents,
            table=BalanceTable.shipped(),
            figures=FiguresTable.shipped(),
            freshness=freshness,
            advice=SafetyAdvice.shipped(),
        ),
        searches=index.retriever,
        selector=CrossEncoderSelector(encoder, index.documents),
        gate=SafetyGate.shipped(),
        querying=Querying.shipped(index.documents.values(), is_word=encoder.knows),
        languages=Languages(document.language for document in index.documents.values()),
        index=IndexIdentity(index.fingerprint, index.built_at),
        thresholds=Thresholds(settings.answer_threshold, settings.support_threshold),
        passages=settings.passages,
        today=today,
    )


def _refuse_other_documents(settings: Settings) -> None:
    """Raises where a corpus was named and the index was built from another one."""
    if "corpus" not in settings.model_fields_set:
        return
    if not settings.corpus.is_dir():
        raise CorpusUnreadable(
            f"{settings.corpus} is no folder; name a folder of documents with --corpus DIR"
        )
    built_from = Manifest.read(current_generation(settings.data)).corpus
    if built_from != str(settings.corpus.resolve()):
        raise IndexForeign(
            f"the index in {settings.data} was built from {built_from}, not from "
            f"{settings.corpus}; build it again with `python app.py index --corpus DIR`"
        )


if __name__ == "__main__":
    sys.exit(main())
