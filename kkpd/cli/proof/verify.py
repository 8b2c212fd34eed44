"""`kkpd verify FILE`: a report (PDF) or audit package (ZIP), offline. `kkpd verify log`: the log.
`kkpd verify books`: every row of the books and every kept file against the log.

Exit status of a file: 0 sah, 1 palsu atau rusak, 2 not of this ledger or not readable, 4 asal belum
terbukti, 5 sah tetapi dicabut atau diganti, 6 data sah, wujud berubah. Of the log and
the books: 0 when all holds, 1 when something does not, with the first broken link of each chain and
every row and file that differs.
"""

from __future__ import annotations

import argparse
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kkpd.cli.proof import installed
from kkpd.cli.proof.keys import read_file, read_key
from kkpd.core.errors import Unreadable
from kkpd.reports.package import periksa

if TYPE_CHECKING:
    from kkpd.engines.paper.verdict import Verdict


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "what",
        metavar="FILE | log | books",
        help="a report (PDF) or an audit package (ZIP) to check; or the word log for the event "
        "log, or books for every row and kept file against the log",
    )
    parser.add_argument(
        "--key",
        "--log-key",
        dest="log_key",
        metavar="KEY",
        help="the log's public key, known from elsewhere: 64 hex digits, base64, or a file with "
        "one of them or PEM; without it nobody can know who issued the file (status 4)",
    )
    parser.add_argument(
        "--revoked",
        metavar="FILE",
        help="the signed list of withdrawn and replaced papers (kkpd revoked export); a paper on "
        "it gets status 5, a bent or foreign list gives status 4",
    )
    parser.add_argument(
        "--trust",
        metavar="FILE.pem",
        help="certificates of the issuers whose signers you trust, as PEM; without it who issued "
        "a signer's certificate is said to be unchecked",
    )
    parser.add_argument(
        "--witness",
        metavar="FILE",
        help="with log: what somebody outside kept of it (kkpd witness export); the log of that "
        "day must be a beginning of today's",
    )
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _statuses()


#: What is checked where the database is.
_OF_DATABASE: Final = {"log": installed.check_log, "books": installed.check_books}


def run(args: argparse.Namespace) -> int:
    """Check the log or the file."""
    if args.what in _OF_DATABASE:
        return _OF_DATABASE[args.what](args)
    key = read_key(args.log_key) if args.log_key else None
    if zipfile.is_zipfile(args.what):
        given = ("--kunci", _key_of_package(Path(args.what), key)) if key else ()
        return periksa.main([args.what, *given])
    from kkpd.core import sandbox
    from kkpd.engines.paper.verify import LIMITS, SHAPES

    roots = _trusted(Path(args.trust)) if args.trust else None
    revoked = read_file(Path(args.revoked)) if args.revoked else None
    verdict: Verdict = sandbox.run(
        "kkpd.engines.paper.verify:verify_by",
        *(read_file(Path(args.what)), key, roots, revoked),
        limits=LIMITS,
        shapes=SHAPES,
    )
    if args.json:
        print(json.dumps(_as_json(verdict, args.what), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_as_text(verdict, args.what)))
    return verdict.exit_status


def _key_of_package(path: Path, given: bytes) -> str:
    """The key in hex by which the package must be signed: its own where the given history believes
    that key at the moment of its checkpoint, else the one of today, which it is not signed by.
    """
    from kkpd.core.proof.events import from_iso
    from kkpd.core.proof.log_key import KeyHistory

    known = KeyHistory.known(given)
    try:
        read_in, _names = periksa.open_up(path)
        own = read_in("rantai/kunci.txt").decode("ascii").strip()
        at = from_iso(json.loads(read_in("rantai/titik_periksa.json"))["at"])
        holds = known.accepts(bytes.fromhex(own), at)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile):
        holds = False  # what is wrong with it the checks themselves say
    return own if holds else known.current.hex()


def _statuses() -> str:
    """The verdicts, for --help."""
    from kkpd.engines.paper.verdict import VERDICTS

    return "\n".join(
        ["exit status of a file:", *(f"  {n}  {said}" for n, said in VERDICTS.items())]
    )


def _trusted(path: Path) -> bytes:
    """A PEM file with certificates, at least one."""
    from kkpd.engines.paper.sign.look import read_roots

    data = read_file(path)
    if not read_roots(data):
        raise Unreadable(f"{path} tidak berisi sertifikat dalam bentuk PEM.")
    return data


_MARKS = {True: "cocok", False: "TIDAK COCOK", None: "tidak diperiksa"}


def _as_text(verdict: Verdict, name: str) -> list[str]:
    if not verdict.ours:
        return [f"{name}: bukan laporan buku besar ini."]
    lines = [f"{name}: {verdict.judul}", f"  Nomor {verdict.nomor}, sidik data {verdict.sidik}"]
    lines += [f"  [{_MARKS[check.holds]}] {check.said}" for check in verdict.checks]
    lines += [verdict.word]
    return [_printable(line) for line in lines]


def _printable(line: str) -> str:
    """A line without controls: words of the file must not move the cursor over our verdict."""
    return "".join(c if c.isprintable() else "\ufffd" for c in line)


def _as_json(verdict: Verdict, name: str) -> dict[str, object]:
    return {
        "file": name,
        "ours": verdict.ours,
        "status": verdict.exit_status,
        "verdict": verdict.word,
        "holds": verdict.holds,
        "judul": verdict.judul,
        "nomor": verdict.nomor,
        "sidik": verdict.sidik,
        "checks": [{"key": c.key, "holds": c.holds, "said": c.said} for c in verdict.checks],
    }
