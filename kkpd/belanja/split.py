"""A mixed receipt becomes several lines with the same nota, each with its own account and class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from kkpd.belanja import choices as belanja_choices
from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja.fields import ENTRY_FIELDS, RecordPurchase, of_kind
from kkpd.belanja.verbs import ChangePurchase, change, is_matched, lock_for_change, record
from kkpd.core.errors import Conflict, DomainError
from kkpd.core.money import ZERO, Rupiah, total
from kkpd.core.permissions import Actor
from kkpd.models import Transaksi
from kkpd.records.transitions import advance

#: More parts than this are a list, which the grid takes.
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPiece:
    """One part of the receipt; empty or None means the same as on the whole."""

    uraian: str
    nilai: Rupiah
    rekening: str = ""
    sub_kegiatan: str = ""
    sumber_dana: str = ""
    satuan: str = ""
    volume: int | None = None
    harga_satuan: Rupiah | None = None


@dataclass(frozen=True, slots=True)
class SplitPurchase:
    """The parts must add up to the line; the first part stays in the line itself."""

    transaksi_id: int
    versi: int
    bagian: tuple[SplitPiece, ...]


def split(session: Session, actor: Actor, command: SplitPurchase, now: datetime) -> list[Transaksi]:
    """Split the line; evidence is shared, tax spread by amount. Returns all lines, in order."""
    transaksi = lock_for_change(session, actor, command.transaksi_id, command.versi)
    _check(session, transaksi, command.bagian)
    nota = transaksi.nota or f"campuran-{transaksi.id}"
    money = belanja_choices.mata_uang(session, transaksi.opd_id, transaksi.id)
    commands = [
        _command(transaksi, part, nota, tax)
        for part, tax in zip(command.bagian, _spread(transaksi, command.bagian), strict=True)
    ]
    kunci = f"pecah-{transaksi.id}-{transaksi.versi}"
    commands = [
        replace(one, kunci_kirim=f"{kunci}-{at}", mata_uang=money)
        for at, one in enumerate(commands)
    ]
    first = change(session, actor, ChangePurchase(transaksi.id, transaksi.versi, commands[0]), now)
    return [first, *(_add(session, actor, first, one, now) for one in commands[1:])]


def share_out(amount: Rupiah, weights: Sequence[Rupiah]) -> list[Rupiah]:
    """`amount` in whole sen by weight; the parts add up to it exactly (largest remainders)."""
    whole = total(weights).sen
    shares = [divmod(amount.sen * weight.sen, whole) for weight in weights]
    missing = amount.sen - sum(share for share, _ in shares)
    order = sorted(range(len(shares)), key=lambda at: (-shares[at][1], at))
    extra = set(order[:missing])
    return [Rupiah(share + (at in extra)) for at, (share, _) in enumerate(shares)]


def _check(session: Session, transaksi: Transaksi, parts: Sequence[SplitPiece]) -> None:
    if not 2 <= len(parts) <= MOST:
        raise DomainError(f"Pecah menjadi 2 sampai {MOST} bagian.", field="nilai")
    if is_matched(session, transaksi.id):
        raise Conflict("Belanja ini dipasangkan dengan baris bank. Urungkan pasangannya dahulu.")
    if any((part.nilai > ZERO) != (transaksi.nilai > ZERO) or not part.nilai for part in parts):
        raise DomainError("Setiap bagian harus bernilai, bertanda sama.", field="nilai")
    summed = total(part.nilai for part in parts)
    if summed != transaksi.nilai:
        raise DomainError(
            f"Jumlah bagian Rp {summed}, belanjanya Rp {transaksi.nilai}: "
            f"selisih Rp {transaksi.nilai - summed}. Perbaiki nilainya.",
            field="nilai",
        )


def _spread(transaksi: Transaksi, parts: Sequence[SplitPiece]) -> list[dict[str, Rupiah]]:
    weights = [abs(part.nilai) for part in parts]
    spread = {name: share_out(getattr(transaksi, name), weights) for name in of_kind("tax")}
    return [{name: spread[name][at] for name in spread} for at in range(len(parts))]


def _command(
    transaksi: Transaksi, part: SplitPiece, nota: str, taxes: dict[str, Rupiah]
) -> RecordPurchase:
    kept = {name: getattr(transaksi, name) for name in ENTRY_FIELDS}
    same_account = part.rekening in ("", transaksi.rekening)
    kept |= {
        "uraian": part.uraian,
        "nilai": part.nilai,
        "rekening": part.rekening or transaksi.rekening,
        "sub_kegiatan": part.sub_kegiatan or transaksi.sub_kegiatan,
        "sumber_dana": part.sumber_dana or (transaksi.sumber_dana if same_account else ""),
        "satuan": part.satuan,
        "volume": part.volume,
        "harga_satuan": part.harga_satuan,
        "nota": nota,
        **taxes,
    }
    return RecordPurchase(opd_id=transaksi.opd_id, kunci_kirim=transaksi.kunci_kirim, **kept)


def _add(
    session: Session, actor: Actor, first: Transaksi, part: RecordPurchase, now: datetime
) -> Transaksi:
    """Another line of the same receipt, with the same evidence."""
    added = record(session, actor, part, now, kept_card=first.kartu_id)
    belanja_evidence.copy_evidence(session, actor, first, added, now)
    if first.status == "berbukti":
        advance(session, actor, added, "lengkapi", now=now)
    return added
