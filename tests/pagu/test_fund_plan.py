"""SPD, anggaran kas, UP and payees as ceilings of the one mechanism; files loaded whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.belanja import verbs as belanja_verbs
from kkpd.core.errors import Conflict, DomainError, FileRefused, NotFound
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.reference_row import ReferenceRow
from kkpd.models import Ceiling, Temuan
from kkpd.pagu import available as baca
from kkpd.pagu import available as up_baca
from kkpd.pagu import budget_load, up
from kkpd.pagu.budget_load import BudgetLoad, LoadResult
from kkpd.pagu.ceilings import movements as ceilings_movements
from kkpd.pagu.ceilings import recount as look
from kkpd.pagu.ceilings.movements import Key
from kkpd.pagu.reads import weigh_plans as weigh
from tests.cast import ACTORS, DINKES
from tests.databases import Fill
from tests.worlds import office as worlds
from tests.worlds.office import ATK, NOW, SUB, aturan, setelan
from tests.worlds.office import belanja as isi

JOKO, CITRA = ACTORS["joko"], ACTORS["citra"]
BASIS = BudgetLoad(jenis="spd", tahun=2026, rows=[], opd="dinkes")


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The world of purchases."""
    return worlds.fill_tanpa_spd


def load_data(
    session: Session, jenis: str, *lines: dict[str, str], **more: str
) -> list[LoadResult]:
    rows = [ReferenceRow(number, line) for number, line in enumerate(lines, 2)]
    command = replace(BASIS, jenis=jenis, rows=rows, **more)  # type: ignore[arg-type]  # text only
    return budget_load.load_data(session, JOKO, command, NOW)


def spd(bulan: int, rupiah: int, nomor: str = "") -> dict[str, str]:
    return {"sub_kegiatan": SUB, "bulan": str(bulan), "nilai": str(rupiah), "nomor": nomor}


def kas(**months: str) -> dict[str, str]:
    return {"sub_kegiatan": SUB, "rekening": ATK, **months}


def sisa(session: Session, jenis: str) -> dict[str, Rupiah]:
    rows = session.scalars(select(Ceiling).where(Ceiling.jenis == jenis))
    return {row.kunci: row.limit - row.reserved - row.posted for row in rows}


def buy(session: Session, rupiah: int, nomor: int = 1, **more: object) -> set[str]:
    command = isi(rupiah=rupiah, kunci_kirim=f"beli-{nomor}", nota=f"n{nomor}", **more)
    return aturan(session, belanja_verbs.record(session, CITRA, command, NOW).id) & {"lewat_batas"}


def test_blank_is_not_checked(session: Session) -> None:
    setelan(session, "periksa_kas", "bulan")
    load_data(session, "spd", spd(1, 1))
    assert buy(session, 5_000_000) == set()
    assert sisa(session, "spd") == {}


def test_spds_add_up_and_take_over_what_was_spent(session: Session) -> None:
    load_data(session, "spd", spd(1, 2_000_000, "SPD/1"), spd(10, 1_000_000, "SPD/2"))
    assert buy(session, 1_500_000, 1) == set()
    setelan(session, "periksa_spd", "kumulatif")
    assert buy(session, 1_000_000, 2) == set()
    assert sisa(session, "spd") == {f"{SUB}||sd12": Rupiah.of(500_000)}
    assert buy(session, 600_000, 3) == {"lewat_batas"}
    load_data(session, "spd", spd(11, 500_000, "SPD/3"))
    assert buy(session, 600_000, 4) == {"lewat_batas"}  # November's money is not October's
    load_data(session, "spd", spd(10, 200_000, "SPD/4"))
    assert buy(session, 600_000, 5) == set()
    left = sisa(session, "spd")
    assert left == {f"{SUB}||sd10": Rupiah.of(100_000), f"{SUB}||sd12": Rupiah.of(600_000)}
    assert look.recount(session)[1] is None
    names = {row.nama for row in look.listing(session, CITRA, DINKES, 2026)}
    assert f"{SUB} · s.d. Desember" in names
    assert [one.nomor for one in baca.listing(session, DINKES, 2026)] == [
        "SPD/4",
        "SPD/3",
        "SPD/2",
        "SPD/1",
    ]


def test_more_spent_than_planned_leaves_no_room(session: Session) -> None:
    assert buy(session, 1_500_000, 1) == set()
    load_data(session, "kas", kas(oktober="1.000.000"))
    setelan(session, "periksa_kas", "bulan")
    assert buy(session, 1_000, 2) == {"lewat_batas"}
    row = session.scalars(select(Ceiling).where(Ceiling.jenis == "kas")).one()
    assert (row.limit, row.sasaran) == (Rupiah.of(1_500_000), Rupiah.of(1_000_000))
    load_data(session, "kas", kas(oktober="2.000.000"), nomor="KAS/2")
    assert (row.limit, row.sasaran) == (Rupiah.of(2_000_000), None)
    load_data(session, "kas", {"sub_kegiatan": SUB, "oktober": "9.000.000"}, nomor="KAS/3")
    assert (row.limit, row.sasaran) == (Rupiah.of(1_500_000), ZERO)
    found = session.scalars(select(Temuan).where(Temuan.aturan == "batas_di_bawah_terpakai")).one()
    assert "kas KAS/3 menetapkan anggaran kas" in found.pesan
    assert buy(session, 1_000, 3) == set()  # the whole sub kegiatan holds now


