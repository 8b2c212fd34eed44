"""Which column is what: the recognition's guess, corrected by a person and kept as a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import flash, render_template, request
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from kkpd.domain.errors import DomainError, Unreadable
from kkpd.ingest.profile import ROLES
from kkpd.ingest.recognise import Guess, keep, recognise
from kkpd.services import profil_bank
from kkpd.services.profil_bank import SimpanProfil
from kkpd.views.tagihan.dasar import as_fields, bp, kept, pilihan, store
from kkpd.web.context import chosen_opd
from kkpd.web.converters import Periode
from kkpd.web.forms import Formulir
from kkpd.web.forms import pilihan as choices
from kkpd.web.ground import now
from kkpd.web.page import see
from kkpd.web.permissions import actor, needs
from kkpd.web.transaction import reading, writing
from kkpd.web.translation import N_, _, _l

#: What a column can mean, in the words of a treasurer; the keys are the reader's.
ARTI: Final[Mapping[str, str]] = {
    "transaction_date": N_("Tanggal transaksi"),
    "posting_date": N_("Tanggal pembukuan"),
    "amount": N_("Jumlah"),
    "debit": N_("Debit (belanja)"),
    "credit": N_("Kredit (uang kembali)"),
    "sign": N_("Tanda DB/CR"),
    "card": N_("Nomor kartu"),
    "merchant": N_("Nama merchant"),
    "description": N_("Keterangan"),
    "reference": N_("Nomor referensi"),
    "mcc": N_("Kode MCC"),
    "currency": N_("Mata uang"),
    "original_amount": N_("Jumlah asal"),
    "original_currency": N_("Mata uang asal"),
    "holder": N_("Nama pemegang"),
    "balance": N_("Saldo"),
}


class FormulirProfil(Formulir):
    """The name of the layout and how it writes; the columns are fields `kolom.<number>`."""

    judul = StringField(_l("Nama bentuk berkas"), [InputRequired(_l("Beri nama.")), Length(max=80)])
    nama = StringField(_l("Nama pendek"), [InputRequired(_l("Beri nama pendek."))])
    urutan = SelectField(
        _l("Urutan tanggal"),
        choices=choices(
            [
                ("", _l("Kenali dari isinya")),
                ("dmy", _l("hari-bulan-tahun")),
                ("mdy", _l("bulan-hari-tahun")),
                ("ymd", _l("tahun-bulan-hari")),
            ]
        ),
    )
    desimal = SelectField(
        _l("Tanda sen"),
        choices=choices(
            [
                ("", _l("Kenali dari isinya")),
                (",", _l("koma: 1.234,56")),
                (".", _l("titik: 1,234.56")),
            ]
        ),
    )
    belanja = SelectField(
        _l("Belanja ditulis"),
        choices=choices(
            [
                ("", _l("Kenali dari isinya")),
                ("positive", _l("positif")),
                ("negative", _l("negatif")),
            ]
        ),
    )


@dataclass(frozen=True, slots=True)
class Dugaan:
    """The guess for the page: title -> role, the header's row, the first rows as texts."""

    lembar: str | None
    baris: int
    judul: tuple[str, ...]
    arti: Mapping[str, str]
    contoh: tuple[tuple[str, ...], ...]


def dugaan(data: bytes) -> Dugaan | None:
    """What recognition made of the file's table; None for a file without column titles."""
    guesses = [one for one in recognise(data) if sum(map(bool, one.titles)) > 1]
    best = max(guesses, key=lambda one: len(one.columns), default=None)
    return None if best is None else _shown(best)


def _shown(found: Guess) -> Dugaan:
    meanings = {
        found.titles[index]: role
        for role, index in found.columns.items()
        if index < len(found.titles)
    }
    rows = tuple(tuple(text[:40] for text in row) for row in found.sample[:5] if any(row))
    return Dugaan(found.sheet, max(found.header_rows, default=1), found.titles, meanings, rows)


@bp.get("/berkas/<int:berkas_id>/kolom")
@needs("tagihan:unggah")
def kolom(opd: str, periode: Periode, berkas_id: int) -> str:
    """The guess, to be confirmed or corrected."""
    found = _guess(berkas_id)
    return _page(berkas_id, found, FormulirProfil(formdata=None), found.arti)


@bp.post("/berkas/<int:berkas_id>/kolom")
@needs("tagihan:unggah")
def simpan_kolom(opd: str, periode: Periode, berkas_id: int) -> Response | tuple[str, int]:
    """Keep what was chosen as a profile, and check the file again with it."""
    found, form, status = _guess(berkas_id), FormulirProfil(), 422
    chosen = _chosen(found)
    if form.validate():
        try:
            name = _keep(form, chosen)
        except DomainError as refusal:
            form.refuse(refusal)
            status = refusal.status
        else:
            flash(_("Bentuk berkas disimpan. Tagihan berikutnya dikenali dengan sendirinya."), "ok")
            return see("tagihan.periksa", berkas_id=berkas_id, profil=name)
    return _page(berkas_id, found, form, chosen), status


def _keep(form: FormulirProfil, chosen: Mapping[str, str]) -> str:
    if len(set(chosen.values())) < len(chosen):
        raise Unreadable(_("Satu arti dipilih untuk dua kolom. Pilih satu saja."))
    profile = keep(
        form.nama.data or "",
        form.judul.data or "",
        {role: title for title, role in chosen.items()},
        date_order=form.urutan.data or None,
        decimal=form.desimal.data or None,
        spending=form.belanja.data or None,
    )
    with writing() as session:
        command = SimpanProfil(chosen_opd().id, profile.name, profile.to_toml())
        profil_bank.simpan(session, actor(), command, now())
    return profile.name


def _guess(berkas_id: int) -> Dugaan:
    found = dugaan(store().get(kept(reading(), berkas_id).sha256))
    if found is None:
        raise Unreadable(_("Berkas ini tidak mempunyai judul kolom untuk ditunjukkan."))
    return found


def _chosen(found: Dugaan) -> dict[str, str]:
    """Column title -> role, as sent."""
    sent = {title: request.form.get(f"kolom.{i}", "") for i, title in enumerate(found.judul)}
    return {title: role for title, role in sent.items() if title and role in ROLES}


def _page(berkas_id: int, found: Dugaan, form: FormulirProfil, chosen: Mapping[str, str]) -> str:
    return render_template(
        "pages/tagihan/kolom.html",
        berkas=kept(reading(), berkas_id),
        dugaan=found,
        form=form,
        dipilih=chosen,
        arti=ARTI,
        pilihan=as_fields(pilihan(request.args)),
    )
