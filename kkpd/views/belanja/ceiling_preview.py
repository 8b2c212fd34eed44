"""What stands beside the amount while a purchase is typed: ceilings left, the proposed class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import detail as belanja_detail
from kkpd.belanja.classes import decide as classes_decide
from kkpd.belanja.doubles import Bought, Double, likely_doubles
from kkpd.core.errors import DomainError
from kkpd.core.money import ZERO, Rupiah
from kkpd.engines.classify import Classified
from kkpd.pagu import reads as pagu_reads
from kkpd.pagu.ceilings.movements import dpa_key, payee_key
from kkpd.views.belanja.form import kode
from kkpd.web.forms import read_date
from kkpd.web.request.converters import whole_number


@dataclass(frozen=True, slots=True)
class Weighed:
    """What stands beside the amount: the ceilings before and after, the proposed class, the charges
    last used at the shop, and purchases that are probably this one (`sure`: it is another one).
    """

    sisa: tuple[pagu_reads.Weighing, ...]
    proposal: Classified | None
    class_choices: tuple[tuple[str, str], ...]
    shop_choices: tuple[tuple[str, str], ...] = ()
    doubles: tuple[Double, ...] = ()
    sure: bool = False

    @property
    def bukti(self) -> list[tuple[str, str]]:
        """The evidence as (sign, its part in log-odds)."""
        return [
            (one.what, f"{one.bagian:+.2f}")
            for one in (self.proposal.bukti if self.proposal else ())
        ]

    @property
    def rekening(self) -> list[tuple[str, str, str]]:
        """The proposed accounts as (code, name, score)."""
        accounts = self.proposal.proposed_rekening if self.proposal else ()
        return [(one.kode, one.nama, f"{one.scores:.2f}") for one in accounts]


def weigh(
    session: Session,
    opd_id: int,
    values: Mapping[str, str],
    *,
    day: date,
    transaksi_id: int | None = None,
    only_of: int | None = None,
) -> Weighed:
    """Weigh half-filled values: what cannot be read yet is left out, never an error.

    `only_of` names the holder whose purchases may be shown as doubles, None for everybody's.
    """
    nilai = _amount(values.get("nilai", ""))
    sub_kegiatan, rekening, sumber_dana = kode(
        values.get("pembebanan", ""),
        (values.get("sub_kegiatan", ""), values.get("rekening", ""), values.get("sumber_dana", "")),
    )
    keys = {"up_kkpd": "UP", "penerima": payee_key(values.get("merchant", ""))}
    if rekening:
        keys["dpa"] = dpa_key(sub_kegiatan, rekening, sumber_dana)
    card = whole_number(values.get("kartu_id", ""))
    if card is not None:
        keys["kartu"] = pagu_reads.token_kartu(session, opd_id, card) or ""
    own = {} if transaksi_id is None else belanja_detail.reservation(session, transaksi_id)
    weighed = pagu_reads.weigh(session, opd_id, day.year, keys, nilai or ZERO, own)
    if rekening:
        akun, bought = (sub_kegiatan, rekening), _day(values.get("tanggal", ""), day)
        plans = pagu_reads.weigh_plans(session, opd_id, bought, akun, nilai or ZERO, own)
        weighed = _in_order((*weighed, *plans))
    proposal = _proposal(session, opd_id, values, rekening, nilai, day)
    chosen = values.get("pembebanan", "")
    others = [one for one in _in_dpa(session, opd_id, day.year, proposal) if one[0] != chosen]
    return Weighed(
        weighed,
        proposal,
        tuple(others),
        _at_shop(session, opd_id, values, day.year),
        _doubles(session, opd_id, values, transaksi_id, only_of),
        bool(values.get("tetap")),
    )


def _at_shop(
    session: Session, opd_id: int, values: Mapping[str, str], tahun: int
) -> tuple[tuple[str, str], ...]:
    """The charges last used at the shop that the DPA holds, until one is chosen."""
    if values.get("pembebanan"):
        return ()
    shops = belanja_choices.shops(session, opd_id)
    last = belanja_choices.charges_at(shops, values.get("merchant", ""))
    lines = pagu_reads.dpa_lines(session, opd_id, tahun) if last else ()
    names = {line.kunci: f"{line.rekening} {line.nama_rekening}" for line in lines}
    return tuple((key, names[key]) for key in last if key in names)


def _doubles(
    session: Session,
    opd_id: int,
    values: Mapping[str, str],
    transaksi_id: int | None,
    only_of: int | None,
) -> tuple[Double, ...]:
    card, nilai = whole_number(values.get("kartu_id", "")), _amount(values.get("nilai", ""))
    merchant = values.get("merchant", "").strip()
    try:
        tanggal = read_date(values.get("tanggal", "").strip())
    except ValueError:
        return ()
    if card is None or not nilai or not merchant:
        return ()
    texts = values.get("nota", "").strip(), values.get("uraian", "").strip()
    bought = Bought(card, tanggal, nilai, merchant, *texts)
    but = () if transaksi_id is None else (transaksi_id,)
    return likely_doubles(session, opd_id, bought, but=but, only_of=only_of)


def _proposal(
    session: Session,
    opd_id: int,
    values: Mapping[str, str],
    rekening: str,
    nilai: Rupiah | None,
    day: date,
) -> Classified | None:
    uraian = values.get("uraian", "").strip()
    if not uraian:
        return None
    thing = classes_decide.item_of(
        uraian=uraian[:500],
        merchant=values.get("merchant", "")[:200],
        rekening=rekening,
        nilai=nilai,
        satuan=values.get("satuan", "")[:40],
        volume=whole_number(values.get("volume", "").strip().replace(".", "")),
        harga_satuan=_amount(values.get("harga_satuan", "")),
    )
    return classes_decide.propose(session, opd_id, thing, day)


def _in_dpa(
    session: Session, opd_id: int, tahun: int, proposal: Classified | None
) -> tuple[tuple[str, str], ...]:
    """The proposed accounts that the OPD's DPA holds, as (choice of `pembebanan`, words)."""
    return tuple(
        (line.kunci, f"{line.rekening} {line.nama_rekening}")
        for account in (proposal.proposed_rekening[:3] if proposal else ())
        for line in pagu_reads.dpa_lines(session, opd_id, tahun, account.kode, bound=2)
    )


def _in_order(found: tuple[pagu_reads.Weighing, ...]) -> tuple[pagu_reads.Weighing, ...]:
    order = list(pagu_reads.NAMES)
    return tuple(sorted(found, key=lambda one: order.index(one.jenis)))


def _day(text: str, day: date) -> date:
    """The day of the purchase as far as it can be read yet; a plan is asked for its own year."""
    try:
        bought = read_date(text.strip())
    except ValueError:
        return day
    return bought if bought.year == day.year else day


def _amount(text: str) -> Rupiah | None:
    if not text.strip():
        return None
    try:
        return Rupiah.parse(text)
    except DomainError:
        return None  # half-typed: nothing to weigh yet, and the field itself says so when sent
