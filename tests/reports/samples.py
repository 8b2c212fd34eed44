"""Documents and proofs that the tests of this folder draw."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kkpd.approval.forms.dpr import DprInput, DprKind, DprRow, dpr
from kkpd.approval.forms.dpt import DptInput, DptRow, dpt
from kkpd.approval.forms.refusal import PenolakanInput, RefusalRow, penolakan
from kkpd.core.money import Rupiah
from kkpd.core.proof import events, merkle
from kkpd.core.proof.events import ChainHead, LogCheckpoint, LogEvent, Proof
from kkpd.core.proof.first_version import FirstCheckpoint, FirstProof
from kkpd.engines.paper import FrozenDocument, Letterhead, Person
from kkpd.engines.paper.forms import Frame
from kkpd.engines.paper.parts import SignatureBlock
from kkpd.pagu.forms.up_statement import UpFigures, up_statement

CHAIN = "1.02.0.00.0.00.01.0000"
SIGNER = Ed25519PrivateKey.from_private_bytes(b"kkpd test key, never in real use")
PUBLIC_KEY = SIGNER.public_key().public_bytes_raw()
AT = datetime(2026, 11, 24, 4, 5, 6, tzinfo=UTC)

ANI = Person("Ani Contoh", "19850101 201001 2 001", "Penata / III.c", "Analis Pelayanan")
BUDI = Person("Budi Contoh", "19800202 200501 1 002", "Penata Tk. I / III.d", "PPTK")
CITRA = Person("Citra Contoh", "19820303 200601 2 003", "Penata / III.c", "Bendahara")
DEWI = Person(
    "dr. Dewi Contoh, M.Kes.", "19700404 199503 2 004", "Pembina Utama Muda / IV.c", "Kepala Dinas"
)
RANGKA = Frame(
    kop=Letterhead(
        "Pemerintah Kabupaten Deli Serdang", "Dinas Kesehatan", "Jalan Contoh 1, Lubuk Pakam"
    ),
    tanggal=date(2026, 11, 24),
    nomor="12/DPT/1.02/2026",
    periode="2026-10",
    tempat="Lubuk Pakam",
    alamat_periksa="https://kkpd.example.go.id/periksa/",
)
_DETAILS = (
    "Kertas HVS A4 80 gram",
    "Obat",
    "Belanja makan dan minum rapat koordinasi penanggulangan tuberkulosis tahun 2026",
)


def dpt_rows(count: int) -> list[DptRow]:
    return [
        DptRow(
            nama="Ani Contoh",
            kartu="4821",
            jenis_belanja="Belanja Barang Pakai Habis",
            rincian=_DETAILS[number % 3],
            sub_kegiatan="1.02.02.2.02.0011",
            rekening="5.1.02.01.01.0024",
            jumlah=Rupiah.of(125_000 + number * 7_919 % 3_000_000),
        )
        for number in range(count)
    ]


def a_dpt(count: int = 3, paper_frame: Frame = RANGKA) -> FrozenDocument:
    return dpt(
        DptInput(
            paper_frame=paper_frame,
            bank="Bank Sumut",
            kelompok=[("", dpt_rows(count))],
            signatory=DEWI,
            keterangan=[("SKPD", "Dinas Kesehatan"), ("Jatuh tempo", "25 November 2026")],
        )
    )


def a_dpr(count: int = 3, jenis: DprKind = "barang_jasa") -> FrozenDocument:
    rows = [
        DprRow(
            row.rincian, row.jenis_belanja, row.sub_kegiatan, row.rekening, n % 2 == 0, row.jumlah
        )
        for n, row in enumerate(dpt_rows(count))
    ]
    return dpr(
        DprInput(
            paper_frame=RANGKA,
            jenis=jenis,
            pemegang=ANI,
            opd="Dinas Kesehatan",
            kartu="4821",
            baris=rows,
            pptk=BUDI,
        )
    )


def a_penolakan(count: int = 2) -> FrozenDocument:
    row = RefusalRow(
        date(2026, 10, 3), "TOKO SUMBER REJEKI", "Hadiah", "Belanja pribadi", Rupiah.of(515_000)
    )
    return penolakan(
        PenolakanInput(
            paper_frame=RANGKA,
            recipient=ANI,
            pemegang=BUDI,
            kartu="4821",
            tagihan="Bank Sumut, 5 November 2026",
            baris=[row] * max(count, 1),
            signatory=DEWI,
            pay_before=date(2026, 12, 1),
        )
    )


def a_pernyataan_up(count: int) -> FrozenDocument:
    figures = UpFigures(
        pagu=Rupiah.of(4_800_075_000 + count * 104_729 % 4_000_000),
        pagu_up=Rupiah.of(2_400_000_000),
        up=Rupiah.of(1_000_000_000), up_kkpd=Rupiah.of(400_000_000),
        sebelumnya=Rupiah.of(750_000_000),
    )  # fmt: skip
    said = "Nomor 900/12/2026, berlaku sejak 5 Januari 2026"
    return up_statement(
        RANGKA, 2026, "Dinas Kesehatan", said, figures, SignatureBlock("Pengguna Anggaran", DEWI)
    )


OTHERS = (ChainHead("0", 2, "cd" * 32), ChainHead("2.10", 9, "ef" * 32))


def issue_first(
    draft: FrozenDocument, signer: Ed25519PrivateKey = SIGNER
) -> tuple[FrozenDocument, Proof]:
    """As version 0.1.0 issued it: with the heads of all chains."""
    document, bukti = issue(draft, signer)
    point = FirstCheckpoint(7, AT, (OTHERS[0], bukti.head, OTHERS[1]))
    first = FirstProof(
        event=bukti.event,
        path=bukti.path,
        head=bukti.head,
        index=1,
        head_path=bukti.head_path,
        checkpoint=point.to_bytes(),
        signature=signer.sign(point.to_bytes()),
        public_key=bukti.public_key,
    )
    return document, first


def issue(
    draft: FrozenDocument, signer: Ed25519PrivateKey = SIGNER
) -> tuple[FrozenDocument, Proof]:
    """The document frozen and issued as the fifth event of its chain, one of three chains."""
    document = dataclasses.replace(draft, rancangan=False)
    tree = merkle.Frontier().extend(merkle.leaf_hash(bytes([n])) for n in range(4))
    event = LogEvent(
        chain=CHAIN,
        seq=5,
        prev="ab" * 32,
        at=AT,
        actor="dewi",
        role="pa",
        kind=events.ISSUE_KIND,
        subject="dokumen:12",
        after=events.issue_after(document.to_json(), document.formulir, document.versi),
    ).to_bytes()
    head = ChainHead(CHAIN, 5, tree.append(merkle.leaf_hash(event)).root().hex())
    heads = (OTHERS[0], head, OTHERS[1])
    checkpoint = LogCheckpoint.over(AT, heads)
    bukti = Proof(
        event=event,
        path=tree.next_path(),
        head=head,
        index=1,
        head_path=merkle.inclusion_path([one.leaf() for one in heads], 1),
        checkpoint=checkpoint.to_bytes(),
        signature=signer.sign(checkpoint.signed_bytes()),
        public_key=signer.public_key().public_bytes_raw(),
    )
    return document, bukti
