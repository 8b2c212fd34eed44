"""Playing the months: which step comes next, what disturbs it, and the report at the end."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError

from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import upgrade
from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.moments import Span, business_day
from kkpd.core.proof.log_key import KeyHistory, load_signer
from kkpd.engines.paper.sheet import draw
from kkpd.models import Opd
from kkpd.pagu.ceilings import recount as tally
from kkpd.records import log_check as catatan_log
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from kkpd.reports import tieout
from tests.simulator import dunia, gangguan, kantor
from tests.simulator.dunia import Kantor, World
from tests.simulator.gerak import GERAK
from tests.simulator.langkah import Konteks, WorkStep
from tests.simulator.pengawas import Pengawas
from tests.simulator.rusak import Rusak

#: Steps that one office takes in a month.
LANGKAH_SEBULAN: Final = 50
#: How often a step is disturbed.
_MATI: Final = 0.06
_KEMBAR: Final = 0.06
#: Identities of balances that a bank prints: the simulator's bank makes them up.
_INVENTED: Final = ("A3", "A4")


def _awal_bulan(ke: int) -> datetime:
    """The first moment of the month so many after the world began."""
    years, month = divmod(dunia.STARTED_AT.month - 1 + ke, 12)
    return datetime(dunia.STARTED_AT.year + years, month + 1, 1, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """What to play. `alamat` None is a temporary SQLite database, a new one for each world;
    `langkah` None is one world of these months, else worlds of seed, seed + 1, ... up to it.
    """

    seed: int
    bulan: int
    opd: int
    alamat: str | None = None
    langkah: int | None = None


@dataclass(slots=True)
class Report:
    """What was played, and the first broken invariant if there was one."""

    langkah: int = 0
    worlds: int = 0
    jadi: Counter[str] = field(default_factory=Counter)
    ditolak: Counter[str] = field(default_factory=Counter)
    mati: int = 0
    twins: int = 0
    log_events: int = 0
    movements_of: int = 0
    dokumen: int = 0
    baris_bank: int = 0
    rusak: dict[str, str | int] | None = None


def jalankan(minta: Request, kabar: Callable[[str], None] = lambda _: None) -> Report:
    """Play; the report tells the first broken invariant with the seed and step that repeat it."""
    reporting = Report()
    seed = minta.seed
    while reporting.rusak is None:
        with _tempat(minta) as (engines, folder):
            _Main(engines, folder, minta, seed, reporting).bulan_demi_bulan()
        reporting.worlds += 1
        kabar(f"benih {seed}: {reporting.langkah} langkah")
        seed += 1
        if minta.langkah is None or reporting.langkah >= minta.langkah:
            break
    return reporting


@contextmanager
def _tempat(minta: Request) -> Iterator[tuple[tuple[Engine, Engine], Path]]:
    """Two engines on one empty database, and a folder for files."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kkpd-sim-")))
        url = minta.alamat or f"sqlite:///{folder / 'sim.sqlite3'}"
        engines = (create_engine(url), create_engine(url))
        for engine in engines:
            stack.callback(engine.dispose)
        if engines[0].dialect.name == "sqlite":
            upgrade(engines[0])
        with reading(engines[0], EVERY_OPD) as session:
            if session.scalars(select(Opd.id).limit(1)).first() is not None:
                raise Conflict(
                    "Basis data ini sudah berisi OPD; simulasi hanya berjalan pada basis data "
                    "kosong. Pakai KKPD_DATABASE_URL lain, atau kosongkan variabel itu."
                )
        yield engines, folder


