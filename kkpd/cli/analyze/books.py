"""`kkpd analyze TEST --tahun N --out FOLDER`: a test over the frozen payments of a year.

FOLDER gets the population, the answers as JSON, the working papers as PDF and XLSX, and for `mus`
the sample. The event with the population's SHA-256 is recorded before any file is written.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.cli import context as cli_context
from kkpd.cli.analyze import acts
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import DomainError
from kkpd.core.files import intact
from kkpd.core.moments import business_day
from kkpd.core.permissions import Actor
from kkpd.engines.paper import FrozenDocument
from kkpd.engines.paper.forms import Frame
from kkpd.engines.paper.model import rupiah_from
from kkpd.engines.paper.writers import draw, workbook
from kkpd.records.issue import Issuer
from kkpd.records.report_request import ALL
from kkpd.reports.analysis import record
from kkpd.reports.forms.working_paper import Frozen, SampledRow, working_paper
from kkpd.reports.named.issued import archive_fingerprint, document

POPULATION: Final = "populasi.csv"
SAMPLE: Final = "sampel.csv"
_PATTERNS: Final = (
    "split",
    "ganda",
    "dekat-batas",
    "bulat",
    "libur",
    "mcc",
    "vendor",
    "harga",
    "akhir-tahun",
)
_DIGITS: Final = ("1", "2", "12", "akhir2")
#: Options that the event keeps, and that the command in the working paper repeats.
_KEPT: Final = (
    *("batas", "hari", "persen", "kelipatan", "porsi", "digit"),
    *("keyakinan", "materialitas", "salah_dugaan"),
)
#: Materiality where none is given, in percent of the payments. A first look, not a rule: the
#: auditor decides with --materialitas.
_SHARE: Final = 2
_AT_ONCE: Final = 2
Test = tuple[argparse.Namespace, Callable[[argparse.Namespace, acts.Payments], acts.TestAnswer]]


def run(args: argparse.Namespace) -> acts.Told:
    """Freeze, record, test, write; what was tested, and which files were written."""
    folder = _folder(args.out)
    args.seed = str(secrets.randbelow(2**31)) if args.seed is None else args.seed
    seed = acts.seed(args.seed)
    config, now = cli_context.settings(), cli_context.now()
    with cli_context.opened(config) as engine:
        with reading(engine, EVERY_OPD) as session:
            day = business_day(now, config.zone)
            judging = args.terbit or args.kasus
            roles = cli_context.INSPECTORS if judging else cli_context.AUDITORS
            who = cli_context.acting(session, args.opd or ALL, args.oleh, day, roles, ())
            opd_id = cli_context.opd(session, args.opd) if args.opd else None
            analysis = record.freeze_books(session, who, args.tahun, opd_id, seed)
        if vars(args).get("materialitas", "") is None:
            vars(args)["materialitas"] = str(
                max(1, analysis.population.amount.sen // 100 * _SHARE // 100)
            )
        tests = dict(_tests(args))
        with writing(engine, cli_context.data_scope(who)) as session:
            record.remember(session, who, analysis, {"uji": [*tests], **_options(args)}, now)
        files = {POPULATION: analysis.population.data}
        told = {}
        for name, answer in _answers(tests, analysis.population.data):
            told[name] = _with_subjects(answer.told, analysis.population.subjects)
            files[f"{name}.json"] = json.dumps(told[name], ensure_ascii=False, indent=2).encode()
            if answer.sample is not None:
                files[SAMPLE] = answer.sample
        opened = _cases(engine, who, analysis, told, now) if args.kasus else None
        office = cli_context.penerbit(config) if args.terbit else None
        for name, (given, _) in tests.items():
            paper = _Paper(given, told[name], analysis, files.get(SAMPLE, b""))
            files[f"{name}.pdf"], files[f"{name}.xlsx"] = _drawn(engine, who, paper, office, now)
    for name, data in files.items():
        with intact(folder / name) as out:
            out.write(data)
    return {
        "populasi": {
            "sha256": analysis.population.digest,
            "baris": len(analysis.population.subjects),
            "rupiah": float(analysis.population.amount.to_decimal()),
        },
        "seed": seed,
        "berkas": sorted(files),
        **({} if opened is None else {"kasus_baru": opened}),
        "hasil": told,
    }


def _answers(tests: Mapping[str, Test], data: bytes) -> Iterator[tuple[str, acts.TestAnswer]]:
    """Each test's answer, two tests at once: each runs in a child of its own."""
    payments = acts.Payments(POPULATION, data)
    with ThreadPoolExecutor(_AT_ONCE) as two:
        asked = {name: two.submit(act, given, payments) for name, (given, act) in tests.items()}
        for name, answer in asked.items():
            yield name, answer.result()


