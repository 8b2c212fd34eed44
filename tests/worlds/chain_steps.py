"""Walking purchases down the chain in a test: record, evidence, pair, forward, check, test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from kkpd.approval import decide as approval_decide
from kkpd.approval import dpr
from kkpd.belanja import evidence as belanja_evidence
from kkpd.belanja import verbs as belanja_verbs
from kkpd.belanja.classes import decide as classes_decide
from kkpd.core.money import ZERO, Rupiah
from kkpd.core.permissions import Actor, Assignment, Role
from kkpd.core.proof.log_key import FILE_NAME, FileSigner
from kkpd.engines.paper.sheet import draw
from kkpd.models import BarisBank, Berkas, Cocok, Dokumen, Tagihan, Transaksi
from kkpd.payment import pay as payment_pay
from kkpd.payment import verify
from kkpd.reconciliation import decide as reconciliation_decide
from kkpd.reconciliation import line_detail, month
from kkpd.records.custody import Store
from kkpd.records.issue import Issuer
from kkpd.tagihan import receive
from kkpd.tagihan.receive import UploadFile
from tests.cast import ACTORS, DINKES, KARTU_ANI, ORANG
from tests.worlds.office import NOW, brought, foto
from tests.worlds.office import belanja as isi

OKTOBER: Final = (2026, 10)
SIGNER: Final = FileSigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LULUS: Final[dict[int, str]] = dict.fromkeys(range(1, 7), "lulus")


def penerbit(folder: Path) -> Issuer:
    """A real issuing office with a fixed key, which the instance of this folder has too."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(SIGNER.key.private_bytes_raw().hex(), "ascii")
    (folder / FILE_NAME).chmod(0o600)
    return Issuer(SIGNER, Store(folder / "arsip"), draw)


def berbukti(session: Session, folder: Path, nomor: int = 1, **changes: Any) -> Transaksi:
    """A purchase of Ani's card, logged by Citra, with evidence and a settled class."""
    given = {"kunci_kirim": f"jalan-{nomor}", "uraian": f"Kertas HVS A4 nomor {nomor}"} | changes
    row = belanja_verbs.record(session, ACTORS["citra"], isi(**given), NOW)
    paper = belanja_evidence.AttachEvidence(row.id, f"nota-{nomor}.jpg", foto(shade=nomor))
    store = Store(folder / "berkas")
    belanja_evidence.attach(session, ACTORS["citra"], store, paper, max_bytes=10**6, now=NOW)
    if row.kelas == "ragu":
        command = classes_decide.SettleClass(row.id, "operasi", "menurut nota")
        classes_decide.settle_class(session, ACTORS["citra"], command, NOW)
    return row


def bank_billed(
    session: Session, folder: Path, *rows: Transaksi, bulan: int | None = None
) -> list[BarisBank]:
    """Final bills of the rows' months (or of `bulan`) ask for each of them: a line and its link.
    The bill's file is kept in `folder`.
    """
    lines = []
    for row in rows:
        month = bulan or row.bulan
        bill = _tagihan(session, row.opd_id, month, folder)
        brought(session, bill)
        line = BarisBank(
            opd_id=row.opd_id,
            tahun=row.tahun,
            bulan=month,
            tagihan_id=bill.id,
            kunci_dasar=f"{0xD17A61 + row.id:064x}",
            kejadian=1,
            jenis="refund" if row.nilai < ZERO else "belanja",
            nilai=row.nilai,
            keterangan=row.merchant,
            merchant=row.merchant,
            berkas_id=bill.berkas_id,
            baris=1000 + row.id,
            kartu_akhir="4821",
            kartu_id=row.kartu_id,
            tanggal_transaksi=row.tanggal,
            tanggal_posting=row.tanggal,
        )
        session.add(line)
        session.flush()
        session.add(
            Cocok(
                opd_id=row.opd_id,
                baris_bank_id=line.id,
                transaksi_id=row.id,
                nilai=row.nilai,
                jenis="satu",
                status="dipilih",
                peluang=10_000,
                alasan=[],
                at=NOW,
                oleh_id=ORANG["citra"],
            )
        )
        lines.append(line)
    session.flush()
    return lines


def _not_yet_billed(session: Session, rows: Sequence[Transaksi]) -> list[Transaksi]:
    linked = set(session.scalars(select(Cocok.transaksi_id).where(Cocok.dicabut_at.is_(None))))
    return [row for row in rows if row.id not in linked]


def diperiksa(
    session: Session, folder: Path, *rows: Transaksi, tagih: bool = True
) -> list[Dokumen]:
    """Put them forward and let the PPTK sign; the DPRs. What no line asks for yet is billed."""
    if tagih:
        bank_billed(session, folder, *_not_yet_billed(session, rows))
    ids = [row.id for row in rows]
    dpr.put_forward(session, ACTORS["citra"], DINKES, ids, NOW)
    words = {id_: dpr.PptkVerdict("setuju") for id_ in ids}
    return dpr.check_dpr(session, ACTORS["budi"], DINKES, words, penerbit(folder), NOW)


def issue_step(
    session: Session, actor: Actor, dpt_id: int, jenis: str, office: Issuer, now: datetime
) -> Dokumen:
    """The next paper of a DPT; before an SPM the PPK-SKPD of its OPD verifies the SPP."""
    if jenis == "spm":
        verify_spp(session, dpt_id, now)
    return payment_pay.issue(session, actor, dpt_id, jenis, office, now)


