"""SPD, anggaran kas, UP and payees as ceilings of the one mechanism; files loaded whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict, DomainError, FileRefused, NotFound
from kkpd.core.money import NOL, Rupiah
from kkpd.core.reference_row import BarisAcuan
from kkpd.models import Ceiling, Temuan
from kkpd.pagu import budget_load, up
from kkpd.pagu import fund_plan_reads as baca
from kkpd.pagu import up_reads as up_baca
from kkpd.pagu.budget_load import Hasil, Muatan
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings import recount as lihat
from kkpd.pagu.ceilings.movements import Key
from kkpd.pagu.fund_plan_preview import timbang
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.services import belanja_dunia as dunia
from tests.services.belanja_dunia import ATK, NOW, SUB, aturan, setelan
from tests.services.belanja_dunia import belanja as isi

JOKO, CITRA = ACTORS["joko"], ACTORS["citra"]
DASAR = Muatan(jenis="spd", tahun=2026, rows=[], opd="dinkes")


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The world of purchases."""
    return dunia.fill_tanpa_spd


def muat(session: Session, jenis: str, *lines: dict[str, str], **more: str) -> list[Hasil]:
    rows = [BarisAcuan(number, line) for number, line in enumerate(lines, 2)]
    command = replace(DASAR, jenis=jenis, rows=rows, **more)  # type: ignore[arg-type]  # text only
    return budget_load.muat(session, JOKO, command, NOW)


def spd(bulan: int, rupiah: int, nomor: str = "") -> dict[str, str]:
    return {"sub_kegiatan": SUB, "bulan": str(bulan), "nilai": str(rupiah), "nomor": nomor}


def kas(**months: str) -> dict[str, str]:
    return {"sub_kegiatan": SUB, "rekening": ATK, **months}


def sisa(session: Session, jenis: str) -> dict[str, Rupiah]:
    rows = session.scalars(select(Ceiling).where(Ceiling.jenis == jenis))
    return {row.kunci: row.limit - row.reserved - row.posted for row in rows}


def beli(session: Session, rupiah: int, nomor: int = 1, **more: object) -> set[str]:
    command = isi(rupiah=rupiah, kunci_kirim=f"beli-{nomor}", nota=f"n{nomor}", **more)
    return aturan(session, belanja_verbs.catat(session, CITRA, command, NOW).id) & {"lewat_batas"}


def test_blank_is_not_checked(session: Session) -> None:
    setelan(session, "periksa_kas", "bulan")
    muat(session, "spd", spd(1, 1))
    assert beli(session, 5_000_000) == set()
    assert sisa(session, "spd") == {}


def test_spds_add_up_and_take_over_what_was_spent(session: Session) -> None:
    muat(session, "spd", spd(1, 2_000_000, "SPD/1"), spd(10, 1_000_000, "SPD/2"))
    assert beli(session, 1_500_000, 1) == set()
    setelan(session, "periksa_spd", "kumulatif")
    assert beli(session, 1_000_000, 2) == set()
    assert sisa(session, "spd") == {f"{SUB}||sd12": Rupiah.of(500_000)}
    assert beli(session, 600_000, 3) == {"lewat_batas"}
    muat(session, "spd", spd(11, 500_000, "SPD/3"))
    assert beli(session, 600_000, 4) == {"lewat_batas"}  # November's money is not October's
    muat(session, "spd", spd(10, 200_000, "SPD/4"))
    assert beli(session, 600_000, 5) == set()
    left = sisa(session, "spd")
    assert left == {f"{SUB}||sd10": Rupiah.of(100_000), f"{SUB}||sd12": Rupiah.of(600_000)}
    assert lihat.recount(session)[1] is None
    names = {row.nama for row in lihat.daftar(session, CITRA, DINKES, 2026)}
    assert f"{SUB} · s.d. Desember" in names
    assert [one.nomor for one in baca.daftar(session, DINKES, 2026)] == [
        "SPD/4",
        "SPD/3",
        "SPD/2",
        "SPD/1",
    ]


