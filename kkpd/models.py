"""Every mapped class of the ledger, by area (the classes themselves are in kkpd/tables/)."""

from kkpd.db.columns import Base
from kkpd.tables.anggaran import (
    Ceiling,
    CeilingMovement,
    Dpa,
    DpaBaris,
    Rekening,
    Setelan,
    SubKegiatan,
    UpKeputusan,
)
from kkpd.tables.bank import BarisBank, Berkas, Impor, SumberBaris, Tagihan
from kkpd.tables.belanja import Bukti, Cocok, IngatanKelas, PutusanKelas, Selisih, Transaksi
from kkpd.tables.catatan import Chain, Checkpoint, Event
from kkpd.tables.dokumen import (
    Arsip,
    Dokumen,
    DokumenBaris,
    NomorUrut,
    Periode,
    Persetujuan,
    Temuan,
    Uji,
)
from kkpd.tables.kartu import Kartu, KartuRiwayat
from kkpd.tables.organisasi import (
    Opd,
    Orang,
    Pengguna,
    Penugasan,
    PercobaanMasuk,
    Program,
    Sesi,
)

__all__ = [
    "Arsip",
    "BarisBank",
    "Base",
    "Berkas",
    "Bukti",
    "Ceiling",
    "CeilingMovement",
    "Chain",
    "Checkpoint",
    "Cocok",
    "Dokumen",
    "DokumenBaris",
    "Dpa",
    "DpaBaris",
    "Event",
    "Impor",
    "IngatanKelas",
    "Kartu",
    "KartuRiwayat",
    "NomorUrut",
    "Opd",
    "Orang",
    "Pengguna",
    "Penugasan",
    "PercobaanMasuk",
    "Periode",
    "Persetujuan",
    "Program",
    "PutusanKelas",
    "Rekening",
    "Selisih",
    "Sesi",
    "Setelan",
    "SubKegiatan",
    "SumberBaris",
    "Tagihan",
    "Temuan",
    "Transaksi",
    "Uji",
    "UpKeputusan",
]
