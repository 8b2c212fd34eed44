"""The demo's basic data: OPDs, people, logins, settings, reference codes, budgets and cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kkpd.core.money import Rupiah
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.core.reference_row import ReferenceRow
from kkpd.demo import script as demo_script
from kkpd.models import DpaBaris, Opd
from kkpd.organisation import assignments, organisation
from kkpd.organisation import cards as kartu
from kkpd.organisation.setup import national_codes
from kkpd.pagu import fund_plan
from kkpd.pagu import up as up_service
from kkpd.pagu.budget import versions as budget_versions
from kkpd.pagu.budget.rows import BudgetHead, FundPlanLine

YEAR: Final = 2026
FIRST_DAY: Final = date(YEAR, 1, 1)
#: The moment at which the basic data is recorded.
STARTED_AT: Final = datetime(YEAR, 1, 2, 1, 0, tzinfo=UTC)
#: What appoints everybody of the demo.
_DECREE: Final = "SK contoh demo 1/2026"
FUND_SOURCE: Final = "PAD"
_LIMIT_KARTU: Final = {"barang": 100_000_000, "perjalanan": 40_000_000}


#: The months in which a quarter begins, with its Roman numeral.
QUARTERS: Final = {1: "I", 4: "II", 7: "III", 10: "IV"}


def at_hour(day: date, hour: int) -> datetime:
    """A moment of that day, hour in UTC (Jakarta is seven hours later)."""
    return datetime(day.year, day.month, day.day, hour, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class KartuDemo:
    """A card of the demo, as the rest of the demo needs it."""

    id: int
    finish: str
    jenis: str
    pemegang: Actor


@dataclass(frozen=True, slots=True)
class OpdDemo:
    """An OPD of the demo with the people who act in it."""

    id: int
    slug: str
    nama: str
    pa: Actor
    bendahara: Actor
    pptk: Actor
    ppk: Actor
    kartu: tuple[KartuDemo, ...]
    kegiatan: tuple[str, ...]
    program_id: int


def lay(session: Session, seed: int, sandi_hash: str) -> tuple[list[OpdDemo], dict[str, Actor]]:
    """Create everything needed before the first purchase. Returns the OPDs and the people who see
    all of them.
    """
    script = demo_script.opd()
    granters = _administrators(session, script, sandi_hash)
    admin = granters[0]
    across = {
        row["peran"]: _person(session, granters, row, row["peran"], None, sandi_hash)
        for row in script["lintas"]
        if row["peran"] != "admin"
    }
    for row in script["setelan"]:
        _setting(session, admin, row)
    national_codes.load_codes(session, admin, YEAR, STARTED_AT)
    national_codes.load_holidays(session, admin, YEAR, STARTED_AT)
    rng = Random(seed)
    made = [_opd(session, granters, row, rng, sandi_hash) for row in script["opd"]]
    return made, {**across, "admin": admin}


def _setting(
    session: Session, admin: Actor, row: dict[str, str], opd_id: int | None = None
) -> None:
    data = organisation.SettingData(
        kunci=row["kunci"],
        nilai=row.get("nilai"),
        mulai=FIRST_DAY,
        dasar_hukum=row["dasar_hukum"],
        opd_id=opd_id,
    )
    organisation.decide_setting(session, admin, data, STARTED_AT)


def _administrators(
    session: Session, script: dict[str, Any], sandi_hash: str
) -> tuple[Actor, Actor]:
    """Two administrators: what one proposes, the other confirms."""
    first, second = (
        organisation.first_one(
            session,
            organisation.PersonData(nama=row["nama"], jabatan=row["jabatan"]),
            row["masuk"],
            sandi_hash,
            now=STARTED_AT,
            others=others,
            dasar=_DECREE,
            tanggal_dasar=FIRST_DAY,
            demo=True,
        )
        for others, row in enumerate(r for r in script["lintas"] if r["peran"] == "admin")
    )
    return first, second


def _person(
    session: Session,
    granters: tuple[Actor, Actor],
    row: dict[str, Any],
    peran: str,
    opd_id: int | None,
    sandi_hash: str,
) -> Actor:
    data = organisation.PersonData(
        nama=row["nama"],
        jabatan=row["jabatan"],
        nip=row.get("nip"),
        pangkat=row.get("pangkat", ""),
        opd_id=opd_id,
    )
    admin, second = granters
    orang = organisation.save_person(session, admin, data, STARTED_AT)
    proposal = assignments.propose(
        session,
        admin,
        assignments.AssignmentData(
            orang_id=orang.id,
            peran=peran,
            opd_id=opd_id,
            mulai=FIRST_DAY,
            dasar=_DECREE,
            tanggal_dasar=FIRST_DAY,
            alasan_mundur="Keputusan berlaku sejak 1 Januari, dicatat pada hari kerja pertama.",
        ),
        STARTED_AT,
    )
    assignments.confirm(session, second, proposal.id, STARTED_AT)
    login = organisation.create_login(
        session,
        admin,
        organisation.LoginData(
            orang_id=orang.id, nama_masuk=row["masuk"], sandi_hash=sandi_hash, demo=True
        ),
        STARTED_AT,
    )
    return Actor(orang.id, login.id, orang.nama, (Assignment(Role(peran), opd_id),))


def _opd(
    session: Session,
    granters: tuple[Actor, Actor],
    row: dict[str, Any],
    rng: Random,
    sandi_hash: str,
) -> OpdDemo:
    admin = granters[0]
    opd = organisation.save_opd(
        session,
        admin,
        organisation.DataOpd(
            kode=row["kode"],
            slug=row["slug"],
            nama=row["nama"],
            npwp=row["npwp"],
            alamat=row["alamat"],
        ),
        STARTED_AT,
    )
    account = {"kunci": "rekening_bendahara", "nilai": row["rekening"]}
    _setting(session, admin, account | {"dasar_hukum": "Keputusan Bupati contoh demo"}, opd.id)
    name, dimension, words = row["program"]
    program = organisation.add_program(session, admin, opd.id, name, dimension, words, STARTED_AT)
    people = _people(session, granters, row, opd, rng, sandi_hash)
    _budget(session, admin, opd, row, rng)
    return OpdDemo(
        id=opd.id,
        slug=opd.slug,
        nama=opd.nama,
        pa=people["pa"][0],
        bendahara=people["bendahara"][0],
        pptk=people["pptk"][0],
        ppk=people["ppk"][0],
        kartu=_cards(session, granters, opd, people["pemegang"], rng),
        kegiatan=tuple(row["kegiatan"]),
        program_id=program.id,
    )


_OFFICES: Final = {
    "pa": ("Kepala", "Pembina Utama Muda (IV/c)"),
    "bendahara": ("Bendahara Pengeluaran", "Penata (III/c)"),
    "pptk": ("Pejabat Pelaksana Teknis Kegiatan", "Penata Tingkat I (III/d)"),
    "ppk": ("Pejabat Penatausahaan Keuangan", "Penata (III/c)"),
    "pemegang": ("Pelaksana", "Penata Muda (III/a)"),
}


def _people(
    session: Session,
    granters: tuple[Actor, Actor],
    row: dict[str, Any],
    opd: Opd,
    rng: Random,
    sandi_hash: str,
) -> dict[str, list[Actor]]:
    found: dict[str, list[Actor]] = {}
    for peran, names in row["orang"].items():
        logins = row["masuk"][peran]
        pairs = zip(names, logins, strict=True) if isinstance(names, list) else [(names, logins)]
        title, rank = _OFFICES[peran]
        for name, login in pairs:
            person = {
                "nama": name,
                "jabatan": f"{title} {opd.nama}" if peran == "pa" else title,
                "pangkat": rank,
                "nip": f"19{rng.randint(70, 99)}0101 201001 1 {rng.randint(1, 999):03d}",
                "masuk": login,
            }
            actor = _person(session, granters, person, peran, opd.id, sandi_hash)
            found.setdefault(peran, []).append(actor)
    return found


def _budget(session: Session, admin: Actor, opd: Opd, row: dict[str, Any], rng: Random) -> None:
    lines: dict[tuple[str, str], int] = {}
    for item in demo_script.thing():
        key = (row["kegiatan"][item.kegiatan], item.rekening)
        price = item.harga[1] * item.volume[1] * item.weight
        lines[key] = lines.get(key, 0) + price * rng.randint(8, 14) // 100_000 * 100_000 + 5_000_000
    rows = [
        ReferenceRow(
            number,
            {
                "sub_kegiatan": activity,
                "rekening": account,
                "sumber_dana": FUND_SOURCE,
                "pagu": str(pagu),
            },
        )
        for number, ((activity, account), pagu) in enumerate(sorted(lines.items()), 2)
    ]
    head = budget_versions.DpaVersion(
        opd.id, YEAR, "murni", f"DPA/A.1/{row['kode']}/2026", FIRST_DAY
    )
    budget_versions.load_dpa(session, admin, head, rows, STARTED_AT)
    up = Rupiah.parse(row["up"])
    up_service.decide_up(
        session,
        admin,
        up_service.DecideUp(
            opd_id=opd.id,
            tahun=YEAR,
            nomor=f"188.45/{opd.id}/UP/2026",
            mulai=FIRST_DAY,
            up=up,
            up_kkpd=up.share(Decimal("0.40")),
            dasar_hukum="Keputusan Bupati contoh demo tentang besaran UP 2026",
        ),
        STARTED_AT,
    )


def _cards(
    session: Session, granters: tuple[Actor, Actor], opd: Opd, holders: list[Actor], rng: Random
) -> tuple[KartuDemo, ...]:
    admin, second = granters
    made = []
    for holder, jenis in zip(holders, ("barang", "barang", "perjalanan"), strict=True):
        last4 = f"{rng.randint(1000, 9999)}"
        card = kartu.propose(
            session,
            admin,
            kartu.ProposeCard(
                opd_id=opd.id,
                jenis=jenis,
                nomor_akhir=last4,
                bank="Bank Sumut",
                pemegang_id=holder.orang_id,
                tanggal=FIRST_DAY,
                nomor_dokumen="Usul PA contoh 1/2026",
                limit=Rupiah.of(_LIMIT_KARTU[jenis]),
                berlaku_sampai=date(YEAR + 3, 12, 31),
            ),
            STARTED_AT,
        )
        for status in ("ditetapkan", "terbit", "diserahkan", "aktif"):
            step = kartu.ChangeStatus(
                kartu_id=card.id,
                status=status,
                tanggal=FIRST_DAY,
                nomor_dokumen=f"Keputusan Bupati contoh 900/{opd.id}/2026",
            )
            kartu.change_status(session, second, step, STARTED_AT)
        made.append(KartuDemo(card.id, last4, jenis, holder))
    return tuple(made)


def issue_spd(session: Session, admin: Actor, opd: OpdDemo, bulan: int) -> None:
    """The SPD of the quarter that begins with this month: a twelfth of the DPA for each month, in
    whole thousands."""
    budget = session.execute(
        select(DpaBaris.sub_kegiatan, func.sum(DpaBaris.pagu))
        .where(DpaBaris.opd_id == opd.id, DpaBaris.tahun == YEAR)
        .group_by(DpaBaris.sub_kegiatan)
        .order_by(DpaBaris.sub_kegiatan)
    ).all()
    months = [(code, pagu, month) for code, pagu in budget for month in range(bulan, bulan + 3)]
    lines = [
        FundPlanLine(number, BudgetHead(), code, "", month, Rupiah.of(pagu.sen // 1_200_000 * 1000))
        for number, (code, pagu, month) in enumerate(months, 2)
    ]
    day = date(YEAR, bulan, 2)
    number = f"SPD/TW-{QUARTERS[bulan]}/{opd.slug.upper()}/{YEAR}"
    head = fund_plan.PlanHead(opd.id, YEAR, "spd", number, day)
    fund_plan.load_data(session, admin, head, lines, at_hour(day, 1))
