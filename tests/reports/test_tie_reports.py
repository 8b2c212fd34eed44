"""Every report's figures against each other, over two months with everything that goes wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd import ledger
from kkpd.approval import decide as approval_decide
from kkpd.core.errors import Conflict
from kkpd.core.moments import parse_span
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.engines.paper import FrozenDocument as Document
from kkpd.models import Dokumen, Tagihan
from kkpd.reconciliation import periods
from tests.cast import DINKES
from tests.databases import Fill
from tests.worlds import office as belanja_dunia
from tests.worlds.chain_steps import (
    OKTOBER,
    bank_billed,
    baris_bank,
    berbukti,
    diperiksa,
    penerbit,
    setuju,
)
from tests.worlds.office import NOW, brought
from tests.worlds.tie_world import (
    CITRA,
    DEWI,
    LATER,
    PLACES,
    REFUSED,
    TAXES,
    World,
    each_month,
    label,
    link,
    november,
    october,
    repay,
)


@pytest.fixture(scope="session")
def database_fill() -> Fill:
    """The small world of purchases."""
    return belanja_dunia.fill


@pytest.fixture
def world(session: Session, tmp_path: Path) -> World:
    """October; `november` goes on."""
    return october(session, tmp_path)


def test_the_register_says_where_each_rupiah_is(world: World) -> None:
    """October: 2,250,000 less 300,000 that came back, 250,000 of another, 45,000 of the bank's."""
    [row] = world.rows("register_tagihan")
    amounts = {"nilai": 2_245_000, "disetujui": 1_350_000, "ditolak": 600_000, "up_tunai": 10_000,
               "lain": 15_000, "dialihkan": 0, "belum_selesai": 270_000}  # fmt: skip
    assert {key: row[key] for key in amounts} == {k: Rupiah.of(v) for k, v in amounts.items()}
    assert (row["status"], row["dibayar"]) == ("Diproses", date(2026, 10, 20))
    november(world)
    [row] = world.rows("register_tagihan")
    assert (row["dialihkan"], row["belum_selesai"]) == (Rupiah.of(250_000), ZERO)
    assert row["status"] == "Dibayar, sisa Rp 345.000: pemegang, UP Tunai, pemegang atau bank"


def test_an_interim_list_stands_with_what_no_final_bill_asks_for(world: World) -> None:
    """Its lines are in the minutes too, so that both say the same."""
    session = world.session
    bill = session.scalars(select(Tagihan)).one()
    interim = Tagihan(
        opd_id=DINKES, tahun=2026, bulan=10, jenis="dts", identitas="dd" * 32,
        berkas_id=bill.berkas_id, at=NOW, oleh_id=CITRA.orang_id,
    )  # fmt: skip
    session.add(interim)
    session.flush()
    brought(session, interim)
    baris_bank(session, 70_000, kejadian=4, tagihan_id=interim.id)
    final, listed = sorted(world.rows("register_tagihan"), key=lambda row: str(row["status"]))[::-1]
    assert listed["status"] == "DTS, menunggu tagihan final"
    assert (listed["nilai"], listed["belum_selesai"]) == (Rupiah.of(70_000),) * 2
    assert final["nilai"] == Rupiah.of(2_245_000)
    assert world.sum("rekonsiliasi", "bank") == world.sum("register_tagihan", "nilai")


def test_the_register_of_dpts_names_the_bill(world: World) -> None:
    [row] = world.rows("register_dpt")
    [bill] = world.rows("register_tagihan")
    assert row["tagihan"] == bill["nomor"]


def test_bills_and_dpts_say_the_same(world: World) -> None:
    for span in each_month(world):
        carried = ZERO if span == "2026-10" else Rupiah.of(250_000)
        paid = world.sum("register_tagihan", "disetujui", span=span) + carried
        assert paid == world.sum("register_dpt", "nilai", span=span)
        assert world.sum("register_tagihan", "nilai", span=span) == world.sum(
            "register_tagihan", *PLACES, span=span
        )
        assert world.sum("register_tagihan", "ditolak", span=span) == world.sum(
            "ditolak", "nilai", span=span
        )
        assert world.sum("rekonsiliasi", "bank", span=span) == world.sum(
            "register_tagihan", "nilai", span=span
        )