@pytest.mark.parametrize("cara", ["bulan", "kumulatif"])
def test_weighing_says_what_recording_will_do(session: Session, cara: str) -> None:
    """Before the plan's ceiling is open, and after: what the page shows is what is left then."""
    assert buy(session, 700_000, 1) == set()
    months = {"september": "1.000.000", "oktober": "2.000.000", "desember": "100.000"}
    load_data(session, "kas", kas(**months))
    akun, day = (SUB, ATK), date(2026, 10, 14)

    def weighed() -> list[Rupiah]:
        amount = Rupiah.of(300_000)
        return [one.sesudah for one in weigh(session, DINKES, day, akun, amount, {})]

    assert weighed() == []  # not bound by a setting: not checked
    setelan(session, "periksa_kas", cara)
    for nomor in (2, 3):
        before = weighed()
        assert buy(session, 300_000, nomor) == set()
        assert [min(sisa(session, "kas").values())] == before
    other = weigh(session, DINKES, day, (SUB, worlds.LAPTOP), Rupiah.of(1), {})
    assert [one.enough for one in other] == [False]  # a line that the plan lacks


def test_a_line_the_plan_lacks_has_nothing(session: Session) -> None:
    setelan(session, "periksa_kas", "kumulatif")
    load_data(session, "kas", kas(januari="1") | {"rekening": worlds.LAPTOP})
    assert buy(session, 1_000) == {"lewat_batas"}


def test_a_number_is_used_once(session: Session) -> None:
    assert load_data(session, "spd", spd(1, 5, "SPD/1"))[0].baru
    assert not load_data(session, "spd", spd(1, 5, "SPD/1"))[0].baru
    assert not load_data(session, "spd", spd(1, 5))[0].baru
    with pytest.raises(Conflict, match="SPD nomor SPD/1 sudah dimuat dengan isi lain"):
        load_data(session, "spd", spd(1, 6, "SPD/1"))
    with pytest.raises(FileRefused, match="kode 9") as refused:
        load_data(session, "spd", spd(1, 6) | {"sub_kegiatan": "9.99.99.9.99.0001"}, spd(2, 1),
             spd(3, 1) | {"rekening": "5.1.02.01.01.9999"})  # fmt: skip
    assert len(refused.value.findings) == 2
    with pytest.raises(DomainError, match="Tidak ada baris nilai"):
        load_data(session, "kas")


def test_a_dpa_below_what_is_used_needs_a_decision(session: Session) -> None:
    assert buy(session, 750_000) == set()
    line = {"sub_kegiatan": SUB, "rekening": ATK, "sumber_dana": "PAD", "pagu": "500.000"}
    below = r"Pagu baru .* di bawah yang sudah dipesan"
    with pytest.raises(Conflict, match=below), session.begin_nested():
        load_data(session, "dpa", line, versi="pergeseran", nomor="P/1")
    done = load_data(session, "dpa", line, versi="pergeseran", nomor="P/1", keputusan="SK 9")[0]
    assert done.perubahan == {"turun": 1, "hilang": 2}
    assert session.scalars(select(Temuan).where(Temuan.aturan == "batas_di_bawah_terpakai")).one()
    row = session.scalars(
        select(Ceiling).where(Ceiling.jenis == "dpa", Ceiling.kunci == f"{SUB}|{ATK}|PAD")
    ).one()
    assert (row.limit, row.sasaran) == (Rupiah.of(750_000), Rupiah.of(500_000))
    ceilings_movements.settle(session, 1, "void", oleh_id=1, now=NOW)
    assert (row.limit, row.sasaran) == (Rupiah.of(500_000), None)
    assert look.recount(session)[1] is None
    with pytest.raises(DomainError, match="bukan murni, pergeseran"):
        load_data(session, "dpa", line | {"versi": "revisi"})
    assert not load_data(session, "dpa", line)[0].baru
    later = load_data(session, "dpa", line | {"pagu": "500.001"}, line | {"sumber_dana": "DAU"})[0]
    assert later.perubahan == {"naik": 1, "baru": 1}
    assert "tanpa nomor" in later.label_text


def test_whose_file_is_it(session: Session) -> None:
    with pytest.raises(FileRefused, match="tidak menyebut OPD"):
        load_data(session, "spd", spd(1, 1), opd="")
    with pytest.raises(FileRefused, match=r"OPD “9\.9” tidak terdaftar"):
        load_data(session, "spd", spd(1, 1) | {"opd": "9.9"})
    other = load_data(session, "spd", spd(1, 1) | {"opd": "1.01.0.00.0.00.01.0000 Dinas X"})
    assert other[0].opd == "Dinas Pendidikan"


def _up(**more: str) -> dict[str, str]:
    return {"up": "100.000.000", "nomor": "188/1", "tanggal": "02/01/2026"} | more


