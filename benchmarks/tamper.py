"""One bit flipped in every byte of an issued file: what `kkpd verify` sees, and what it does not.

    script/bench tamper [--every N] [--tail N] [--rows N]

Four runs, a JSON line each: the bytes of the drawn file; of its data, embedded again in a file that
is well-formed; of its proof, the same way; of two signatures behind it. `at` holds places whose
flip changed nothing in the verdict. `--every 7` tries every seventh byte, `--tail 7` of the
signatures.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable

from kkpd.engines.paper.pdf import reader as pdf_reader
from kkpd.engines.paper.sheet import draw
from kkpd.engines.paper.sign import Order, sign
from kkpd.engines.paper.verify import verify
from tests.reports.samples import PUBLIC_KEY, a_dpt, issue
from tests.reports.signers import ORDER, holder
from tests.reports.test_verification import with_attached


def flips(data: bytes, every: int) -> Iterable[tuple[int, bytes]]:
    """Every so many bytes: its place and the data with one bit of it changed."""
    for at in range(0, len(data), every):
        spoiled = bytearray(data)
        spoiled[at] ^= 1 << (at % 8)
        yield at, bytes(spoiled)


def run(said: str, data: bytes, every: int, whole: Callable[[bytes], bytes]) -> bool:
    """Try all flips of `data`; `whole` makes the file that is verified. True if all are seen."""
    began, unseen, found = time.process_time(), list[int](), Counter[str]()
    for at, spoiled in flips(data, every):
        verdict = verify(whole(spoiled), PUBLIC_KEY)
        if verdict.ours and verdict.holds:
            unseen.append(at)
        else:
            found[
                next((c.key for c in verdict.checks if c.holds is False), "bukan milik kita")
            ] += 1
    line = {
        "what": said,
        "flipped": sum(found.values()) + len(unseen),
        "unseen": len(unseen),
        "at": unseen[:20],
        "found_first_by": dict(found.most_common()),
        "seconds": round(time.process_time() - began, 1),
    }
    print(json.dumps(line), flush=True)
    return not unseen


def main() -> int:
    """All four runs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--tail", type=int, default=1)
    parser.add_argument("--rows", type=int, default=1)
    args = parser.parse_args()
    issued = draw(*issue(a_dpt(args.rows)))
    data, _csv, proof = pdf_reader.attachments(pdf_reader.parse(issued))
    second = Order(field="TTD2", name="Citra Contoh", reason="Bendahara")
    signed = sign(sign(issued, holder(), ORDER).data, holder("Citra Contoh"), second).data
    done = [
        run("file", issued, args.every, bytes),
        run("data.json", data, args.every, lambda other: with_attached(issued, data, other)),
        run("bukti.json", proof, args.every, lambda other: with_attached(issued, proof, other)),
        run("signatures", signed[len(issued) :], args.tail, lambda tail: issued + tail),
    ]
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
