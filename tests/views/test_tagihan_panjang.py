"""Long files: work for later, done once, taken over when the worker dies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from kkpd.config import Settings
from kkpd.db.session import EVERY_OPD, writing
from kkpd.models import BarisBank, Impor, Pekerjaan
from kkpd.web import pekerja, penerimaan
from kkpd.web.ground import engine, now
from kkpd.web.pekerja import Gudang, gudang_di
from tests.client import PageClient
from tests.services.tagihan_bantu import KOPI, NASI, csv
from tests.views.test_tagihan import AREA, count, unggah

Masuk = Callable[[str], PageClient]


def test_a_long_file_is_work_for_later_and_done_once(
    app: Flask, masuk: Masuk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "BARIS_PANJANG", 50)
    citra = masuk("citra")
    rows = [(*KOPI[:3], f"TOKO {n:03d}", *KOPI[4:]) for n in range(120)]
    check = citra.follow(unggah(citra, csv(rows)))
    woken: list[Gudang] = []
    monkeypatch.setattr(pekerja, "bangunkan", lambda _engine, kept: woken.append(kept))
    first = citra.submit(check, f"{AREA}/berkas/1/ambil")
    second = citra.submit(check, f"{AREA}/berkas/1/ambil")
    assert first.location == second.location == f"{AREA}/pekerjaan/1"
    waiting = citra.follow(first)
    assert "menunggu giliran" in waiting.text
    assert waiting.response.headers["Refresh"] == "2"
    assert (count(app, BarisBank), count(app, Pekerjaan), len(woken)) == (0, 1, 3)
    with app.app_context():
        pekerja.kerjakan(engine(), woken[0])
    done = citra.get(f"{AREA}/pekerjaan/1", 303)
    assert done.location == f"{AREA}/riwayat/1"
    assert "120 baris baru" in citra.follow(done).text
    assert (count(app, BarisBank), count(app, Impor)) == (120, 1)
    masuk("eko").get(f"{AREA}/pekerjaan/1", 404)
    masuk("eko").get("/disdik/2026-10/tagihan/pekerjaan/1", 404)


def test_a_dead_workers_row_is_taken_over_and_a_refusal_is_told(
    app: Flask, masuk: Masuk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(penerimaan, "BARIS_PANJANG", 1)
    monkeypatch.setattr(pekerja, "bangunkan", lambda _engine, _store: None)
    citra = masuk("citra")
    gudang, kept = _gudang(settings), _gudang(settings).berkas
    check = citra.follow(unggah(citra, csv([KOPI, NASI])))
    citra.submit(check, f"{AREA}/berkas/1/ambil")
    with app.app_context():
        _die_at_work(monkeypatch, gudang)
        assert "Program berhenti di tengah" in citra.get(f"{AREA}/pekerjaan/1").text
        citra.submit(check, f"{AREA}/berkas/1/ambil")
        with writing(engine(), EVERY_OPD) as session:
            long_ago = now() - timedelta(hours=1)
            session.execute(update(Pekerjaan).values(status="berjalan", detak_at=long_ago))
        path = kept.path(next(one.name for one in kept.root.rglob("*") if one.is_file()))
        data = path.read_bytes()
        path.write_bytes(b"rusak")
        pekerja.kerjakan(engine(), gudang)
        assert "berubah di penyimpanan" in citra.get(f"{AREA}/pekerjaan/1").text
        path.write_bytes(data)
        citra.submit(check, f"{AREA}/berkas/1/ambil")
        pekerja.kerjakan(engine(), gudang)
    assert count(app, BarisBank) == 2


def _gudang(settings: Settings) -> Gudang:
    return gudang_di(settings.instance)


def _die_at_work(monkeypatch: pytest.MonkeyPatch, gudang: Gudang) -> None:
    def dies(*_args: object) -> None:
        raise RuntimeError("the power goes out")

    with monkeypatch.context() as patch:
        patch.setattr(penerimaan, "ambil", dies)
        with pytest.raises(RuntimeError, match="power"):
            pekerja.kerjakan(engine(), gudang)


def test_the_worker_runs_in_its_own_thread(app: Flask, settings: Settings) -> None:
    with app.app_context():
        pekerja.bangunkan(engine(), _gudang(settings))
        pekerja.tunggu(engine(), 10)
