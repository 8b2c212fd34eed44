"""The head of every paper: the settings that make it, changed together, and a sample print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from kkpd.core.errors import DomainError, NotFound
from kkpd.core.permissions import Actor, Role, require
from kkpd.engines.paper import FrozenDocument, Paragraph, Person, SignatureBlock, forms
from kkpd.models import Opd
from kkpd.organisation import organisation
from kkpd.records import settings as records_settings
from kkpd.records.form_header import as_printed, paper_frame
from kkpd.records.office_holders import officer

#: The settings of the page; papers are refused without those of NEEDED.
NEEDED: Final = ("nama_pemerintah", "tempat_dokumen", "perangkat_bud", "alamat_bud")
KEYS: Final = (*NEEDED, "bank_rkud", "alamat_periksa")
#: The drawing that the sample borrows.
_FORM: Final = "rekap"


def current(session: Session, actor: Actor, day: date) -> dict[str, str]:
    """The values in force on that day; empty where there is none."""
    require(actor, "admin:lihat")
    return {key: records_settings.value(session, key, day) or "" for key in KEYS}


def change(
    session: Session,
    actor: Actor,
    values: Mapping[str, str],
    mulai: date,
    dasar_hukum: str,
    now: datetime,
) -> int:
    """Decide on what is different from that day on; gives how many settings."""
    require(actor, "pengaturan:kelola")
    before = current(session, actor, mulai)
    changed = {key: values[key].strip() for key in KEYS if values[key].strip() != before[key]}
    if not changed:
        raise DomainError("Tidak ada yang berubah. Isi atau ganti dahulu, lalu simpan.")
    for key, value in changed.items():
        data = organisation.SettingData(
            kunci=key, nilai=value or None, mulai=mulai, dasar_hukum=dasar_hukum
        )
        organisation.decide_setting(session, actor, data, now)
    return len(changed)


def sample(session: Session, actor: Actor, opd_id: int | None, day: date) -> FrozenDocument:
    """A draft with this OPD's head and its PA; without an OPD that of Kuasa BUD."""
    require(actor, "admin:lihat")
    opd = None if opd_id is None else session.get(Opd, opd_id)
    if opd_id is not None and opd is None:
        raise NotFound("OPD tidak ditemukan.")
    peran = Role.BUD if opd is None else Role.PA
    signer = officer(session, opd_id, peran.value, day)
    name = "Kuasa Bendahara Umum Daerah" if opd is None else "Pengguna Anggaran"
    block = SignatureBlock(name, Person("") if signer is None else as_printed(signer))
    frame = paper_frame(session, opd, f"{day.year}", "", day, rancangan=True)
    words = (
        "Lembar ini mencoba kepala surat, tempat, tanggal dan penanda tangan. "
        "Yang bertanda kurung belum diisi dan harus ada sebelum surat diterbitkan."
    )
    return forms.dokumen(frame, _FORM, "Cetak Uji Kepala Surat", [Paragraph(words)], [block])
