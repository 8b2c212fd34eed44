"""The simulated ground: OPDs with their people, budget, UP and cards, laid by the real services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from random import Random
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.core.moments import business_day
from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.core.reference_row import ReferenceRow
from kkpd.demo import script as demo_script
from kkpd.demo.script import DemoItem
from kkpd.models import Pengguna
from kkpd.organisation import assignments, organisation
from kkpd.organisation import cards as kartu
from kkpd.organisation.accounts import assignments_on
from kkpd.pagu import up
from kkpd.pagu.budget import reference
from kkpd.pagu.budget import versions as budget_versions
from tests.simulator import surat
from tests.simulator.bank import Bank

TAHUN_AWAL: Final = 2026
SUB_KEGIATAN: Final = "1.02.01.2.06.0002"
FUND_SOURCE: Final = "PAD"
_UP: Final = 150_000_000
_UP_KKPD: Final = 60_000_000
_BATAS_KARTU: Final = 40_000_000
#: role word -> the roles of that person; `wakil` holds none of his own and stands in for whoever
#: decides when a letter says so.
_PERSON: Final = {
    "pa": (Role.PA,),
    "bendahara": (Role.BENDAHARA,),
    "bpp": (Role.BPP,),
    "pptk": (Role.PPTK,),
    "ppk": (Role.PPK,),
    "wakil": (),
    "pemegang_0": (Role.PEMEGANG,),
    "pemegang_1": (Role.PEMEGANG,),
}
#: the same in a unit with its own KPA: PA and treasurer are those of its SKPD.
_ORANG_UNIT: Final = {
    **{nama: peran for nama, peran in _PERSON.items() if nama not in ("pa", "bendahara", "ppk")},
    "kpa": (Role.KPA,),
}


@dataclass(frozen=True, slots=True)
class KartuSim:
    """A card: its key, what the bank prints of it, its kind and its holder."""

    id: int
    finish: str
    jenis: str
    pemegang: Actor


@dataclass(slots=True)
class Kantor:
    """An OPD of the simulation: its people, its cards, its budget, and its bank's own truth.

    `parent` is the SKPD of a unit; `pelimpahan` the days of the newest letter of delegation.
    """

    id: int
    slug: str
    orang: dict[str, Actor]
    kartu: tuple[KartuSim, ...]
    bank: Bank
    pagu: dict[str, int] = field(default_factory=dict)
    nomor: int = 0
    tahun_dibuka: set[int] = field(default_factory=lambda: {TAHUN_AWAL})
    parent: Kantor | None = None
    pelimpahan: tuple[date, date] | None = None

    def urut(self) -> int:
        """The next number for whatever needs one of its own."""
        self.nomor += 1
        return self.nomor


@dataclass(slots=True)
class World:
    """All OPDs of one seed and who sees them all."""

    seed: int
    admin: Actor
    second: Actor
    bud: Actor
    kantor: list[Kantor]
    thing: list[DemoItem]


def build(session: Session, seed: int, opd: int, beginning: str, now: datetime) -> World:
    """Lay the ground for this many OPDs; every second one is a unit of the one before it."""
    rng = Random(f"dunia:{seed}")
    granters = _administrators(session, now)
    admin = granters[0]
    thing = demo_script.thing()
    muat_acuan(session, admin, thing, TAHUN_AWAL, now)
    surat.isi(session, admin, now)
    bud = _person(session, granters, f"BUD {beginning}", (Role.BUD,), None, now)
    made: list[Kantor] = []
    digits = iter(rng.sample(range(1000, 9999), 2 * opd))
    for n in range(1, opd + 1):
        parent = made[-1] if n % 2 == 0 else None
        made.append(_kantor(session, granters, thing, f"{beginning}{n}", rng, digits, parent, now))
    return World(seed, *granters, bud, made, thing)


def muat_acuan(
    session: Session, admin: Actor, thing: list[DemoItem], tahun: int, now: datetime
) -> None:
    """The codes that the simulated purchases use, for that year."""
    accounts = sorted({item.rekening for item in thing})
    rows = [ReferenceRow(n, {"kode": k, "nama": f"Belanja {k}"}) for n, k in enumerate(accounts, 2)]
    reference.load_rekening(session, admin, rows, tahun, now)
    activity = [ReferenceRow(2, {"kode": SUB_KEGIATAN, "nama": "Penyediaan barang kantor"})]
    reference.load_sub_kegiatan(session, admin, activity, tahun, now)


def muat_dpa(
    session: Session,
    admin: Actor,
    kantor: Kantor,
    tahun: int,
    versi: str,
    pagu: dict[str, int],
    now: datetime,
    keputusan: str = "",
) -> None:
    """A DPA version with these lines (account -> rupiah)."""
    rows = [
        ReferenceRow(
            number,
            {
                "sub_kegiatan": SUB_KEGIATAN,
                "rekening": account,
                "sumber_dana": FUND_SOURCE,
                "pagu": str(amount),
            },
        )
        for number, (account, amount) in enumerate(sorted(pagu.items()), 2)
    ]
    head = budget_versions.DpaVersion(
        kantor.id, tahun, versi, f"DPA/{kantor.slug}/{now:%m%d%H%M%S}", now.date(), keputusan
    )
    budget_versions.load_dpa(session, admin, head, rows, now)


def muat_spd(session: Session, admin: Actor, kantor: Kantor, tahun: int, now: datetime) -> None:
    """One SPD that provides all the budget of the year."""
    lines = [(SUB_KEGIATAN, account, amount) for account, amount in sorted(kantor.pagu.items())]
    surat.spd(session, admin, (kantor.id, kantor.slug, tahun), lines, now)


def decide_up(
    session: Session, admin: Actor, kantor: Kantor, tahun: int, up_kkpd: int, now: datetime
) -> None:
    """The UP decision and its card share."""
    up.decide_up(
        session,
        admin,
        up.DecideUp(
            opd_id=kantor.id,
            tahun=tahun,
            nomor=f"188/{kantor.slug}/{now:%m%d%H%M%S}",
            mulai=now.date(),
            up=Rupiah.of(_UP),
            up_kkpd=Rupiah.of(up_kkpd),
            dasar_hukum=f"Keputusan simulasi {now:%Y}",
        ),
        now,
    )


def _administrators(session: Session, now: datetime) -> tuple[Actor, Actor]:
    """Two: what one proposes, the other confirms."""
    known = session.scalars(select(Pengguna).order_by(Pengguna.id).limit(2)).all()
    office = (Assignment(Role.ADMIN, None),)
    if known:
        first, second = (Actor(one.orang_id, one.id, "Admin", office) for one in known)
        return first, second
    first, second = (
        organisation.first_one(
            session,
            organisation.PersonData(nama=f"Admin Simulasi {n}"),
            f"sim-admin-{n}",
            "-",
            now=now,
            others=n,
            dasar="SK simulasi",
        )
        for n in range(2)
    )
    return first, second


def grant(
    session: Session,
    granters: tuple[Actor, Actor],
    data: assignments.AssignmentData,
    now: datetime,
) -> None:
    """One administrator proposes, the other confirms."""
    proposal = assignments.propose(session, granters[0], data, now)
    assignments.confirm(session, granters[1], proposal.id, now)


def _kantor(
    session: Session,
    granters: tuple[Actor, Actor],
    thing: list[DemoItem],
    slug: str,
    rng: Random,
    digits: Iterator[int],
    parent: Kantor | None,
    now: datetime,
) -> Kantor:
    data = organisation.DataOpd(
        kode=f"9.99.0.00.0.00.{slug}",
        slug=slug,
        nama=f"Dinas {slug}",
        alamat="Jalan Simulasi 1",
        npwp="00.000.000.0-000.000",
        induk_id=parent.id if parent else None,
    )
    admin = granters[0]
    opd = organisation.save_opd(session, admin, data, now)
    orang = {
        nama: _person(session, granters, f"{nama} {slug}", peran, opd.id, now)
        for nama, peran in (_ORANG_UNIT if parent else _PERSON).items()
    }
    if parent is not None:
        for nama in ("pa", "bendahara", "ppk"):
            orang[nama] = pada_hari(session, parent.orang[nama], now.date())
    orang["penguji"] = orang["kpa" if parent else "pa"]
    cards = _kartu(session, granters, opd.id, orang, digits, now)
    kantor = Kantor(opd.id, slug, orang, cards, Bank(), parent=parent)
    kantor.pagu = {
        account: rng.randint(20, 60) * 1_000_000
        for account in sorted({item.rekening for item in thing})
    }
    muat_dpa(session, admin, kantor, TAHUN_AWAL, "murni", kantor.pagu, now)
    muat_spd(session, admin, kantor, TAHUN_AWAL, now)
    decide_up(session, admin, kantor, TAHUN_AWAL, _UP_KKPD, now)
    return kantor


def pada_hari(session: Session, actor: Actor, day: date) -> Actor:
    """The person with the assignments and delegations that hold on this day."""
    return replace(actor, assignment=assignments_on(session, actor.orang_id, day))


def _person(
    session: Session,
    granters: tuple[Actor, Actor],
    nama: str,
    peran: tuple[Role, ...],
    opd_id: int | None,
    now: datetime,
) -> Actor:
    orang = organisation.save_person(
        session,
        granters[0],
        organisation.PersonData(nama=nama, nip=f"SIM {nama}", pangkat="III/c", opd_id=opd_id),
        now,
    )
    for one in peran:
        data = assignments.AssignmentData(
            orang_id=orang.id,
            peran=one.value,
            opd_id=opd_id,
            mulai=business_day(now),
            dasar="SK simulasi",
            tanggal_dasar=business_day(now),
        )
        grant(session, granters, data, now)
    return Actor(orang.id, orang.id, nama, tuple(Assignment(one, opd_id) for one in peran))


def _kartu(
    session: Session,
    granters: tuple[Actor, Actor],
    opd_id: int,
    orang: dict[str, Actor],
    digits: Iterator[int],
    now: datetime,
) -> tuple[KartuSim, ...]:
    made = []
    for number, jenis in enumerate(("barang", "perjalanan")):
        holder = orang[f"pemegang_{number}"]
        last4 = f"{next(digits)}"
        command = kartu.ProposeCard(
            opd_id=opd_id,
            jenis=jenis,
            nomor_akhir=last4,
            bank="Bank Sumut",
            pemegang_id=holder.orang_id,
            tanggal=now.date(),
            nomor_dokumen="Usul simulasi",
            limit=Rupiah.of(_BATAS_KARTU),
        )
        card = kartu.propose(session, granters[0], command, now)
        for status in ("ditetapkan", "terbit", "diserahkan", "aktif"):
            step = kartu.ChangeStatus(
                kartu_id=card.id, status=status, tanggal=now.date(), nomor_dokumen="SK simulasi"
            )
            kartu.change_status(session, granters[1], step, now)
        made.append(KartuSim(card.id, last4, jenis, holder))
    return tuple(made)


#: Late enough in the year that a short life crosses New Year.
STARTED_AT: Final = datetime(TAHUN_AWAL, 9, 2, 1, 0, tzinfo=UTC)
AWAL_HARI: Final = STARTED_AT.date()
