"""Documents and proofs that the tests of this folder draw."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kkpd.approval.forms.dpr import DprBaris, DprInput, JenisDpr, dpr
from kkpd.approval.forms.dpt import DptBaris, DptInput, dpt
from kkpd.approval.forms.refusal import PenolakanBaris, PenolakanInput, penolakan
from kkpd.core.money import Rupiah
from kkpd.core.proof import events, merkle
from kkpd.core.proof.events import Bukti, Checkpoint, Event, Head
from kkpd.engines.paper import Dokumen, Kop, Orang
from kkpd.engines.paper.form_frame import Rangka
from kkpd.engines.paper.list_form import Penanda
from kkpd.pagu.forms.up_statement import PernyataanUp, pernyataan_up

CHAIN = "1.02.0.00.0.00.01.0000"
SIGNER = Ed25519PrivateKey.from_private_bytes(b"kkpd test key, never in real use")
PUBLIC_KEY = SIGNER.public_key().public_bytes_raw()
AT = datetime(2026, 11, 24, 4, 5, 6, tzinfo=UTC)

ANI = Orang("Ani Contoh", "19850101 201001 2 001", "Penata / III.c", "Analis Pelayanan")
BUDI = Orang("Budi Contoh", "19800202 200501 1 002", "Penata Tk. I / III.d", "PPTK")
CITRA = Orang("Citra Contoh", "19820303 200601 2 003", "Penata / III.c", "Bendahara")
DEWI = Orang(
    "dr. Dewi Contoh, M.Kes.", "19700404 199503 2 004", "Pembina Utama Muda / IV.c", "Kepala Dinas"
)
RANGKA = Rangka(
    kop=Kop("Pemerintah Kabupaten Deli Serdang", "Dinas Kesehatan", "Jalan Contoh 1, Lubuk Pakam"),
    tanggal=date(2026, 11, 24),
    nomor="12/DPT/1.02/2026",
    periode="2026-10",
    tempat="Lubuk Pakam",
    alamat_periksa="https://kkpd.example.go.id/periksa/",
)
_RINCIAN = (
    "Kertas HVS A4 80 gram",
    "Obat",
    "Belanja makan dan minum rapat koordinasi penanggulangan tuberkulosis tahun 2026",
)


def dpt_rows(count: int) -> list[DptBaris]:
    return [
        DptBaris(
            nama="Ani Contoh",
            kartu="4821",
            jenis_belanja="Belanja Barang Pakai Habis",
            rincian=_RINCIAN[number % 3],
            sub_kegiatan="1.02.02.2.02.0011",
            rekening="5.1.02.01.01.0024",
            jumlah=Rupiah.of(125_000 + number * 7_919 % 3_000_000),
        )
        for number in range(count)
    ]


def a_dpt(count: int = 3, rangka: Rangka = RANGKA) -> Dokumen:
    return dpt(
        DptInput(
            rangka=rangka,
            bank="Bank Sumut",
            baris=dpt_rows(count),
            penanda_tangan=DEWI,
            keterangan=[("SKPD", "Dinas Kesehatan"), ("Jatuh tempo", "25 November 2026")],
        )
    )


def a_dpr(count: int = 3, jenis: JenisDpr = "barang_jasa") -> Dokumen:
    rows = [
        DprBaris(
            row.rincian, row.jenis_belanja, row.sub_kegiatan, row.rekening, n % 2 == 0, row.jumlah
        )
        for n, row in enumerate(dpt_rows(count))
    ]
    return dpr(
        DprInput(
            rangka=RANGKA,
            jenis=jenis,
            pemegang=ANI,
            opd="Dinas Kesehatan",
            kartu="4821",
            baris=rows,
            pptk=BUDI,
        )
    )


def a_penolakan(count: int = 2) -> Dokumen:
    row = PenolakanBaris(
        date(2026, 10, 3), "TOKO SUMBER REJEKI", "Hadiah", "Belanja pribadi", Rupiah.of(515_000)
    )
    return penolakan(
        PenolakanInput(
            rangka=RANGKA,
            kepada=ANI,
            pemegang=BUDI,
            kartu="4821",
            tagihan="Bank Sumut, 5 November 2026",
            baris=[row] * max(count, 1),
            penanda_tangan=DEWI,
            lunasi_sebelum=date(2026, 12, 1),
        )
    )


def a_pernyataan_up(count: int) -> Dokumen:
    figures = PernyataanUp(
        pagu=Rupiah.of(4_800_075_000 + count * 104_729 % 4_000_000),
        pagu_up=Rupiah.of(2_400_000_000),
        up=Rupiah.of(1_000_000_000), up_kkpd=Rupiah.of(400_000_000),
        sebelumnya=Rupiah.of(750_000_000),
    )  # fmt: skip
    said = "Nomor 900/12/2026, berlaku sejak 5 Januari 2026"
    return pernyataan_up(
        RANGKA, 2026, "Dinas Kesehatan", said, figures, Penanda("Pengguna Anggaran", DEWI)
    )


def issue(draft: Dokumen, signer: Ed25519PrivateKey = SIGNER) -> tuple[Dokumen, Bukti]:
    """The document frozen and issued as the fifth event of its chain, one of three chains."""
    document = dataclasses.replace(draft, rancangan=False)
    tree = merkle.Frontier().extend(merkle.leaf_hash(bytes([n])) for n in range(4))
    event = Event(
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
    head = Head(CHAIN, 5, tree.append(merkle.leaf_hash(event)).root().hex())
    others = (Head("0", 2, "cd" * 32), Head("2.10", 9, "ef" * 32))
    checkpoint = Checkpoint(7, AT, (others[0], head, others[1]))
    bukti = events.prove(
        event,
        tree.next_path(),
        checkpoint,
        signature=signer.sign(checkpoint.to_bytes()),
        public_key=signer.public_key().public_bytes_raw(),
    )
    return document, bukti
