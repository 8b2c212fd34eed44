"""Reading a long file before it is checked: told its progress, done once a file and choice."""

from __future__ import annotations

from sqlalchemy import Engine

from kkpd.db.session import reading, writing
from kkpd.services import pekerjaan
from kkpd.services.pekerjaan import Tugas
from kkpd.services.tagihan import berkas_bank
from kkpd.web import penerimaan
from kkpd.web.pekerja import Gudang, kemajuan, pemohon, sekarang
from kkpd.web.pekerja_impor import dari_permintaan


def kerjakan(engine: Engine, gudang: Gudang, task: Tugas) -> None:
    """Read the file of the request to its end and keep the reading for the check.

    What the check would refuse is refused here, with the same sentence.
    """
    chosen, berkas_id = dari_permintaan(task.permintaan)
    opd_id = task.opd_id
    assert opd_id is not None, "a bill is one OPD's"
    with reading(engine, {opd_id}) as session:
        actor = pemohon(session, task.oleh_id)
        berkas = berkas_bank(session, actor, opd_id, berkas_id)
        data = gudang.berkas.get(berkas.sha256)
        key = penerimaan.kunci(session, berkas, data, chosen)
        progress = kemajuan(engine, task, data.count(b"\n"))
        read = penerimaan.gulung_berkas(session, gudang.berkas, berkas, chosen, progress)
        penerimaan.rencanakan(session, actor, berkas, chosen, read, sekarang())
    gudang.bacaan.simpan(key, read)
    with writing(engine, {opd_id}) as session:
        count = read.gulungan.banyak
        pekerjaan.maju(session, task.id, count, count, sekarang())
        pekerjaan.akhiri(session, task.id, "selesai", f"{count} baris dibaca.", sekarang())