def test_up_and_tup_from_a_file(session: Session) -> None:
    setelan(session, "share_up_kkpd", "30%")
    tup = _up(nomor="188/2", up="20.000.000", tanggal="01/10/2026", sampai="31/10/2026")
    first = load_data(session, "up", _up(), tup, {"up": "120.000.000", "(jumlah)": "ya"})
    assert [(one.label_text, one.jumlah) for one in first] == [
        ("UP 188/1", Rupiah.of(30_000_000)),
        ("TUP 188/2", Rupiah.of(20_000_000)),
    ]
    assert sisa(session, "up_kkpd") == {"UP": Rupiah.of(50_000_000)}
    assert not any(one.baru for one in load_data(session, "up", _up(), tup))
    day = date(2026, 11, 1)
    states = {row.nomor: row.state for row in up_baca.history(session, DINKES, 2026, day)}
    assert states == {"188/1": "berlaku", "188/2": "lewat"}
    assert up_baca.history(session, DINKES, 2026, date(2026, 1, 1))[-1].state == "nanti"
    later = NOW + timedelta(days=20)
    bought = isi(rupiah=1000, tanggal=date(2026, 11, 2), kunci_kirim="nov", nota="nov")
    belanja_verbs.record(session, CITRA, bought, later)
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
        load_data(session, "up", *lines)


def test_a_lower_up_sinks_with_its_use(session: Session) -> None:
    assert buy(session, 5_000_000, merchant="PT Besar") == set()
    load_data(session, "up", _up(up="10.000.000", up_kkpd="1.000.000"))
    row = session.scalars(select(Ceiling).where(Ceiling.jenis == "up_kkpd")).one()
    assert (row.limit, row.sasaran) == (Rupiah.of(5_000_000), Rupiah.of(1_000_000))
    found = session.scalars(select(Temuan).where(Temuan.aturan == "batas_di_bawah_terpakai")).one()
    assert "Keputusan 188/1 menetapkan UP KKPD" in found.pesan


def test_a_request_is_answered_once(session: Session) -> None:
    asked = up.ProposeUp(DINKES, 2026, "lain", "kebutuhan akhir tahun", Rupiah.of(9))
    dewi = ACTORS["dewi"]
    for wrong, sentence in (
        (replace(asked, alasan="iseng"), "Pilih alasan"),
        (replace(asked, uraian="pendek"), "10 sampai 600"),
        (replace(asked, up_kkpd=Rupiah.of(-1)), "negatif"),
    ):
        with pytest.raises(DomainError, match=sentence):
            up.propose(session, dewi, wrong, NOW)
    row = up.propose(session, dewi, asked, NOW)
    with pytest.raises(Conflict, match="belum dijawab"):
        up.propose(session, dewi, asked, NOW)
    with pytest.raises(NotFound):
        up.refuse_proposal(session, JOKO, 2, row.id, "bukan OPD itu", NOW)
    up.refuse_proposal(session, JOKO, DINKES, row.id, "belum perlu", NOW)
    with pytest.raises(Conflict, match="sudah dijawab"):
        up.refuse_proposal(session, JOKO, DINKES, row.id, "belum perlu", NOW)
    assert [one.still_open for one in up_baca.proposals(session, DINKES, 2026)] == [False]


def test_a_cap_per_payee_set_in_mid_year_counts_what_was_bought_before(session: Session) -> None:
    assert buy(session, 700_000, 1) == set()
    assert buy(session, 2_000_000, 2, pdn_umk=True, merchant="TOKO SUMBER-REJEKI") == set()
    assert buy(session, 900_000, 3, merchant="CV Lain") == set()
    setelan(session, "max_per_payee_general", "1.000.000")
    setelan(session, "max_per_payee_domestic_small", "3.000.000")
    assert buy(session, 400_000, 4) == {"lewat_batas"}  # general: 700.000 are spent
    assert sisa(session, "penerima") == {
        "tokosumberrejeki": Rupiah.of(300_000),
        "tokosumberrejeki|umum": Rupiah.of(300_000),
    }
    assert buy(session, 300_000, 5) == set()


def test_caps_per_payee(session: Session) -> None:
    setelan(session, "max_per_payee_general", "1.000.000")
    assert buy(session, 900_000, 1) == set()
    assert buy(session, 200_000, 2) == {"lewat_batas"}
    setelan(session, "max_per_payee_domestic_small", "5.000.000")
    assert buy(session, 3_000_000, 3, pdn_umk=True) == set()
    assert buy(session, 900_000, 4, merchant="CV Lain") == set()
    assert buy(session, 200_000, 5, merchant="CV Lain") == {"lewat_batas"}
    assert buy(session, 4_100_000, 6, merchant="CV Lain", pdn_umk=True) == set()
    assert set(sisa(session, "penerima")) == {
        "tokosumberrejeki",
        "cvlain",
        "cvlain|umum",
    }
    assert sisa(session, "penerima")["cvlain"] == ZERO
    assert ceilings_movements.locked(session, [Key(DINKES, 2026, "penerima", "cvlain|umum")])[
        0
    ].reserved