def close(world: World) -> Dokumen:
    """Close the year up to October; its minutes."""
    day, office = LATER.replace(day=21), penerbit(world.folder)
    for month in range(1, 10):
        periods.close(world.session, CITRA, DINKES, (2026, month), office, day)
    return periods.close(world.session, CITRA, DINKES, OKTOBER, office, day)


def test_minutes_issued_and_drawn_again_agree(world: World) -> None:
    """What comes after the closing changes nothing in them."""
    november(world)
    frozen = Document.from_json(close(world).data)
    repay(world, 50_000, date(2026, 11, 23), LATER.replace(day=23))
    again = world.paper("rekonsiliasi")
    assert again.isi[1:] == frozen.isi[1:]
    booked = label(frozen, "Menurut pembukuan")
    assert booked == world.sum("register_tagihan", "disetujui", "ditolak", "dialihkan")
    assert label(frozen, "Selisih") == world.sum("rekonsiliasi", "nilai", table=1)
    assert label(frozen, "Belum ditetapkan") == ZERO
    assert "1 belanja senilai Rp 400.000" in str(frozen.isi)


def test_what_waits_for_its_dpt_is_listed_in_the_month_of_its_bill(world: World) -> None:
    """A purchase of October on November's bill is in November's list, as in its DPT later."""
    before = world.sum("dpt", "jumlah", span="2026-10")
    assert before == world.sum("register_dpt", "nilai", span="2026-10")
    late = berbukti(world.session, world.folder, 8, rupiah=500_000)
    late.bulan = 11
    bank_billed(world.session, world.folder, late)
    late.bulan = 10
    diperiksa(world.session, world.folder, late)
    approval_decide.decide(world.session, DEWI, setuju(late), NOW)
    assert world.sum("dpt", "jumlah", span="2026-10") == before
    assert world.sum("dpt", "jumlah", span="2026-11") == Rupiah.of(500_000)


def test_balances_lead_from_month_to_month(world: World) -> None:
    for span in each_month(world):
        when = parse_span(span)
        book = world.rows("buku_pembantu", span)
        owed = world.owed(when.sampai)
        assert book[-1]["saldo"] == owed
        assert world.sum("belum_lunas", "nilai", span=span) == owed
        assert world.sum("batas", "dicadangkan", "terpakai", span=span) == owed
        [limit] = world.rows("batas", span)
        assert limit["digunakan"] == owed
        end = world.label("lpj", "Uang Persediaan KKPD akhir periode", span)
        assert limit["sisa"] == end == Rupiah.of(40_000_000) - owed
        steps = total(
            world.label("lpj", words, span) * sign
            for sign, words in (
                (1, "Uang Persediaan KKPD awal periode"),
                (-1, "Dikurangi DPT periode ini"),
                (1, "Ditambah pelunasan kepada bank"),
                (1, "Perubahan belanja yang belum masuk DPT"),
            )
        )
        assert steps == end
    before, after = world.rows("buku_pembantu"), world.rows("buku_pembantu", "2026-11")
    assert before[-1]["saldo"] == after[0]["saldo"] == Rupiah.of(1_000_000)


def test_a_month_without_events_keeps_its_balance(world: World) -> None:
    november(world)
    for span in ("2026-12", "2027-01"):
        assert [row["saldo"] for row in world.rows("buku_pembantu", span)] == [Rupiah.of(400_000)]
        assert world.sum("belum_lunas", "nilai", span=span) == Rupiah.of(400_000)
        limit = ZERO if span == "2027-01" else Rupiah.of(40_000_000)  # 2027 has its own decision
        end = world.label("lpj", "Uang Persediaan KKPD akhir periode", span)
        assert end == limit - Rupiah.of(400_000)


def test_a_refusal_is_a_row_of_the_day_it_was_said(world: World) -> None:
    rows = world.rows("buku_pembantu")
    told = {str(row["uraian"]).split(" (")[0]: row for row in rows}
    refused = told["Ditolak: Kertas HVS A4 nomor 3"]
    assert (refused["tanggal"], refused["penerimaan"]) == (date(2026, 10, 20), Rupiah.of(-750_000))
    assert told["Ditolak: Kertas HVS A4 nomor 2"]["penerimaan"] == Rupiah.of(-50_000)
    back = told["Ditanggung pemegang: Kertas HVS A4 nomor 5"]
    assert back["penerimaan"] == Rupiah.of(200_000)


