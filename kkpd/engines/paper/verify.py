"""Whether a PDF is a report of the ledger, unchanged: without a server, without a database.

Every check is a line, and "not checked" is a possible result. The file is read, its totals are
added again, its proof is followed from the event to the signature, and it is **drawn again** and
compared, so that nothing can be on the paper that is not in the data. A file that is not spelt as
ours is salvaged for a better verdict; nothing found there is trusted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from kkpd.core.proof import events, withdrawn
from kkpd.core.proof.events import LogEvent, Proof
from kkpd.core.proof.first_version import read_proof
from kkpd.core.proof.log_key import KeyHistory, is_signed_by
from kkpd.core.sandbox import MIB, Limits
from kkpd.engines.paper import FrozenDocument, csv
from kkpd.engines.paper.pdf import reader as pdf_reader
from kkpd.engines.paper.pdf.reader import Misspelt, Parsed
from kkpd.engines.paper.salvage import as_issued, looks_like_ours, salvaged, same_document
from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.sign.look import SHAPES as SIGNATURE
from kkpd.engines.paper.sign.look import Signature, read_roots, signatures
from kkpd.engines.paper.sign.revisions import MOST_ADDED, foreign_revisions
from kkpd.engines.paper.verdict import LIST, ORIGIN, SHAPE, STANDING, Check, Verdict

if TYPE_CHECKING:
    from asn1crypto.x509 import Certificate

#: Drawing a year's report again takes half a minute and some hundred MB.
LIMITS = Limits(cpu=180, wall=400.0, memory=2048 * MIB)
#: What a verdict is made of, for whoever asks a child process for one (`core/sandbox.py`).
SHAPES = (Verdict, Check, *SIGNATURE)


def verify(
    data: bytes,
    log_key: bytes | None = None,
    roots: Sequence[Certificate] | None = None,
    revoked: bytes | None = None,
) -> Verdict:
    """All checks of one file; `log_key`, from elsewhere, is the 32 bytes of the log's public key or
    a file with its history (`kkpd key export`).

    `roots` are the certificates whose signers are to be trusted, `revoked` is a file with the
    signed list of papers that no longer count; None leaves that unchecked.
    """
    parsed, stopped = _parse(data)
    if _is_disturbed(data, parsed) and (issued := as_issued(data)) is not None:
        data, parsed = issued, pdf_reader.parse(issued)
        stopped = "baris kosong ditambahkan atau akhir barisnya diganti"
    files = pdf_reader.attachments(parsed) if parsed else salvaged(data)
    if not files and not looks_like_ours(data):
        return Verdict(ours=False)
    known = None if log_key is None else KeyHistory.known(log_key)
    verdict = Verdict(ours=True)
    verdict.add(
        SHAPE,
        not stopped,
        "Berkas tersusun persis seperti yang ditulis buku besar.",
        f"Susunan berkas sudah berubah ({stopped}).",
    )
    document = _document(verdict, files)
    bukti = _bukti(verdict, files, document)
    if bukti is not None and document is not None:
        event = _proof(verdict, bukti, document, files[0], known)
        if event is not None:
            _standing(verdict, known or KeyHistory.of_one(bukti.public_key), event, revoked)
    if document is not None:
        _drawing(verdict, data, parsed, document, bukti)
    if parsed is None or len(data) - parsed.end <= MOST_ADDED:
        verdict.signatures = signatures(data, roots)
    for number, signature in enumerate(verdict.signatures, 1):
        _signature(verdict, number, signature)
    return verdict


def verify_by(
    data: bytes, log_key: bytes | None, pem: bytes | None, revoked: bytes | None
) -> Verdict:
    """As `verify`, with the roots as PEM: certificates do not travel to a child process."""
    return verify(data, log_key, None if pem is None else read_roots(pem), revoked)


def _is_disturbed(data: bytes, parsed: Parsed | None) -> bool:
    """Whether line breaks may be all that makes the file another than the one issued."""
    if parsed is None:
        return True
    return data[parsed.end :][-1:].isspace() and bool(foreign_revisions(data, parsed.end))


def _parse(data: bytes) -> tuple[Parsed | None, str]:
    try:
        return pdf_reader.parse(data), ""
    except Misspelt as error:
        return None, f"mulai bita ke-{error.at}"


def _document(verdict: Verdict, files: list[bytes]) -> FrozenDocument | None:
    """The document of data.json; creating it checks its spelling and totals."""
    document, said = None, "lampiran data.json tidak ada"
    if files:
        try:
            document = FrozenDocument.from_json(files[0])
        except ValueError as error:
            said = str(error)[:200]
    verdict.add(
        "data",
        document is not None,
        "data.json kanonik dan semua jumlahnya cocok setelah dijumlah ulang.",
        f"data.json tidak dapat dipercaya: {said}.",
    )
    if document is not None:
        verdict.judul, verdict.nomor = document.judul, document.nomor
        verdict.sidik = sha256(files[0]).hexdigest()
        same = len(files) > 1 and files[1] == csv.write(document)
        verdict.add(
            "csv", same, "data.csv memuat tabel yang sama.", "data.csv berbeda dari data.json."
        )
    return document


def _bukti(verdict: Verdict, files: list[bytes], document: FrozenDocument | None) -> Proof | None:
    if document is not None and document.rancangan:
        verdict.add("terbit", False, "", "Ini rancangan: belum diterbitkan, tidak ada buktinya.")
        return None
    bukti, said = None, "lampiran bukti.json tidak ada"
    if len(files) > 2:
        try:
            bukti = read_proof(files[2])
        except ValueError as error:
            said = str(error)[:200]
    verdict.add("bukti", bukti is not None, "bukti.json lengkap.", f"bukti.json rusak: {said}.")
    return bukti


def _proof(
    verdict: Verdict, bukti: Proof, document: FrozenDocument, data: bytes, known: KeyHistory | None
) -> LogEvent | None:
    """From the event over chain and checkpoint to the signature; the event, if it can be read."""
    try:
        event, point = LogEvent.from_bytes(bukti.event), bukti.point
    except ValueError as error:
        verdict.add("peristiwa", False, "", f"Peristiwa atau titik periksa tak terbaca: {error}.")
        return None
    verdict.add(
        "peristiwa",
        events.issues(event, data, document.formulir, document.versi),
        f"Peristiwa no. {event.seq} menerbitkan tepat data ini ({events.iso(event.at)}).",
        "Peristiwa di dalam bukti menerbitkan dokumen lain.",
    )
    verdict.add(
        "rantai",
        bukti.is_in_chain(event),
        f"Peristiwa itu ada dalam rantai {event.chain}.",
        "Peristiwa itu tidak terbukti ada dalam rantainya.",
    )
    verdict.add(
        "titik_periksa",
        bukti.is_in_checkpoint(),
        f"Rantai itu ada dalam titik periksa {bukti.checkpoint_name} ({events.iso(point.at)}).",
        "Rantai itu tidak terbukti ada dalam titik periksa.",
    )
    verdict.add(
        "tanda_tangan",
        is_signed_by(bukti.public_key, bukti.signature, bukti.signed_bytes),
        "Titik periksa ditandatangani kunci yang tertulis di dalam berkas.",
        "Tanda tangan titik periksa tidak sah.",
    )
    _origin(verdict, bukti.public_key, point.at, known)
    return event


def _origin(verdict: Verdict, key: bytes, at: datetime, known: KeyHistory | None) -> None:
    """Whether the key is one that the reader knows, of any generation, and was not revoked."""
    if known is None:
        said = "Kunci log tidak diberikan: pemilik kunci belum diperiksa."
        verdict.checks.append(Check(ORIGIN, None, said))
        return
    found = known.generation(key)
    if found is None:
        verdict.add(ORIGIN, False, "", "Kunci di dalam berkas BUKAN kunci log yang diberikan.")
        return
    revoked = ""
    if found.revoked_at is not None:
        revoked = f"dicabut pada {events.iso(found.revoked_at)} ({found.reason})"
    verdict.add(
        ORIGIN,
        known.accepts(key, at),
        f"Kunci di dalam berkas adalah kunci log yang diberikan, generasi {found.number}"
        + (f"; kunci itu {revoked}, berkas ini lebih dahulu." if revoked else "."),
        f"Kunci di dalam berkas sudah {revoked}, sebelum berkas ini ditandatangani.",
    )


def _standing(verdict: Verdict, known: KeyHistory, event: LogEvent, revoked: bytes | None) -> None:
    """Whether the paper still counts, by the list that a key of the same log signed."""
    if revoked is None:
        said = "Daftar pencabutan tidak diberikan: apakah surat ini masih berlaku belum diperiksa."
        verdict.checks.append(Check(STANDING, None, said))
        return
    try:
        found = withdrawn.read_signed(revoked, known)
    except ValueError as error:
        said = f"Daftar pencabutan bukan daftar pemilik kunci berkas ini ({error})."
        verdict.add(LIST, False, "", said)
        return
    per, paper = events.iso(found.at), found.of(verdict.sidik)
    if paper is None and event.at > found.at:
        said = f"Surat ini lebih baru daripada daftar pencabutan (per {per})."
        verdict.checks.append(Check(STANDING, None, said))
        return
    verdict.add(
        STANDING,
        paper is None,
        f"Surat ini tidak dicabut dan tidak diganti, menurut daftar per {per}.",
        f"Surat ini {paper.state} pada {events.iso(paper.at)}, menurut daftar per {per}."
        if paper
        else "",
    )


def _drawing(
    verdict: Verdict,
    data: bytes,
    parsed: Parsed | None,
    document: FrozenDocument,
    bukti: Proof | None,
) -> None:
    """Draw again and compare; then check what follows the first revision."""
    if bukti is None and not document.rancangan:
        return
    try:
        again = draw(document, bukti)
    except ValueError as error:
        verdict.add("gambar", False, "", f"Dokumen tidak dapat digambar ulang: {error}.")
        return
    if parsed is None:
        verdict.add(
            "gambar",
            same_document(data, again),
            "Halaman dan isinya sama dengan gambar ulang dari data.json.",
            "Halaman atau isi berkas berbeda dari gambar ulang dari data.json.",
        )
        return
    first = data[: parsed.end]
    found = [] if again == first else list(pdf_reader.differences(pdf_reader.parse(again), parsed))
    verdict.add(
        "gambar",
        not found,
        "Gambar ulang dari data.json sama dengan isi berkas, halaman demi halaman.",
        "Isi berkas berbeda dari gambar ulang: " + "; ".join(found[:8]) + ".",
    )
    foreign = foreign_revisions(data, parsed.end)
    verdict.add(
        "tambahan",
        not foreign,
        "Tidak ada tambahan pada berkas selain tanda tangan yang sah."
        if len(data) > parsed.end
        else "Tidak ada tambahan pada berkas.",
        "Ada tambahan pada berkas: " + "; ".join(foreign) + ".",
    )


def _signature(verdict: Verdict, number: int, one: Signature) -> None:
    """Who signed, whether the signature is valid, and whether its issuer is trusted."""
    moment = f" pada {events.iso(one.at)}" if one.at else ""
    clock = f" menurut cap waktu {one.stamped_by}" if one.stamped_at else " menurut penanda tangan"
    who = f"Tanda tangan {number}: {one.name}{moment}{clock if moment else ''} ({one.level})"
    wrong = [] if one.intact else ["tidak sah atau isinya berubah"]
    wrong += [] if one.in_time else ["sertifikatnya tidak berlaku pada saat itu"]
    verdict.add(
        f"ttd_{number}",
        not wrong,
        f"{who}, utuh; sertifikat dari {one.issuer}.",
        f"{who}: {', '.join(wrong)}.",
    )
    if one.trusted is None:
        said = f"Penerbit sertifikat tanda tangan {number} ({one.issuer}) belum diperiksa."
        verdict.checks.append(Check(f"ttd_{number}_penerbit", None, said))
        return
    verdict.add(
        f"ttd_{number}_penerbit",
        one.trusted,
        f"Sertifikat tanda tangan {number} berasal dari penerbit yang Anda percayai.",
        f"Sertifikat tanda tangan {number} TIDAK berasal dari penerbit yang Anda percayai.",
    )
