"""The form of one purchase, for the treasurer and for the card holder."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask import request
from sqlalchemy.orm import Session
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # not in stubs yet
from wtforms.validators import DataRequired, InputRequired, Optional

from kkpd.belanja import choices as belanja_choices
from kkpd.belanja.choices import KnownShop
from kkpd.belanja.commands import NotAFact
from kkpd.belanja.fields import ENTRY_FIELDS, FIELDS, FURTHER, Kind, PurchaseField, RecordPurchase
from kkpd.core.errors import DomainError, FormRefused
from kkpd.core.money import ZERO
from kkpd.models import Transaksi
from kkpd.pagu import reads as pagu_reads
from kkpd.pagu.ceilings.movements import dpa_key
from kkpd.web.filters import wording
from kkpd.web.forms import DayField, PageForm, RupiahField, UploadField, options
from kkpd.web.translation import _, _l

#: The choice that opens the three code fields: the account is not in the DPA.
OTHER: Final = "lain"
_CODE_FIELDS: Final = ("sub_kegiatan", "rekening", "sumber_dana")


class WholeNumberField(StringField):
    """A whole number typed as `1.250` or `12`, an int as data."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; a fraction is said to be none of ours."""
        self.data = None
        text = valuelist[0].strip().replace(".", "") if valuelist else ""
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise ValueError(_("Tulis bilangan bulat, misalnya 12 atau 1.250."))
        self.data = int(text)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:,}".replace(",", ".")


class PurchaseForm(PageForm):
    """Everything that is asked about one purchase; a phone shows the first six.

    The fields of `kkpd.belanja.fields` are added below the class.
    """

    kunci_kirim = HiddenField()
    versi = HiddenField()
    bukti = UploadField(_l("Bukti"), [Optional()])
    pembebanan = SelectField(_l("Pembebanan"), [InputRequired(_l("Pilih pembebanannya."))])
    tetap = BooleanField(_l("Tetap simpan"))
    known_shops: tuple[KnownShop, ...] = ()

    @property
    def further(self) -> list[Field]:
        """The plain fields that pages add by themselves."""
        return [self[one.name] for one in FURTHER]

    def form_values(self) -> dict[str, str]:
        """What is typed and chosen at this moment, as text, for weighing."""
        texts: dict[str, str] = {}
        for name, field in self._fields.items():
            if isinstance(field, StringField):
                texts[name] = str(field._value())  # type: ignore[attr-defined]  # not in the stubs
            elif isinstance(field, SelectField):
                texts[name] = str(field.data or "")
            elif isinstance(field, BooleanField):
                texts[name] = "y" if field.data else ""
        return texts

    def at_fields(self, refusal: DomainError) -> DomainError:
        """The refusal with the names of this form: the codes are chosen in one field unless they
        were typed.
        """
        if isinstance(refusal, FormRefused):
            return refusal
        names = {"berkas": "bukti"}
        if self.pembebanan.data != OTHER:
            names |= dict.fromkeys(_CODE_FIELDS, "pembebanan")
        told = [(refusal.field, refusal.message)]
        if isinstance(refusal, NotAFact):
            told = [(finding.field, finding.message) for finding in refusal.findings]
        errors = []
        for field, message in told:
            name = names.get(field or "", field or "")
            label = str(self[name].label.text) if name in self._fields else ""
            errors.append((name, label, message))
        refused = FormRefused(errors)
        refused.status = refusal.status
        return refused


_KINDS: Final[dict[Kind, type[Field]]] = {
    "long": TextAreaField,
    "day": DayField,
    "money": RupiahField,
    "tax": RupiahField,
    "whole": WholeNumberField,
    "yes": BooleanField,
    "row": SelectField,
}


def _asked(one: PurchaseField) -> object:
    """The form's field of a purchase's field."""
    label = _l(one.label)
    if one.choices:
        return SelectField(
            label, choices=options((key, _l(name)) for key, name in one.choices.items())
        )
    checks: list[Any] = [] if one.kind == "yes" or one.name in _CODE_FIELDS else [Optional()]
    if one.ask:
        checks = [(DataRequired if one.kind == "money" else InputRequired)(_l(one.ask))]
    return _KINDS.get(one.kind, StringField)(label, checks)


for _one in FIELDS.values():
    if _one.name != "kunci_kirim":
        setattr(PurchaseForm, _one.name, _asked(_one))