def test_unsettled_spending_is_told_by_whether_it_is_billed(world: World) -> None:
    [table] = world.paper("belum_lunas").data_table
    assert [(group.judul, group.jumlah) for group in table.kelompok] == [
        ("Sudah ditagih", (Rupiah.of(250_000),)),
        ("Belum ditagih", (Rupiah.of(750_000),)),
    ]


def test_what_the_holder_owes_is_what_is_left_of_refusals(world: World) -> None:
    rows = {str(row["uraian"]).split(" (")[0][-1]: row for row in world.rows("ditolak")}
    assert {key: (row["nilai"], row["dikembalikan"], row["sisa"]) for key, row in rows.items()} == {
        "2": (Rupiah.of(50_000), ZERO, Rupiah.of(50_000)),
        "3": (Rupiah.of(750_000), Rupiah.of(300_000), Rupiah.of(450_000)),
        "5": (Rupiah.of(-200_000), ZERO, Rupiah.of(-200_000)),
    }
    assert rows["3"]["tanggal_kembali"] == date(2026, 10, 20)
    parts = ledger.parts(world.session, [DINKES], world.day)
    left = total(p.left for p in parts if p.bearer == "holder" and p.purchase_id is not None)
    assert world.sum("ditolak", "sisa") == left


def test_taxes_are_those_of_the_lines_on_the_dpts(world: World) -> None:
    """Refused ones are out, refunds are negative, a part bears its part."""
    for span in each_month(world):
        sums = {name: world.sum("pajak", name, span=span) for name in TAXES}
        months = [world.tax(month) for month in parse_span(span).bulan]
        assert sums == {name: total(one[name] for one in months) for name in TAXES}
    assert world.sum("pajak", "dpp") == on_dpt() + Rupiah.of(360_360)  # one waits for its bill
    close(world)
    assert world.sum("pajak", "dpp") == on_dpt()


def on_dpt() -> Rupiah:
    """The taxed amount of the lines on October's DPT: of one that was approved in part its part."""
    return Rupiah.of(675_675 - 90_090) + Rupiah((67_567_500 * 14 + 7) // 15)


def test_realisation_is_what_dpts_charge(world: World) -> None:
    for span in each_month(world):
        charged = world.sum("register_dpt", "nilai", span=span)
        assert world.sum("rekap", "realisasi_barang", "realisasi_modal", span=span) == charged
        assert world.sum("program", "jumlah", span=span) == charged
        assert {row["program"] for row in world.rows("program", span)} == {"Tanpa program"}
        assert world.sum("lpj", "jumlah", span=span) == charged


def test_a_purchase_refused_on_two_lines_is_repaid_once(world: World) -> None:
    """Seventy of a hundred made good: what is left of the two rows adds up to thirty."""
    session, folder = world.session, world.folder
    row = berbukti(session, folder, 9, rupiah=100_000)
    for line in baris_bank(session, 60_000, 40_000, kejadian=3):
        link(session, row, line)
    diperiksa(session, folder, row)
    approval_decide.decide(session, DEWI, setuju(row, **REFUSED), NOW)
    repay(replace(world, refused=row), 70_000, date(2026, 10, 20), NOW)
    mine = [found for found in world.rows("ditolak") if "nomor 9" in str(found["uraian"])]
    assert [found["sisa"] for found in mine] == [Rupiah.of(30_000), ZERO]


def test_a_bill_that_is_not_its_parts_is_never_printed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ledger.BillBlock.__getattribute__

    def wrong(block: ledger.BillBlock, name: str) -> object:
        found = whole(block, name)
        return found + Rupiah(1) if name == "refused" else found

    monkeypatch.setattr(ledger.BillBlock, "__getattribute__", wrong)
    with pytest.raises(Conflict, match="jumlah baris berbeda"):
        world.paper("register_tagihan")
