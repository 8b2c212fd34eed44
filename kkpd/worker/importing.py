"""Long imports: the file as it was read for the check, else read now, telling its progress; then
written in one transaction together with the end of the job's row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kkpd.core.db.session import reading, writing
from kkpd.core.moments import kode_periode, parse_periode
from kkpd.core.permissions import Actor
from kkpd.models import Berkas
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.records import jobs as records_jobs
from kkpd.records.jobs import Tugas
from kkpd.tagihan.receive import Hasil, berkas_bank
from kkpd.worker import take_in
from kkpd.worker.context import Gudang, kemajuan, pemohon, sekarang
from kkpd.worker.take_in import Pilihan

_JAWAB = "jawab."


def kerjakan(engine: Engine, gudang: Gudang, task: Tugas) -> None:
    """Take the file of the request into the books."""
    opd_id = opd_dari(task)
    with reading(engine, {opd_id}) as session:
        actor, berkas, chosen, key, lines = diminta(session, gudang, task)
        berkas_id = berkas.id
        read = gudang.bacaan.muat(key) or take_in.gulung_berkas(
            session, gudang.berkas, berkas, chosen, kemajuan(engine, task, lines)
        )
    with writing(engine, {opd_id}) as session:
        berkas = berkas_bank(session, actor, opd_id, berkas_id)
        hasil = take_in.ambil(session, actor, berkas, chosen, read, sekarang())
        matched = reconciliation_decide.terima_pasti_berkas(
            session, actor, opd_id, berkas_id, sekarang()
        )
        count, said = read.gulungan.banyak, _said(hasil, matched)
        records_jobs.maju(session, task.id, count, count, sekarang())
        records_jobs.akhiri(session, task.id, "selesai", said, sekarang(), hasil.impor_id)
    gudang.bacaan.buang(key)


class Diminta(NamedTuple):
    """Who asked for which file with which choices; where its reading lies; its lines, about."""

    actor: Actor
    berkas: Berkas
    pilihan: Pilihan
    kunci: str
    baris: int


def opd_dari(task: Tugas) -> int:
    """The OPD that the bill is of."""
    assert task.opd_id is not None, "a bill is one OPD's"
    return task.opd_id


def diminta(session: Session, gudang: Gudang, task: Tugas) -> Diminta:
    """What a job about a bank file is about. NotFound when the file is gone or not the person's."""
    chosen, berkas_id = dari_permintaan(task.permintaan)
    who = pemohon(session, task.oleh_id)
    berkas = berkas_bank(session, who, opd_dari(task), berkas_id)
    data = gudang.berkas.get(berkas.sha256)
    key = take_in.kunci(session, berkas, data, chosen)
    return Diminta(who, berkas, chosen, key, data.count(b"\n"))


def _said(hasil: Hasil, matched: int) -> str:
    told = f"{hasil.baru} baris baru, {hasil.lama} sudah dikenal, {hasil.lewat} dilewati."
    return f"{told} {matched} langsung cocok." if matched else told


def ke_permintaan(berkas_id: int, chosen: Pilihan) -> dict[str, str]:
    """A request to take a file in, as the job's row keeps it."""
    return {
        "berkas": str(berkas_id),
        "profil": chosen.profil or "",
        "jenis": chosen.jenis or "",
        "periode": kode_periode(*chosen.periode) if chosen.periode else "",
        **{f"{_JAWAB}{key}": value for key, value in sorted(chosen.jawaban.items())},
    }


def dari_permintaan(fields: Mapping[str, str]) -> tuple[Pilihan, int]:
    """The choices and the file of a request."""
    answers = {
        key.removeprefix(_JAWAB): value for key, value in fields.items() if key.startswith(_JAWAB)
    }
    chosen = Pilihan(
        fields["profil"] or None,
        fields["jenis"] or None,
        parse_periode(fields["periode"]) if fields["periode"] else None,
        answers,
    )
    return chosen, int(fields["berkas"])