def _cases(
    engine: Engine, who: Actor, analysis: record.Analysis, told: acts.Told, now: datetime
) -> int:
    """Put the findings of all tests into cases; how many are new."""
    with writing(engine, cli_context.data_scope(who)) as session:
        return sum(
            record.open_cases(session, who, analysis, name, answer["temuan"], now)
            for name, answer in told.items()
            if answer.get("temuan")
        )


def _folder(path: Path | None) -> Path:
    """The folder to write into, made where it is missing."""
    if path is None:
        raise DomainError("Sebut folder hasilnya dengan --out.", field="out")
    if path.exists() and not path.is_dir():
        raise DomainError(f"--out {path} adalah berkas. Sebut sebuah folder.", field="out")
    if not path.absolute().parent.is_dir():
        raise DomainError(f"--out {path}: folder induknya tidak ada.", field="out")
    return path


def _tests(args: argparse.Namespace) -> Iterator[tuple[str, Test]]:
    """Name of the files -> the test with its options."""
    if args.test != "all":
        yield args.test, (args, args.act)
        return
    for name in _PATTERNS:
        yield name, (_as(args, name), acts.find)
    for digit in _DIGITS:
        yield f"benford-{digit}", (_as(args, "benford", digit=digit), acts.digits)
    yield "mus", (_as(args, "mus"), acts.draw)


def _as(args: argparse.Namespace, test: str, **more: str) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(args), "test": test, **more})


def _options(args: argparse.Namespace) -> dict[str, Any]:
    given = vars(args)
    return {name: given[name] for name in _KEPT if given.get(name) is not None}


def _with_subjects(told: acts.Told, subjects: tuple[str, ...]) -> acts.Told:
    """Each finding also names its rows as the books do: row 2 of the file is the first subject."""
    for found in told.get("temuan", ()):
        found["id"] = [subjects[row - 2] for row in found["baris"]]
    return told


class _Paper:
    """What a working paper is made of."""

    def __init__(
        self, args: argparse.Namespace, told: acts.Told, analysis: record.Analysis, sample: bytes
    ) -> None:
        self.args, self.told, self.analysis = args, told, analysis
        self.sample = _sampled(sample) if args.test == "mus" else ()

    def document(self, session: Session, who: Actor, frame: Frame) -> FrozenDocument:
        """The working paper in this frame."""
        population = self.analysis.population
        return working_paper(
            frame,
            self.args.test,
            self.told,
            Frozen(
                rows=len(population.subjects),
                amount=population.amount,
                digest=population.digest,
                seed=self.analysis.seed,
            ),
            _command(self.args),
            record.signer(session, who),
            self.sample,
        )


def _drawn(
    engine: Engine, who: Actor, paper: _Paper, office: Issuer | None, now: datetime
) -> tuple[bytes, bytes]:
    """PDF and XLSX: a draft, or with an issuing office the issued paper."""
    scope = cli_context.data_scope(who)
    if office is None:
        with reading(engine, scope) as session:
            frame = record.frame(session, paper.analysis, now)
            draft = paper.document(session, who, frame)
        return draw(draft), workbook(draft)
    with writing(engine, scope) as session:
        row = record.issue(
            session,
            who,
            paper.analysis,
            lambda frame: paper.document(session, who, frame),
            office,
            now,
        )
        return office.arsip.get(archive_fingerprint(session, row.id)), workbook(document(row))


def _sampled(data: bytes) -> tuple[SampledRow, ...]:
    rows = csv.DictReader(io.StringIO(data.decode()))
    return tuple(
        SampledRow(
            id=row["id"],
            tanggal=row["tanggal"],
            vendor=row["vendor"],
            nilai=rupiah_from(row["nilai"]),
        )
        for row in rows
    )


def _command(args: argparse.Namespace) -> str:
    """The command that computes the answer again from the frozen rows."""
    words = ["kkpd", "analyze", args.test, "--file", POPULATION]
    for name, value in _options(args).items():
        for one in value if isinstance(value, list) else [value]:
            words += [f"--{name.replace('_', '-')}", str(one)]
    if args.test == "mus":
        words += ["--seed", args.seed, "--out", SAMPLE]
    return " ".join([*words, "--json"])
