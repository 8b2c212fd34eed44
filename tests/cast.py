"""The fixed cast: two OPDs, one person a role, the same keys in every test database.

`fill` puts them into an empty database in a fixed order, so their keys are the constants here and
`ACTORS["citra"]` is the actor that a login as `citra` becomes. Everybody works at Dinas Kesehatan
but Eko, who is treasurer of Dinas Pendidikan and must see nothing of it, and those who look across
OPDs: inspector, auditor, BUD and the two administrators. The card 4821 is Ani's.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Final, NamedTuple

from argon2 import PasswordHasher, Type
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.core.db import facts as db_facts
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.permissions import ROLE_NAMES, Actor, Assignment, Role
from kkpd.models import Kartu, Opd, Orang, Pengguna, Penugasan, Periode, Setelan
from tests.client import DEMO_LOGIN_WORD

DINKES: Final = 1
DISDIK: Final = 2
KARTU_ANI: Final = 1
KARTU_EKO: Final = 2

#: The moment at which the cast was entered, and the period that is open.
FIRST_DAY: Final = datetime(2026, 1, 2, 1, 0, tzinfo=UTC)
YEAR: Final = 2026
MONTHS: Final = 10


class Pemeran(NamedTuple):
    """One of the cast: login name, full name, role and OPD (None: all of them)."""

    entry: str
    nama: str
    peran: Role
    opd_id: int | None


CAST: Final = (
    Pemeran("ani", "Ani Pemegang", Role.PEMEGANG, DINKES),
    Pemeran("budi", "Budi Teknis", Role.PPTK, DINKES),
    Pemeran("citra", "Citra Bendahara", Role.BENDAHARA, DINKES),
    Pemeran("dewi", "Dewi Anggaran", Role.PA, DINKES),
    Pemeran("eko", "Eko Seberang", Role.BENDAHARA, DISDIK),
    Pemeran("fitri", "Fitri Inspektur", Role.INSPECTOR, None),
    Pemeran("gilang", "Gilang Auditor", Role.AUDITOR, None),
    Pemeran("hana", "Hana Penatausahaan", Role.PPK, DINKES),
    Pemeran("indra", "Indra Kuasa", Role.KPA, DINKES),
    Pemeran("joko", "Joko Administrator", Role.ADMIN, None),
    Pemeran("kartika", "Kartika Pembantu", Role.BPP, DINKES),
    Pemeran("lukman", "Lukman Kas", Role.BUD, None),
    Pemeran("mira", "Mira Administrator", Role.ADMIN, None),
)

#: Settings without which no paper is issued.
SURAT: Final = {
    "nama_pemerintah": "Pemerintah Kabupaten Contoh",
    "perangkat_bud": "Badan Keuangan dan Aset Daerah",
    "alamat_bud": "Jalan Contoh Nomor 3, Lubuk Pakam",
    "bank_rkud": "Bank Sumut",
    "rekening_bendahara": "100.01.02.000001-1",
}

#: login name -> key of the person (and of the account: both are entered in the same order)
ORANG: Final = {pemeran.entry: number for number, pemeran in enumerate(CAST, 1)}

#: login name -> the actor a login becomes
ACTORS: Final = {
    p.entry: Actor(ORANG[p.entry], ORANG[p.entry], p.nama, (Assignment(p.peran, p.opd_id),))
    for p in CAST
}


def actor(entry: str, opd_id: int | None = None) -> Actor:
    """The actor of that login name, with an OPD chosen when one is named."""
    return ACTORS[entry].in_opd(opd_id)


def fill(engine: Engine) -> None:
    """Put the cast into an empty database."""
    with writing(engine, EVERY_OPD) as session:
        enter(session)


def enter(session: Session) -> None:
    """The same in the caller's transaction."""
    _offices(session)
    session.flush()
    for pemeran in CAST:
        _enter_one(session, pemeran)
    for opd_id, finish, pemegang in ((DINKES, "4821", "ani"), (DISDIK, "7730", "eko")):
        session.add(
            Kartu(
                opd_id=opd_id,
                jenis="barang",
                nomor_akhir=finish,
                token=f"kartu-{finish}",
                bank="Bank Sumut",
                pemegang_id=ORANG[pemegang],
                status="aktif",
            )
        )
        session.flush()
        session.add(
            Periode(
                opd_id=opd_id,
                tahun=YEAR,
                bulan=MONTHS,
                status="terbuka",
                sejak=FIRST_DAY,
                oleh_id=ORANG["joko"],
            )
        )
    session.flush()


def given(session: Session) -> None:
    """What was entered so far stands for what was there before: no event tells of it."""
    session.flush()
    db_facts.carried(session)


def _offices(session: Session) -> None:
    """The two OPDs, and what their papers name."""
    session.add_all(
        [
            Opd(
                kode="1.02.0.00.0.00.01.0000",
                slug="dinkes",
                nama="Dinas Kesehatan",
                alamat="Jalan Contoh Nomor 1, Lubuk Pakam",
                npwp="00.111.222.3-111.000",
            ),
            Opd(
                kode="1.01.0.00.0.00.01.0000",
                slug="disdik",
                nama="Dinas Pendidikan",
                alamat="Jalan Contoh Nomor 2, Lubuk Pakam",
                npwp="00.111.222.3-222.000",
            ),
        ]
    )
    session.add_all(
        Setelan(
            kunci=kunci,
            nilai=nilai,
            mulai=date(2026, 1, 1),
            dasar_hukum="SK Bupati 1/2026",
            dicatat_at=FIRST_DAY,
        )
        for kunci, nilai in SURAT.items()
    )


def _enter_one(session: Session, pemeran: Pemeran) -> None:
    number = ORANG[pemeran.entry]
    orang = Orang(
        nama=pemeran.nama,
        nip=f"19800101200001{number:04d}",
        pangkat="Penata (III/c)",
        jabatan=ROLE_NAMES[pemeran.peran],
        opd_id=pemeran.opd_id,
    )
    session.add(orang)
    session.flush()
    session.add_all(
        [
            Pengguna(
                orang_id=orang.id,
                nama_masuk=pemeran.entry,
                sandi_hash=_sandi_hash(),
                dibuat_at=FIRST_DAY,
            ),
            Penugasan(
                orang_id=orang.id,
                peran=pemeran.peran.value,
                opd_id=pemeran.opd_id,
                mulai=date(2026, 1, 1),
                dasar="SK Bupati 1/2026",
                status="berlaku",
            ),
        ]
    )
    session.flush()
    assert orang.id == number, "the cast goes into an empty database"


@cache
def _sandi_hash() -> str:
    """Cheap to make and to check, by the parameters in the hash: thousands of logins are tested."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID).hash(
        DEMO_LOGIN_WORD
    )