def test_more_spent_than_planned_leaves_no_room(session: Session) -> None:
    assert beli(session, 1_500_000, 1) == set()
    muat(session, "kas", kas(oktober="1.000.000"))
    setelan(session, "periksa_kas", "bulan")
    assert beli(session, 1_000, 2) == {"lewat_batas"}
    row = session.scalars(select(Ceiling).where(Ceiling.jenis == "kas")).one()
    assert (row.limit, row.sasaran) == (Rupiah.of(1_500_000), Rupiah.of(1_000_000))
    muat(session, "kas", kas(oktober="2.000.000"), nomor="KAS/2")
    assert (row.limit, row.sasaran) == (Rupiah.of(2_000_000), None)
    muat(session, "kas", {"sub_kegiatan": SUB, "oktober": "9.000.000"}, nomor="KAS/3")
    assert (row.limit, row.sasaran) == (Rupiah.of(1_500_000), NOL)
    found = session.scalars(select(Temuan).where(Temuan.aturan == "batas_di_bawah_terpakai")).one()
    assert "kas KAS/3 menetapkan anggaran kas" in found.pesan
    assert beli(session, 1_000, 3) == set()  # the whole sub kegiatan holds now


@pytest.mark.parametrize("cara", ["bulan", "kumulatif"])
def test_weighing_says_what_recording_will_do(session: Session, cara: str) -> None:
    """Before the plan's ceiling is open, and after: what the page shows is what is left then."""
    assert beli(session, 700_000, 1) == set()
    months = {"september": "1.000.000", "oktober": "2.000.000", "desember": "100.000"}
    muat(session, "kas", kas(**months))
    akun, day = (SUB, ATK), date(2026, 10, 14)

    def weighed() -> list[Rupiah]:
        amount = Rupiah.of(300_000)
        return [one.sesudah for one in timbang(session, DINKES, day, akun, amount, {})]

    assert weighed() == []  # not bound by a setting: not checked
    setelan(session, "periksa_kas", cara)
    for nomor in (2, 3):
        before = weighed()
        assert beli(session, 300_000, nomor) == set()
        assert [min(sisa(session, "kas").values())] == before
    other = timbang(session, DINKES, day, (SUB, dunia.LAPTOP), Rupiah.of(1), {})
    assert [one.cukup for one in other] == [False]  # a line that the plan lacks


def test_a_line_the_plan_lacks_has_nothing(session: Session) -> None:
    setelan(session, "periksa_kas", "kumulatif")
    muat(session, "kas", kas(januari="1") | {"rekening": dunia.LAPTOP})
    assert beli(session, 1_000) == {"lewat_batas"}


def test_a_number_is_used_once(session: Session) -> None:
    assert muat(session, "spd", spd(1, 5, "SPD/1"))[0].baru
    assert not muat(session, "spd", spd(1, 5, "SPD/1"))[0].baru
    assert not muat(session, "spd", spd(1, 5))[0].baru
    with pytest.raises(Conflict, match="SPD nomor SPD/1 sudah dimuat dengan isi lain"):
        muat(session, "spd", spd(1, 6, "SPD/1"))
    with pytest.raises(FileRefused, match="kode 9") as refused:
        muat(session, "spd", spd(1, 6) | {"sub_kegiatan": "9.99.99.9.99.0001"}, spd(2, 1),
             spd(3, 1) | {"rekening": "5.1.02.01.01.9999"})  # fmt: skip
    assert len(refused.value.findings) == 2
    with pytest.raises(DomainError, match="Tidak ada baris nilai"):
        muat(session, "kas")


