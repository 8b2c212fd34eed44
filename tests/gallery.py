"""Every component on one page, for the eye, for the page checks and for axe: not in the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from flask import Blueprint, Flask, flash, render_template
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from kkpd.core.errors import DomainError, Finding
from kkpd.core.money import Rupiah
from kkpd.web import navigation
from kkpd.web.forms import (
    DayField,
    FileSize,
    PageForm,
    RupiahField,
    UploadField,
    options,
    uploads,
)
from kkpd.web.request.converters import Periode
from kkpd.web.request.permissions import needs
from kkpd.web.request.refused import drawn

bp = Blueprint(
    "contoh",
    __name__,
    url_prefix="/<opd:opd>/<periode:periode>/contoh",
    template_folder=str(Path(__file__).parent / "templates"),
)

MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt")
OPERASI = (42, 51, 58, 44, 72, 66, 56, 77, 68, 84)
MODAL = (10, 0, 22, 8, 27, 5, 0, 33, 15, 28)


@dataclass(frozen=True)
class Row:
    """A line to show."""

    id: int
    tanggal: date | None
    uraian: str
    nilai: Rupiah | None
    lulus: bool | None


BARIS = (
    Row(1, date(2026, 10, 14), "SUMBER REJEKI MEDAN ID", Rupiah.of(750_000), True),
    Row(2, date(2026, 10, 15), "HTL GRAND KANAYA MEDAN", Rupiah.of(515_000), None),
    Row(3, None, "Pengembalian tiket", Rupiah.of(-250_000), False),
)


class FormulirContoh(PageForm):
    """One field of each kind."""

    tanggal = DayField("Tanggal transaksi", [DataRequired()])
    nilai = RupiahField("Nilai", [DataRequired()])
    merchant = StringField("Di mana", [DataRequired()])
    untuk = TextAreaField("Untuk apa", [Optional()])
    kanal = SelectField("Saluran", choices=options([("katalog", "Katalog"), ("lain", "Lain-lain")]))
    keputusan = RadioField(
        "Keputusan", choices=options([("setuju", "Setujui"), ("tolak", "Tolak")])
    )
    bukti = UploadField("Bukti", [FileSize(1024)])
    correct = BooleanField("Saya menyatakan isian ini benar", [Optional()])


@bp.get("/")
@needs("akun:sendiri")
def index(opd: str, periode: Periode) -> str:
    """All components."""
    return _draw(FormulirContoh(formdata=None))


@bp.post("/")
@needs("akun:sendiri")
def kirim(opd: str, periode: Periode) -> tuple[str, int]:
    """The same with what was sent, and what is wrong with it."""
    form = FormulirContoh()
    try:
        form.check()
    except DomainError as refusal:
        return drawn(refusal, _draw(form))
    flash(f"{form.nilai.data} pada {form.tanggal.data}, {len(uploads(form.bukti))} berkas", "ok")
    return _draw(form), 200


def _draw(form: FormulirContoh) -> str:
    return render_template(
        "pages/contoh/index.html",
        form=form,
        rows=BARIS,
        jumlah=Rupiah.of(1_015_000),
        bound=Rupiah.of(216_000_000),
        reservation=Rupiah.of(16_000_000),
        terpakai=Rupiah.of(48_310_500),
        bulan=MONTHS,
        ties=[("operasi", OPERASI), ("modal", MODAL)],
        temuan=[
            Finding("kartu", "Kartu perjalanan dipakai untuk ATK.", "salah", row=37),
            Finding("surcharge", "Nilai lebih 3% dari nota.", "perhatian"),
            Finding("info", "Baris ini datang terlambat.", "info"),
        ],
        as_of=datetime(2026, 11, 24, 7, 5, tzinfo=UTC),
    )


def add_to(app: Flask) -> None:
    """Put the gallery into a program under test, and make every item of the menu lead somewhere."""
    app.register_blueprint(bp)
    for name, (_label, endpoint) in navigation.ITEMS.items():
        if endpoint not in app.view_functions:
            rule = f"/<opd:opd>/<periode:periode>/contoh/{name}"
            app.add_url_rule(rule, endpoint=endpoint, view_func=index)