class _Main:
    """One world being played."""

    def __init__(
        self,
        engines: tuple[Engine, Engine],
        folder: Path,
        minta: Request,
        seed: int,
        reporting: Report,
    ) -> None:
        self.engines, self.minta, self.seed, self.reporting = engines, minta, seed, reporting
        self.store = Store(folder / "berkas")
        self.penerbit = Issuer(load_signer(folder), Store(folder / "arsip"), draw)
        self.rng = Random(f"langkah:{seed}")
        self.awas = Pengawas((self.penerbit.arsip,))
        self.nomor = 0
        self.record_moves = "dunia"

    def bulan_demi_bulan(self) -> None:
        """All months; stops at the first broken invariant or when enough steps are played."""
        try:
            with writing(self.engines[0], EVERY_OPD) as session:
                world = dunia.build(session, self.seed, self.minta.opd, "sim", dunia.STARTED_AT)
            self._periksa(world.kantor, dunia.STARTED_AT)
            month = dunia.STARTED_AT.month
            for now, office in self._waktu(world):
                if now.month != month:
                    self._akhir_bulan(world.kantor, now)
                    month = now.month
                self._langkah(world, office, now)
            self._akhir()
        except Rusak as broken:
            self._damaged(broken.aturan, broken.wording)
        except (SQLAlchemyError, AssertionError, LookupError, TypeError, ValueError) as fault:
            self._damaged("galat program", f"{type(fault).__name__}: {fault}")
        self._hitung()

    def _damaged(self, aturan: str, wording: str) -> None:
        where: dict[str, str | int] = {
            "benih": self.seed,
            "langkah": self.nomor,
            "gerak": self.record_moves,
        }
        self.reporting.rusak = {"aturan": aturan, "kalimat": wording, **where}

    def _waktu(self, world: World) -> Iterator[tuple[datetime, Kantor]]:
        """The moments at which somebody acts, and in which office."""
        turns = self.minta.opd * LANGKAH_SEBULAN
        for month in range(self.minta.bulan):
            first, end = _awal_bulan(month), _awal_bulan(month + 1)
            first = max(first, dunia.STARTED_AT)
            for turn in range(turns):
                at = first + (end - first) * turn / turns + timedelta(seconds=1)
                yield at.replace(microsecond=0), self.rng.choice(world.kantor)
                if self._cukup():
                    return

    def _cukup(self) -> bool:
        return self.minta.langkah is not None and self.reporting.langkah >= self.minta.langkah

    def _langkah(self, world: World, office: Kantor, now: datetime) -> None:
        with reading(self.engines[1], EVERY_OPD) as session:
            k = Konteks(session, world, office, self.rng, now, self.store, self.penerbit)
            plan = self._pick(k)
        self.nomor += 1
        self.reporting.langkah += 1
        self.record_moves = plan.nama
        self._laku(plan, office, now)
        self._periksa([office], now)

    def _pick(self, k: Konteks) -> WorkStep:
        opening = kantor.buka_tahun(k)
        if opening is not None:
            return opening
        while True:
            record_moves = self.rng.choices([one for _, one in GERAK], [w for w, _ in GERAK])[0]
            plan = record_moves(k)
            if plan is not None:
                return plan

    def _laku(self, plan: WorkStep, office: Kantor, now: datetime) -> None:
        dice = self.rng.random()
        if dice < _MATI:
            self._mati(plan, office, now)
        elif dice < _MATI + _KEMBAR and plan.twins:
            self._twins(plan)
            return
        self._value(plan, gangguan.once(self.engines[0], plan.laku))

    def _mati(self, plan: WorkStep, office: Kantor, now: datetime) -> None:
        """Die somewhere in the step: then nothing of it may be there."""
        with reading(self.engines[1], EVERY_OPD) as session:
            before = self.awas.event_trail(session)
        try:
            with gangguan.mati_di_tengah(self.engines[0], self.rng):
                gangguan.once(self.engines[0], plan.laku)
        except gangguan.Mati:
            self.reporting.mati += 1
        with reading(self.engines[1], EVERY_OPD) as session:
            if self.awas.event_trail(session) != before:
                raise Rusak("atomik", f"langkah {plan.nama} yang terputus meninggalkan jejak")
        self._periksa([office], now)

    def _twins(self, plan: WorkStep) -> None:
        """The same act twice at once: one does it, the other is told or finds it done."""
        done, refused, faults = gangguan.dua_sekaligus(self.engines, plan.laku)
        self.reporting.twins += 1
        if faults:
            raise Rusak("serentak", f"{plan.nama} dua kali sekaligus: {faults[0]!r}")
        self._value(plan, None if done else refused[0])

    def _value(self, plan: WorkStep, refusal: DomainError | None) -> None:
        if refusal is None:
            plan.sesudah()
            self.reporting.jadi[plan.nama] += 1
            if plan.harapan == "tolak":
                raise Rusak("penolakan", f"{plan.nama} harus ditolak tetapi jadi")
            return
        self.reporting.ditolak[plan.nama] += 1
        if plan.harapan == "jadi":
            raise Rusak("penolakan", f"{plan.nama} harus jadi tetapi ditolak: {refusal.message}")

    def _periksa(self, offices: list[Kantor], now: datetime) -> None:
        with reading(self.engines[1], EVERY_OPD) as session:
            self.awas.periksa(session, offices, business_day(now))

    def _akhir_bulan(self, offices: list[Kantor], now: datetime) -> None:
        """Once a month everything is added up again, and all papers are compared."""
        self._periksa(offices, now)
        last = now.replace(day=1) - timedelta(days=1)
        span = Span(last.year, last.month, last.month)
        with reading(self.engines[1], EVERY_OPD) as session:
            for office in offices:
                for claim in tieout.month(session, office.id, span, business_day(now)):
                    if not claim.holds and claim.key not in _INVENTED:
                        raise Rusak("identitas", claim.sentence)

    def _akhir(self) -> None:
        """The program's own checks must agree at the end."""
        with reading(self.engines[1], EVERY_OPD) as session:
            _, fault = tally.recount(session)
            chains = [c.fault for c in catatan_log.check_chains(session)]
            signed = catatan_log.check_checkpoints(
                session, KeyHistory.of_one(self.penerbit.signer.public_key)
            )
        for found in (fault, *chains, signed):
            if found is not None:
                raise Rusak("pemeriksaan akhir", found)

    def _hitung(self) -> None:
        self.reporting.log_events += self.awas.log.banyak
        self.reporting.movements_of += self.awas.pagu.banyak
        self.reporting.dokumen += self.awas.dokumen.banyak
        self.reporting.baris_bank += self.awas.bank.banyak