def verify_spp(session: Session, dpt_id: int, now: datetime = NOW) -> None:
    """Hana, PPK-SKPD of the DPT's OPD, finds its SPP complete unless she did."""
    spp = verify.current_paper(session, dpt_id, "spp")
    if spp is None or verify.verified(session, spp.id) is not None:
        return
    hana = replace(ACTORS["hana"], assignment=(Assignment(Role.PPK, spp.opd_id),))
    answers = {one.kode: "ya" for one in verify.checklist(session, hana, spp, now)}
    verify.verify(session, hana, verify.SppVerification(spp.id, answers), now)


def setuju(row: Transaksi, **changes: Any) -> approval_decide.SixTestsDecision:
    """Approve the line whole, or as changed."""
    given: dict[str, Any] = {
        "transaksi_id": row.id,
        "versi": row.versi,
        "jawaban": LULUS,
        "keputusan": "setuju",
    }
    return approval_decide.SixTestsDecision(**(given | changes))


def baris_bank(session: Session, *amounts: int, **changes: Any) -> list[BarisBank]:
    """Bank lines of an October bill (Dinas Kesehatan's), in whole rupiah, on Ani's card; `folder`
    keeps the bill's file.
    """
    bill = _tagihan(session, changes.get("opd_id", DINKES), folder=changes.pop("folder", None))
    given: dict[str, Any] = {
        "opd_id": DINKES,
        "tahun": 2026,
        "bulan": 10,
        "tagihan_id": bill.id,
        "kejadian": 1,
        "keterangan": "SUMBER REJEKI MEDAN ID",
        "merchant": "SUMBER REJEKI MEDAN ID",
        "berkas_id": bill.berkas_id,
        "kartu_akhir": "4821",
        "kartu_id": KARTU_ANI,
        "tanggal_transaksi": date(2026, 10, 14),
        "tanggal_posting": date(2026, 10, 15),
    } | changes
    brought(session, bill)
    rows = [
        BarisBank(
            **({"jenis": "refund" if amount < 0 else "belanja"} | given),
            kunci_dasar=f"{number:064x}",
            nilai=Rupiah.of(amount),
            baris=number,
        )
        for number, amount in enumerate(amounts, 10)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def _as_file(session: Session, bulan: int, folder: Path | None, common: dict[str, Any]) -> Berkas:
    """The bill's file: uploaded where there is a folder for it, else only its receipt."""
    nama = f"tagihan-{bulan:02d}.csv"
    if folder is not None and common["opd_id"] == DINKES:
        data = f"Tanggal;Uraian;Jumlah\n13/{bulan:02d}/2026;TOKO SINAR;25.000 DB\n".encode()
        store = Store(folder / "berkas")
        return receive.upload(session, ACTORS["citra"], UploadFile(DINKES, data, nama), store, NOW)
    mark = f"{bulan:02x}" + "ab" * 31
    row = Berkas(jenis="bank", sha256=mark, ukuran=1, media="text/csv", nama=nama, **common)
    session.add(row)
    session.flush()
    return row


def pair_in_order(session: Session, *ids: int) -> None:
    """Link each purchase with a line; what the bank asks for beyond it is explained as a fee."""
    lines = session.scalars(select(BarisBank).order_by(BarisBank.id)).all()
    for line, id_ in zip(lines, ids, strict=True):
        same = line.nilai == session.get_one(Transaksi, id_).nilai
        rest = ("", "") if same else ("biaya", "surcharge penyedia")
        asked = reconciliation_decide.LinkUp(line.id, (id_,), *rest)
        reconciliation_decide.pair_up(session, ACTORS["citra"], DINKES, asked, NOW)


def due_bill(session: Session, day: date) -> Tagihan:
    """October's bill of Dinas Kesehatan, due on the day; made before anything is billed."""
    bill = _tagihan(session, DINKES, due_day=day)
    assert bill.jatuh_tempo == day, "the bill is made once"
    return bill


def _tagihan(
    session: Session,
    opd_id: int,
    bulan: int = 10,
    folder: Path | None = None,
    due_day: date | None = None,
) -> Tagihan:
    """The month's bill of an OPD in a file of its own, made once; kept where there is a folder."""
    mark = f"{bulan:02x}" + "cd" * 31
    found = session.scalars(
        select(Tagihan).where(Tagihan.opd_id == opd_id, Tagihan.identitas == mark)
    ).one_or_none()
    if found is not None:
        return found
    common: dict[str, Any] = {"opd_id": opd_id, "at": NOW, "oleh_id": ORANG["citra"]}
    berkas = _as_file(session, bulan, folder, common)
    bill = Tagihan(
        tahun=2026,
        bulan=bulan,
        jenis="final",
        identitas=mark,
        berkas_id=berkas.id,
        jatuh_tempo=due_day,
        **common,
    )
    session.add(bill)
    session.flush()
    return bill


def shortlist(
    session: Session, actor: Actor, opd_id: int, periode: tuple[int, int], line_id: int
) -> tuple[line_detail.PairChoice, ...]:
    """The ranked purchases for one line of the month, as its page shows them."""
    lines = month.month_lines(session, actor, opd_id, periode)
    line = next((row for row in lines if row.id == line_id), None)
    if line is None:
        return ()
    return line_detail.line_candidates(
        session, opd_id, line, month.open_lines_month(session, opd_id, periode)
    )