def test_a_dpa_below_what_is_used_needs_a_decision(session: Session) -> None:
    assert beli(session, 750_000) == set()
    line = {"sub_kegiatan": SUB, "rekening": ATK, "sumber_dana": "PAD", "pagu": "500.000"}
    below = r"Pagu baru .* di bawah yang sudah dipesan"
    with pytest.raises(Conflict, match=below), session.begin_nested():
        muat(session, "dpa", line, versi="pergeseran", nomor="P/1")
    done = muat(session, "dpa", line, versi="pergeseran", nomor="P/1", keputusan="SK 9")[0]
    assert done.perubahan == {"turun": 1, "hilang": 2}
    assert session.scalars(select(Temuan).where(Temuan.aturan == "batas_di_bawah_terpakai")).one()
    row = session.scalars(
        select(Ceiling).where(Ceiling.jenis == "dpa", Ceiling.kunci == f"{SUB}|{ATK}|PAD")
    ).one()
    assert (row.limit, row.sasaran) == (Rupiah.of(750_000), Rupiah.of(500_000))
    ceilings_movements.settle(session, 1, "void", oleh_id=1, now=NOW)
    assert (row.limit, row.sasaran) == (Rupiah.of(500_000), None)
    assert lihat.recount(session)[1] is None
    with pytest.raises(DomainError, match="bukan murni, pergeseran"):
        muat(session, "dpa", line | {"versi": "revisi"})
    assert not muat(session, "dpa", line)[0].baru
    later = muat(session, "dpa", line | {"pagu": "500.001"}, line | {"sumber_dana": "DAU"})[0]
    assert later.perubahan == {"naik": 1, "baru": 1}
    assert "tanpa nomor" in later.sebutan


def test_whose_file_is_it(session: Session) -> None:
    with pytest.raises(FileRefused, match="tidak menyebut OPD"):
        muat(session, "spd", spd(1, 1), opd="")
    with pytest.raises(FileRefused, match=r"OPD “9\.9” tidak terdaftar"):
        muat(session, "spd", spd(1, 1) | {"opd": "9.9"})
    other = muat(session, "spd", spd(1, 1) | {"opd": "1.01.0.00.0.00.01.0000 Dinas X"})
    assert other[0].opd == "Dinas Pendidikan"


def _up(**more: str) -> dict[str, str]:
    return {"up": "100.000.000", "nomor": "188/1", "tanggal": "02/01/2026"} | more


def test_up_and_tup_from_a_file(session: Session) -> None:
    setelan(session, "share_up_kkpd", "30%")
    tup = _up(nomor="188/2", up="20.000.000", tanggal="01/10/2026", sampai="31/10/2026")
    first = muat(session, "up", _up(), tup, {"up": "120.000.000", "(jumlah)": "ya"})
    assert [(one.sebutan, one.jumlah) for one in first] == [
        ("UP 188/1", Rupiah.of(30_000_000)),
        ("TUP 188/2", Rupiah.of(20_000_000)),
    ]
    assert sisa(session, "up_kkpd") == {"UP": Rupiah.of(50_000_000)}
    assert not any(one.baru for one in muat(session, "up", _up(), tup))
    day = date(2026, 11, 1)
    states = {row.nomor: row.keadaan for row in up_baca.riwayat(session, DINKES, 2026, day)}
    assert states == {"188/1": "berlaku", "188/2": "lewat"}
    assert up_baca.riwayat(session, DINKES, 2026, date(2026, 1, 1))[-1].keadaan == "nanti"
    later = NOW + timedelta(days=20)
    bought = isi(rupiah=1000, tanggal=date(2026, 11, 2), kunci_kirim="nov", nota="nov")
    belanja_verbs.catat(session, CITRA, bought, later)
    assert sisa(session, "up_kkpd") == {"UP": Rupiah.of(30_000_000 - 1000)}


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "Tidak ada baris UP"),
        ([_up(), _up(nomor="188/2")], "sudah ada di atasnya"),
        ([_up(), {"up": "1", "(jumlah)": "ya"}], "penjumlahan barisnya Rp 100.000.000"),
        ([_up(jenis="gu")], "bukan up atau tup"),
        ([_up(jenis="tup")], "TUP memerlukan hari terakhir"),
        ([_up(up="banyak")], "bukan nilai rupiah"),
        ([_up(up_kkpd="200.000.000")], "antara nol dan seluruh UP"),
        ([_up(nomor="")], "Tulis nomor keputusan"),
        ([_up(tanggal="02/01/2025")], "mulai pada tahun itu"),
        ([_up(sampai="01/01/2026")], "berakhir sebelum mulai"),
    ],
)
def test_a_up_file_is_refused(session: Session, lines: list[dict[str, str]], sentence: str) -> None:
    with pytest.raises(DomainError, match=sentence):
        muat(session, "up", *lines)


