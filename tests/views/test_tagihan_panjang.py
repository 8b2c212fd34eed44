"""Long files: work for later, done once, taken over when the worker dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.models import BarisBank, Berkas, Impor, Pekerjaan
from kkpd.tagihan import receive
from kkpd.web.globals import engine, now
from kkpd.worker import loop as pekerja
from kkpd.worker import take_in as penerimaan
from kkpd.worker.context import WorkStores, work_stores_in
from tests.client import PageClient
from tests.views.test_tagihan import AREA, count, unggah
from tests.worlds.bills import KOPI, NASI, csv

LoggedIn = Callable[[str], PageClient]


def test_a_long_file_is_work_for_later_and_done_once(
    app: Flask, entry: LoggedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "LONG_ROW_COUNT", 50)
    woken: list[WorkStores] = []
    monkeypatch.setattr(pekerja, "wake_worker", lambda _engine, kept: woken.append(kept))
    citra = entry("citra")
    check = _read(app, citra, csv(_rows(120)), settings)
    with monkeypatch.context() as patch:
        patch.setattr(penerimaan, "parsed", _never)
        assert "120 baru" in citra.get(check).text
        page = citra.get(check + "?keadaan=baru&sesudah=99")
        assert "TOKO 119" in page.text
        first = citra.submit(page, f"{AREA}/berkas/1/ambil")
        second = citra.submit(page, f"{AREA}/berkas/1/ambil")
        assert first.location == second.location == f"{AREA}/pekerjaan/2"
        waiting = citra.follow(first)
        assert "menunggu giliran" in waiting.text
        assert waiting.response.headers["Refresh"] == "2"
        assert (count(app, BarisBank), count(app, Pekerjaan)) == (0, 2)
        with app.app_context():
            pekerja.do_work(engine(), woken[0])
    assert not list((settings.instance / "bacaan").iterdir())
    done = citra.get(f"{AREA}/pekerjaan/2", 303)
    assert done.location == f"{AREA}/riwayat/1"
    assert "120 baris baru" in citra.follow(done).text
    assert (count(app, BarisBank), count(app, Impor)) == (120, 1)
    entry("eko").get(f"{AREA}/pekerjaan/1", 404)
    entry("eko").get("/disdik/2026-10/tagihan/pekerjaan/1", 404)


def _rows(many: int) -> list[tuple[str, str, str, str, str, str]]:
    return [(*KOPI[:3], f"TOKO {n:03d}", *KOPI[4:]) for n in range(many)]


def _never(*_args: object) -> None:
    raise AssertionError("the file is read a second time")


def _read(app: Flask, citra: PageClient, data: bytes, settings: Settings) -> str:
    """Upload a long file and let the worker read it; the address of its check."""
    asked = unggah(citra, data)
    assert asked.location == f"{AREA}/pekerjaan/1"
    with app.app_context():
        pekerja.do_work(engine(), _gudang(settings))
    place = citra.get(asked.location, 303).location
    assert place is not None
    return place


def test_a_long_file_is_read_by_the_worker_once(
    app: Flask, entry: LoggedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "LONG_ROW_COUNT", 50)
    monkeypatch.setattr(pekerja, "wake_worker", lambda _engine, _kept: None)
    citra = entry("citra")
    data = csv(_rows(60))
    first, second = unggah(citra, data), unggah(citra, data)
    assert first.location == second.location == f"{AREA}/pekerjaan/1"
    assert "Membaca berkas" in citra.follow(first).text
    unread = citra.get(f"{AREA}/berkas/1/periksa")
    assert "belum ada yang masuk buku" in unread.text
    asked = citra.submit(unread, f"{AREA}/berkas/1/baca")
    assert asked.location == f"{AREA}/pekerjaan/1"
    check = citra.get(_read(app, citra, data, settings))
    assert "60 baru" in check.text
    for kept in (settings.instance / "bacaan").iterdir():
        kept.unlink()
    lost = citra.submit(citra.get(f"{AREA}/berkas/1/periksa"), f"{AREA}/berkas/1/baca")
    assert "menunggu giliran" in citra.follow(lost).text
    assert (count(app, BarisBank), count(app, Pekerjaan)) == (0, 1)


def test_an_answer_has_a_long_file_read_anew(
    app: Flask, entry: LoggedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "LONG_ROW_COUNT", 5)
    monkeypatch.setattr(pekerja, "wake_worker", lambda _engine, _kept: None)
    citra = entry("citra")
    rows = [("03/10/2026", "04/10/2026", *one[2:]) for one in _rows(8)]
    check = citra.get(_read(app, citra, csv(rows), settings))
    answer: dict[str, Any] = {"jawab.urutan_tanggal": "dmy"}
    asked = citra.submit(check, f"{AREA}/berkas/1/baca", **answer)
    assert asked.location == f"{AREA}/pekerjaan/2"
    with app.app_context():
        pekerja.do_work(engine(), _gudang(settings))
    answered = citra.follow(citra.get(f"{AREA}/pekerjaan/2", 303))
    assert "Jawaban Anda: hari-bulan-tahun" in answered.text
    citra.submit(answered, f"{AREA}/berkas/1/ambil")
    with app.app_context():
        pekerja.do_work(engine(), _gudang(settings))
    assert count(app, BarisBank) == 8


def test_a_long_file_that_cannot_be_read_is_refused(
    app: Flask, entry: LoggedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "LONG_ROW_COUNT", 5)
    monkeypatch.setattr(pekerja, "wake_worker", lambda _engine, _kept: None)
    citra = entry("citra")
    prose = b"ini bukan tabel\n" * 20
    assert "kolom tanggal" in unggah(citra, prose, status=422).errors()[0]
    assert (count(app, Berkas), count(app, Pekerjaan)) == (0, 0)
    asked = unggah(citra, csv([*_rows(8), ("31/02/2026", *KOPI[1:])]))
    with app.app_context():
        pekerja.do_work(engine(), _gudang(settings))
    told = citra.follow(asked)
    assert "Baris 10: tanggal “31/02/2026” tidak ada di kalender" in told.text
    assert told.links["Unggah berkas yang benar"] == f"{AREA}/unggah"
    assert (count(app, BarisBank), count(app, Impor)) == (0, 0)
    assert not (settings.instance / "bacaan").exists()


def test_a_dead_workers_row_is_taken_over_and_a_refusal_is_told(
    app: Flask, entry: LoggedIn, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "LONG_ROW_COUNT", 1)
    monkeypatch.setattr(pekerja, "wake_worker", lambda _engine, _store: None)
    citra = entry("citra")
    work_stores, kept = _gudang(settings), _gudang(settings).berkas
    check = citra.get(_read(app, citra, csv([KOPI, NASI]), settings))
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    with app.app_context():
        _die_at_work(monkeypatch, work_stores)
        assert "Program berhenti di tengah" in citra.get(f"{AREA}/pekerjaan/2").text
        citra.submit(check, f"{AREA}/berkas/1/ambil")
        with writing(engine(), EVERY_OPD) as session:
            long_ago = now() - timedelta(hours=1)
            importing = update(Pekerjaan).where(Pekerjaan.jenis == "impor")
            session.execute(importing.values(status="berjalan", detak_at=long_ago))
        path = kept.path(next(one.name for one in kept.root.rglob("*") if one.is_file()))
        data = path.read_bytes()
        path.write_bytes(b"rusak")
        pekerja.do_work(engine(), work_stores)
        assert "berubah di penyimpanan" in citra.get(f"{AREA}/pekerjaan/2").text
        path.write_bytes(data)
        citra.submit(check, f"{AREA}/berkas/1/ambil")
        pekerja.do_work(engine(), work_stores)
    assert count(app, BarisBank) == 2


def _gudang(settings: Settings) -> WorkStores:
    return work_stores_in(settings.instance)


def _die_at_work(monkeypatch: pytest.MonkeyPatch, work_stores: WorkStores) -> None:
    def dies(*_args: object) -> None:
        raise RuntimeError("the power goes out")

    with monkeypatch.context() as patch:
        patch.setattr(receive, "take_in", dies)
        with pytest.raises(RuntimeError, match="power"):
            pekerja.do_work(engine(), work_stores)


def test_the_worker_runs_in_its_own_thread(app: Flask, settings: Settings) -> None:
    with app.app_context():
        pekerja.wake_worker(engine(), _gudang(settings))
        pekerja.wait_idle(engine(), 120)
