"""An unknown layout before a person: the guess of its columns, the form that corrects it, and the
profile that the answers make.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from kkpd.core.errors import Unreadable
from kkpd.core.pan import mask
from kkpd.engines.reading import apart
from kkpd.engines.reading.guess import Guess, keep
from kkpd.engines.reading.profile import DateOrder, DecimalSign, Profile, load_profiles, plain
from kkpd.engines.reading.statement import ALIKE_MEANINGS, DOUBT_KEY
from kkpd.engines.reading.tables import column_formats as formats
from kkpd.engines.reading.tables import signs, table
from kkpd.web.forms import PageForm, options
from kkpd.web.translation import N_, _, _l

#: What a column can mean, in the words of a treasurer; the keys are the reader's.
COLUMN_MEANINGS: Final[Mapping[str, str]] = {
    "transaction_date": N_("Tanggal transaksi"),
    "posting_date": N_("Tanggal pembukuan"),
    "time": N_("Jam transaksi"),
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
#: What a question of a file is about, and what an answer to it means, in words.
KEY_MEANINGS: Final[Mapping[str, str]] = {
    formats.DATE_KEY: N_("Urutan tanggal"),
    formats.DECIMAL_KEY: N_("Tanda sen"),
    signs.SIGN_KEY: N_("Belanja ditulis"),
    table.TWIN_KEY: N_("Lembar yang sama"),
    signs.MARK_KEY: N_("Tanda uang kembali"),
    formats.YEAR_KEY: N_("Tahun"),
    signs.EDGE_KEY: N_("Arah satu baris"),
    signs.SIDES_KEY: N_("Arti saldo"),
    DOUBT_KEY: N_("Alasan beda dengan yang tercetak"),
}
ANSWER_MEANINGS: Final[Mapping[str, str]] = {
    **formats.MEANINGS,
    **table.MEANINGS,
    **signs.MARK_MEANINGS,
    **signs.EDGE_MEANINGS,
    **signs.SIDES_MEANINGS,
    **ALIKE_MEANINGS,
}
#: Fields of words -> the group of the profile, and the fewest letters of one: a short word would
#: stand inside many texts, a mark in a column of its own may be one letter.
WORDS: Final[Mapping[str, tuple[str, int]]] = {
    "kata_debit": ("debit", 1),
    "kata_kredit": ("kredit", 1),
    "kata_biaya": ("biaya", 3),
    "kata_meterai": ("meterai", 3),
    "kata_refund": ("refund", 3),
    "kata_pembayaran": ("pembayaran", 3),
}
_RECOGNISE: Final = ("", _l("Kenali dari isinya"))
_LONGEST, _MOST, _NAMES = 40, 20, 40


class ProfileForm(PageForm):
    """The name of the layout and how it writes; the columns are fields `kolom.<number>`."""

    judul = StringField(_l("Nama bentuk berkas"), [InputRequired(_l("Beri nama.")), Length(max=80)])
    ganti = BooleanField(_l("Ganti bentuk bernama sama yang sudah tersimpan"))
    urutan = SelectField(
        _l("Urutan tanggal"),
        choices=options(
            [
                _RECOGNISE,
                ("dmy", _l("hari-bulan-tahun")),
                ("mdy", _l("bulan-hari-tahun")),
                ("ymd", _l("tahun-bulan-hari")),
            ]
        ),
    )
    desimal = SelectField(
        _l("Tanda sen"),
        choices=options([_RECOGNISE, (",", _l("koma: 1.234,56")), (".", _l("titik: 1,234.56"))]),
    )
    belanja = SelectField(
        _l("Belanja ditulis"),
        choices=options([_RECOGNISE, ("positive", _l("positif")), ("negative", _l("negatif"))]),
    )
    kata_debit = StringField(_l("Tanda belanja"), [Length(max=300)])
    kata_kredit = StringField(_l("Tanda uang kembali"), [Length(max=300)])
    kata_biaya = StringField(_l("Biaya bank"), [Length(max=300)])
    kata_meterai = StringField(_l("Bea meterai"), [Length(max=300)])
    kata_refund = StringField(_l("Pengembalian"), [Length(max=300)])
    kata_pembayaran = StringField(_l("Pembayaran tagihan"), [Length(max=300)])


@dataclass(frozen=True, slots=True)
class LayoutGuess:
    """The guess for the page: title -> role, the header's row, the first rows as texts, and what
    the columns decide of dates and amounts.
    """

    lembar: str | None
    baris: int
    judul: tuple[str, ...]
    meaning: Mapping[str, str]
    sample: tuple[tuple[str, ...], ...]
    urutan: DateOrder | None
    desimal: DecimalSign | None


def layout_guess(data: bytes, known: Profile | None = None) -> LayoutGuess | None:
    """What recognition made of the file's table, with the meanings that a kept profile gave its
    titles; None for a file without column titles.
    """
    guesses = [one for one in apart.recognise(data, known) if sum(map(bool, one.titles)) > 1]
    best = max(guesses, key=lambda one: len(one.columns), default=None)
    return None if best is None else _shown(best)


def _shown(found: Guess) -> LayoutGuess:
    meanings = {
        found.titles[index]: role
        for role, index in found.columns.items()
        if index < len(found.titles)
    }
    return LayoutGuess(
        lembar=found.sheet,
        baris=max(found.header_rows, default=1),
        judul=found.titles,
        meaning=meanings,
        sample=tuple(tuple(text[:40] for text in row) for row in found.sample[:5] if any(row)),
        urutan=found.date_order,
        desimal=found.decimal,
    )


def form_values(
    found: LayoutGuess, known: Profile | None, answers: Mapping[str, str]
) -> dict[str, object]:
    """How the form begins: an answer given, else the kept profile, else what the columns decide."""
    words = known.words if known else {}
    return {
        "urutan": answers.get("urutan_tanggal") or (known and known.date_order) or found.urutan,
        "desimal": answers.get("tanda_desimal") or (known and known.decimal) or found.desimal,
        "belanja": answers.get("tanda_belanja") or (known and known.spending),
        **{name: ", ".join(words.get(group, ())) for name, (group, _) in WORDS.items()},
    }


def profile_from(form: ProfileForm, chosen: Mapping[str, str]) -> Profile:
    """The profile that the form describes; `chosen` is title -> role. Unreadable names the field
    where what was chosen cannot work.
    """
    if len(set(chosen.values())) < len(chosen):
        raise Unreadable(_("Satu arti dipilih untuk dua kolom. Pilih satu saja."))
    title = _one_line(mask(form.judul.data or ""))
    return keep(
        name_from(title),
        title,
        {role: title for title, role in chosen.items()},
        date_order=form.urutan.data or None,
        decimal=form.desimal.data or None,
        spending=form.belanja.data or None,
        words={group: _words(form, name, least) for name, (group, least) in WORDS.items()},
    )


def name_from(title: str) -> str:
    """The short name of a title, as a profile is chosen by on the command line and in addresses."""
    name = re.sub(
        r"^[^a-z]+", "", "_".join(plain(title).replace("%", " ").replace("#", " ").split())
    )
    name = name[:_NAMES].strip("_")
    if not name:
        raise Unreadable(_("Nama harus memuat huruf, misalnya Bank Sumut rekap."), field="judul")
    return name if len(name) > 2 and name not in load_profiles() else f"bentuk_{name}"[:_NAMES]


def _one_line(text: str) -> str:
    """Single blanks, and no signs that cannot be seen."""
    return " ".join("".join(filter(str.isprintable, " ".join(text.split()))).split())


def _words(form: ProfileForm, name: str, least: int) -> tuple[str, ...]:
    """The words typed, parted by commas."""
    words = list(dict.fromkeys(filter(None, map(_one_line, (form[name].data or "").split(",")))))
    wrong = next((w for w in words if not least <= len(w) <= _LONGEST), None)
    if wrong is not None or len(words) > _MOST:
        raise Unreadable(
            _(
                "Tulis paling banyak %(n)s kata dipisah koma, "
                "masing-masing %(a)s sampai %(b)s huruf.",
                n=_MOST,
                a=least,
                b=_LONGEST,
            ),
            field=name,
        )
    return tuple(words)
