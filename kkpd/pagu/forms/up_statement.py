"""Surat Pernyataan UP: PA states the need of UP and its card share (Pasal 5 a, c; kkpd.md 1.10).

The annex of the regulation is not known as printed: columns follow the national form, the words of
the undertakings are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from kkpd.core.money import Rupiah
from kkpd.engines.paper.cell_text import persen
from kkpd.engines.paper.form_frame import Rangka, dokumen
from kkpd.engines.paper.list_form import Bentuk, Penanda, isi_tabel, rincian, tanda_tangan, uang
from kkpd.engines.paper.model import Dokumen
from kkpd.engines.paper.parts import Orang, Paragraf, Terbilang, per_seratus

_PAGU, _UP = "Pagu yang Dapat Dibayar dengan UP", "Uang Persediaan"
PERNYATAAN_UP = Bentuk(
    formulir="pernyataan_up",
    arah="tegak",
    judul="Surat Pernyataan Uang Persediaan",
    kolom=(
        uang("pagu", "Pagu DPA", 92, dijumlah=False),
        uang("pagu_up", "Jumlah", 92, _PAGU, dijumlah=False),
        uang("pagu_tunai", "UP Tunai", 92, _PAGU, dijumlah=False),
        uang("pagu_kkpd", "UP KKPD", 92, _PAGU, dijumlah=False),
        uang("up_bulan", "UP per Bulan", 86, dijumlah=False),
        uang("perubahan", "Perubahan UP", 86, dijumlah=False),
        uang("up_tunai", "UP Tunai", 86, _UP, dijumlah=False),
        uang("up_kkpd", "UP KKPD", 86, _UP, dijumlah=False),
    ),
)
_JANJI = (
    "Uang Persediaan dipergunakan untuk kegiatan SKPD menurut DPA, tidak untuk pengeluaran yang "
    "menurut ketentuan harus dilaksanakan dengan pembayaran langsung (LS).",
    "UP KKPD adalah batas belanja kartu, tidak diterima secara tunai, dan dipergunakan hanya untuk "
    "belanja barang dan jasa serta belanja modal yang boleh dibayar dengan KKPD.",
    "Tagihan KKPD kami uji dan lunasi tepat waktu; belanja yang kami tolak tidak dibebankan pada "
    "APBD.",
    "Perhitungan di atas kami buat dengan sebenarnya dan menjadi tanggung jawab kami.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PernyataanUp:
    """The figures of an SKPD's year. `sebelumnya` is the UP before the decision now in force."""

    pagu: Rupiah
    pagu_up: Rupiah
    up: Rupiah
    up_kkpd: Rupiah
    sebelumnya: Rupiah

    @property
    def pagu_kkpd(self) -> Rupiah:
        """What of the payable budget falls to the card, by its share of the UP, whole sen."""
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


def pernyataan_up(
    rangka: Rangka, tahun: int, opd: str, keputusan: str, angka: PernyataanUp, penanda: Penanda
) -> Dokumen:
    """The frozen statement; `keputusan` names the decision in force."""
    share = per_seratus(angka.up_kkpd, angka.up) or 0
    return dokumen(
        rangka,
        PERNYATAAN_UP.formulir,
        PERNYATAAN_UP.judul,
        [
            Paragraf("Yang bertanda tangan di bawah ini:"),
            rincian(
                [
                    *_identitas(penanda.orang),
                    ("SKPD", opd),
                    ("Keputusan UP", keputusan),
                    ("Bagian UP Tunai", persen(10_000 - share)),
                    ("Bagian UP KKPD", persen(share)),
                ]
            ),
            Paragraf("menyatakan kebutuhan Uang Persediaan sebagai berikut:"),
            isi_tabel(PERNYATAAN_UP, [("", [angka])]),
            Terbilang.dari(angka.up_kkpd, "UP KKPD dengan huruf"),
            Paragraf(
                "Pagu menurut cara bayar dihitung dari bagian UP pada keputusan yang berlaku. "
                "Dengan ini kami menyatakan bahwa:"
            ),
            *(Paragraf(text, nomor=f"{number}.") for number, text in enumerate(_JANJI, 1)),
        ],
        tanda_tangan([penanda]),
        subjudul=[f"Tahun Anggaran {tahun}"],
        arah=PERNYATAAN_UP.arah,
    )


def _identitas(orang: Orang) -> list[tuple[str, str]]:
    return [
        ("Nama", orang.nama),
        ("NIP", orang.nip),
        ("Pangkat/Gol. Ruang", orang.pangkat),
        ("Jabatan", orang.jabatan),
    ]
