"""Surat Pernyataan UP: PA states the need of UP and its card share (Pasal 5 a, c; kkpd.md 1.10).

The printed annex of the regulation was not available: columns follow the national form, the
undertakings are in our words.
"""

from __future__ import annotations

from dataclasses import dataclass

from kkpd.core.money import Rupiah
from kkpd.engines.paper.forms import Frame, ListShape, dokumen, fill_table, money, rincian
from kkpd.engines.paper.model import FrozenDocument
from kkpd.engines.paper.parts import (
    Paragraph,
    Person,
    SignatureBlock,
    Terbilang,
    percent,
    percentage,
)

_PAGU, _UP = "Pagu yang Dapat Dibayar dengan UP", "Uang Persediaan"
UP_STATEMENT = ListShape(
    formulir="pernyataan_up",
    arah="tegak",
    judul="Surat Pernyataan Uang Persediaan",
    kolom=(
        money("pagu", "Pagu DPA", 92, dijumlah=False),
        money("pagu_up", "Jumlah", 92, _PAGU, dijumlah=False),
        money("pagu_tunai", "UP Tunai", 92, _PAGU, dijumlah=False),
        money("pagu_kkpd", "UP KKPD", 92, _PAGU, dijumlah=False),
        money("up_bulan", "UP per Bulan", 86, dijumlah=False),
        money("perubahan", "Perubahan UP", 86, dijumlah=False),
        money("up_tunai", "UP Tunai", 86, _UP, dijumlah=False),
        money("up_kkpd", "UP KKPD", 86, _UP, dijumlah=False),
    ),
)
_PROMISES = (
    "Uang Persediaan dipergunakan untuk kegiatan SKPD menurut DPA, tidak untuk pengeluaran yang "
    "menurut ketentuan harus dilaksanakan dengan pembayaran langsung (LS).",
    "UP KKPD adalah batas belanja kartu, tidak diterima secara tunai, dan dipergunakan hanya untuk "
    "belanja barang dan jasa serta belanja modal yang boleh dibayar dengan KKPD.",
    "Tagihan KKPD kami uji dan lunasi tepat waktu; belanja yang kami tolak tidak dibebankan pada "
    "APBD.",
    "Perhitungan di atas kami buat dengan sebenarnya dan menjadi tanggung jawab kami.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpFigures:
    """The figures of an SKPD's year. `sebelumnya` is the UP before the decision now in force."""

    pagu: Rupiah
    pagu_up: Rupiah
    up: Rupiah
    up_kkpd: Rupiah
    sebelumnya: Rupiah

    @property
    def pagu_kkpd(self) -> Rupiah:
        """The card's part of the payable budget, by its share of the UP, whole sen."""
        return Rupiah(self.pagu_up.sen * self.up_kkpd.sen // self.up.sen) if self.up else self.up

    @property
    def pagu_tunai(self) -> Rupiah:
        """The rest of the payable budget."""
        return self.pagu_up - self.pagu_kkpd

    @property
    def up_bulan(self) -> Rupiah:
        """A twelfth of the payable budget, whole rupiah, half up."""
        return Rupiah((self.pagu_up.sen + 600) // 1200 * 100)

    @property
    def perubahan(self) -> Rupiah:
        """What the decision in force added to the UP before it."""
        return self.up - self.sebelumnya

    @property
    def up_tunai(self) -> Rupiah:
        """The cash share."""
        return self.up - self.up_kkpd


def up_statement(
    paper_frame: Frame,
    tahun: int,
    opd: str,
    keputusan: str,
    numeric: UpFigures,
    signed_by: SignatureBlock,
) -> FrozenDocument:
    """The frozen statement; `keputusan` names the decision in force."""
    share = percentage(numeric.up_kkpd, numeric.up) or 0
    return dokumen(
        paper_frame,
        UP_STATEMENT.formulir,
        UP_STATEMENT.judul,
        [
            Paragraph("Yang bertanda tangan di bawah ini:"),
            rincian(
                [
                    *_identity(signed_by.orang),
                    ("SKPD", opd),
                    ("Keputusan UP", keputusan),
                    ("Bagian UP Tunai", percent(10_000 - share)),
                    ("Bagian UP KKPD", percent(share)),
                ]
            ),
            Paragraph("menyatakan kebutuhan Uang Persediaan sebagai berikut:"),
            fill_table(UP_STATEMENT, [("", [numeric])]),
            Terbilang.dari(numeric.up_kkpd, "UP KKPD dengan huruf"),
            Paragraph(
                "Pagu menurut cara bayar dihitung dari bagian UP pada keputusan yang berlaku. "
                "Dengan ini kami menyatakan bahwa:"
            ),
            *(Paragraph(text, nomor=f"{number}.") for number, text in enumerate(_PROMISES, 1)),
        ],
        [signed_by],
        subjudul=[f"Tahun Anggaran {tahun}"],
        arah=UP_STATEMENT.arah,
    )


def _identity(orang: Person) -> list[tuple[str, str]]:
    return [
        ("Nama", orang.nama),
        ("NIP", orang.nip),
        ("Pangkat/Gol. Ruang", orang.pangkat),
        ("Jabatan", orang.jabatan),
    ]