def test_a_lower_up_sinks_with_its_use(session: Session) -> None:
    assert beli(session, 5_000_000, merchant="PT Besar") == set()
    muat(session, "up", _up(up="10.000.000", up_kkpd="1.000.000"))
    row = session.scalars(select(Ceiling).where(Ceiling.jenis == "up_kkpd")).one()
    assert (row.limit, row.sasaran) == (Rupiah.of(5_000_000), Rupiah.of(1_000_000))
    found = session.scalars(select(Temuan).where(Temuan.aturan == "batas_di_bawah_terpakai")).one()
    assert "Keputusan 188/1 menetapkan UP KKPD" in found.pesan


def test_a_request_is_answered_once(session: Session) -> None:
    asked = up.UsulkanUp(DINKES, 2026, "lain", "kebutuhan akhir tahun", Rupiah.of(9))
    dewi = ACTORS["dewi"]
    for wrong, sentence in (
        (replace(asked, alasan="iseng"), "Pilih alasan"),
        (replace(asked, uraian="pendek"), "10 sampai 600"),
        (replace(asked, up_kkpd=Rupiah.of(-1)), "negatif"),
    ):
        with pytest.raises(DomainError, match=sentence):
            up.usulkan(session, dewi, wrong, NOW)
    row = up.usulkan(session, dewi, asked, NOW)
    with pytest.raises(Conflict, match="belum dijawab"):
        up.usulkan(session, dewi, asked, NOW)
    with pytest.raises(NotFound):
        up.tolak_usulan(session, JOKO, 2, row.id, "bukan OPD itu", NOW)
    up.tolak_usulan(session, JOKO, DINKES, row.id, "belum perlu", NOW)
    with pytest.raises(Conflict, match="sudah dijawab"):
        up.tolak_usulan(session, JOKO, DINKES, row.id, "belum perlu", NOW)
    assert [one.terbuka for one in up_baca.usulan(session, DINKES, 2026)] == [False]


def test_a_cap_per_payee_set_in_mid_year_counts_what_was_bought_before(session: Session) -> None:
    assert beli(session, 700_000, 1) == set()
    assert beli(session, 2_000_000, 2, pdn_umk=True, merchant="TOKO SUMBER-REJEKI") == set()
    assert beli(session, 900_000, 3, merchant="CV Lain") == set()
    setelan(session, "max_per_payee_general", "1.000.000")
    setelan(session, "max_per_payee_domestic_small", "3.000.000")
    assert beli(session, 400_000, 4) == {"lewat_batas"}  # general: 700.000 are spent
    assert sisa(session, "penerima") == {
        "tokosumberrejeki": Rupiah.of(300_000),
        "tokosumberrejeki|umum": Rupiah.of(300_000),
    }
    assert beli(session, 300_000, 5) == set()


def test_caps_per_payee(session: Session) -> None:
    setelan(session, "max_per_payee_general", "1.000.000")
    assert beli(session, 900_000, 1) == set()
    assert beli(session, 200_000, 2) == {"lewat_batas"}
    setelan(session, "max_per_payee_domestic_small", "5.000.000")
    assert beli(session, 3_000_000, 3, pdn_umk=True) == set()
    assert beli(session, 900_000, 4, merchant="CV Lain") == set()
    assert beli(session, 200_000, 5, merchant="CV Lain") == {"lewat_batas"}
    assert beli(session, 4_100_000, 6, merchant="CV Lain", pdn_umk=True) == set()
    assert set(sisa(session, "penerima")) == {
        "tokosumberrejeki",
        "cvlain",
        "cvlain|umum",
    }
    assert sisa(session, "penerima")["cvlain"] == NOL
    assert ceilings_movements.locked(session, [Key(DINKES, 2026, "penerima", "cvlain|umum")])[
        0
    ].reserved