def prepare(
    session: Session,
    opd_id: int,
    tahun: int,
    *,
    day: date,
    pemegang_id: int | None = None,
    transaksi: Transaksi | None = None,
    start: Mapping[str, Any] | None = None,
) -> PurchaseForm:
    """The form with the OPD's choices: empty for a new purchase, else filled with the line.

    `pemegang_id` limits the cards to that holder's own (and the line's); `start` is what a new one
    begins with.
    """
    fresh = _fresh(session, opd_id, day, pemegang_id) | dict(start or {})
    form = PurchaseForm(data=_filled(transaksi) if transaksi else fresh)
    kept_card = transaksi.kartu_id if transaksi else None
    cards = belanja_choices.kartu(session, opd_id, pemegang_id, kept_card)
    form.kartu_id.choices = options((one.id, one.label) for one in cards)
    form.pemakai_id.choices = options(
        [("", _("Pemegang kartu sendiri")), *belanja_choices.orang(session, opd_id)]
    )
    form.program_id.choices = options(
        [("", _("Tidak terkait program")), *belanja_choices.program(session, opd_id)]
    )
    refunded = transaksi.asal_id if transaksi else None
    known = belanja_choices.asal(session, opd_id, tahun, refunded, pemegang_id)
    origins = [(id_, str(wording(label))) for id_, label in known]
    form.asal_id.choices = options([("", _("Bukan pengembalian")), *origins])
    form.known_shops = belanja_choices.shops(session, opd_id)
    last = belanja_choices.charges_at(form.known_shops, form.merchant.data or "")
    form.pembebanan.choices = _charges(session, opd_id, tahun, last)
    if transaksi is not None and not request.form:
        _show_codes(form, transaksi)
        form.mata_uang.data = belanja_choices.mata_uang(session, opd_id, transaksi.id)
    return form


def _fresh(session: Session, opd_id: int, day: date, pemegang_id: int | None) -> dict[str, Any]:
    cards = belanja_choices.kartu(session, opd_id, pemegang_id)
    return {
        "kunci_kirim": secrets.token_hex(16),
        "tanggal": day,
        "kartu_id": str(cards[0].id) if cards else "",
        "kanal": "lain",
        "pemungut": "tidak_ada",
        "mata_uang": "IDR",
    }


def _filled(row: Transaksi) -> dict[str, Any]:
    filled: dict[str, Any] = {"kunci_kirim": row.kunci_kirim, "versi": row.versi}
    for name in ENTRY_FIELDS:
        value, kind = getattr(row, name), FIELDS[name].kind
        if kind in ("row", "choice"):
            filled[name] = str(value or "")
        elif name not in _CODE_FIELDS:
            filled[name] = (value or None) if kind == "tax" else value
    if row.pemakai_id == row.pemegang_id:
        filled["pemakai_id"] = ""
    return filled


def _show_codes(form: PurchaseForm, row: Transaksi) -> None:
    key = dpa_key(row.sub_kegiatan, row.rekening, row.sumber_dana)
    known = {value for value, *_rest in form.pembebanan.iter_choices()}
    form.pembebanan.data = key if key in known else OTHER
    if form.pembebanan.data == OTHER:
        form.sub_kegiatan.data, form.rekening.data = row.sub_kegiatan, row.rekening
        form.sumber_dana.data = row.sumber_dana


def _charges(
    session: Session, opd_id: int, tahun: int, last: Sequence[str]
) -> dict[str, list[Any]]:
    """Those last used at the shop, the DPA's lines under their sub kegiatan, each with what is
    left; then the way out.
    """
    groups: dict[str, list[Any]] = {
        _("Belum dipilih"): [SelectChoice(value="", label=_("Pilih pembebanan"))]
    }
    for line in pagu_reads.dpa_lines(session, opd_id, tahun):
        heading = f"{line.sub_kegiatan} {line.sub_kegiatan_name}".strip()
        if line.kunci in last:
            heading = _("Terakhir dipakai pada penyedia ini")
        label = (
            f"{line.rekening} {line.nama_rekening} · {line.sumber_dana} "
            f"({_('sisa')} Rp\u00a0{line.sisa})"
        )
        groups.setdefault(heading, []).append(SelectChoice(value=line.kunci, label=label))
    groups[_("Di luar DPA")] = [
        SelectChoice(value=OTHER, label=_("Tidak ada dalam DPA: tulis kode"))
    ]
    return groups


def purchase_command(form: PurchaseForm, opd_id: int) -> RecordPurchase:
    """What the validated form says, as the service takes it."""
    sub_kegiatan, rekening, sumber_dana = kode(
        form.pembebanan.data or "",
        (form.sub_kegiatan.data or "", form.rekening.data or "", form.sumber_dana.data or ""),
    )
    typed: dict[str, Any] = {name: _typed(one, form[name].data) for name, one in FIELDS.items()}
    codes = {"sub_kegiatan": sub_kegiatan, "rekening": rekening, "sumber_dana": sumber_dana}
    return RecordPurchase(opd_id=opd_id, **typed | codes)


def _typed(one: PurchaseField, data: Any) -> Any:
    if one.kind in ("text", "long", "code"):
        return data or ""
    if one.kind == "tax":
        return data or ZERO
    if one.kind == "row":
        return int(data) if data else None
    return (data or None) if one.kind == "choice" else data


def kode(pembebanan: str, typed: tuple[str, str, str]) -> tuple[str, str, str]:
    """The three codes of a charge: from the chosen DPA line, else as typed."""
    parts = pembebanan.split("|")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else typed
