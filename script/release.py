#!/usr/bin/env python3
"""The bill of materials of a release and the search for known weaknesses in what it names.

`python script/release.py [--sbom-only]` writes `dist/kkpd-<version>.cdx.json` (CycloneDX) and exits
with 1 when a locked library has a known weakness, or when the advisories cannot be asked.
"""

from __future__ import annotations

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LOCK = ROOT / "requirements" / "run.txt"
#: What the program ships itself: fonts, code tables, styles and scripts.
SHIPPED = ("kkpd/static", "kkpd/data/reports", "kkpd/data/mcc.csv")
#: Whose they are, where not ours: start of the path -> (name, licence).
FOREIGN = {
    "kkpd/data/reports/FiraSans": ("Fira Sans", "OFL-1.1"),
    "kkpd/data/reports/srgb.icc": ("sRGB profile", "CC0-1.0"),
    "kkpd/data/mcc.csv": ("merchant category codes", "see kkpd/data/mcc.LICENSE.txt"),
}


def bill_of_materials(version: str) -> dict[str, Any]:
    """CycloneDX: the locked libraries with their hashes, then every shipped file with its own."""
    made = subprocess.run(  # noqa: S603 (our own arguments)
        [_beside("cyclonedx-py"), "requirements", "--output-reproducible", str(LOCK)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    bom: dict[str, Any] = json.loads(made.stdout)
    bom["metadata"]["component"] = {
        "type": "application", "name": "kkpd", "version": version, "bom-ref": f"kkpd@{version}",
    }  # fmt: skip
    bom["components"] += [_file(path, version) for path in shipped()]
    return bom


def shipped() -> list[Path]:
    """The files that browsers and papers get."""
    places = [ROOT / one for one in SHIPPED]
    return sorted(
        path
        for place in places
        for path in ([place] if place.is_file() else place.rglob("*"))
        if path.is_file() and path.suffix not in {".txt", ".md"}
    )


def _file(path: Path, version: str) -> dict[str, Any]:
    name = path.relative_to(ROOT).as_posix()
    whose = next((known for start, known in FOREIGN.items() if name.startswith(start)), None)
    found: dict[str, Any] = {
        "type": "file", "name": name, "bom-ref": name,
        "hashes": [{"alg": "SHA-256", "content": sha256(path.read_bytes()).hexdigest()}],
    }  # fmt: skip
    if whose is None:
        return found | {"version": version}
    return found | {"description": whose[0], "licenses": [{"license": {"name": whose[1]}}]}


def weaknesses() -> int:
    """Ask the advisories about every locked library; 1 when one is weak or they do not answer."""
    asked = [_beside("pip-audit"), "-r", str(LOCK), "--disable-pip", "--require-hashes", "--strict",
             "--progress-spinner", "off", "--timeout", "30"]  # fmt: skip
    answer = subprocess.run(asked, check=False, capture_output=True, text=True)  # noqa: S603 (our own)
    print(answer.stdout, end="")
    if answer.returncode == 0:
        print("no known weakness in requirements/run.txt")
        return 0
    last = (answer.stderr.strip().splitlines() or ["no answer"])[-1]
    if "vulnerabilit" in answer.stderr:
        print(f"release: {last}. SECURITY.md says within how many days it is mended.")
    else:
        print(f"release: the advisories could not be asked, so nothing is known ({last}).")
    return 1


def _beside(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def main(argv: list[str]) -> int:
    """Write the bill of materials, then look for weaknesses."""
    from kkpd import __version__

    target = ROOT / "dist" / f"kkpd-{__version__}.cdx.json"
    target.parent.mkdir(exist_ok=True)
    text = json.dumps(bill_of_materials(__version__), indent=2, ensure_ascii=False)
    target.write_text(text + "\n", "utf-8")
    print(f"{target.relative_to(ROOT)}")
    return 0 if "--sbom-only" in argv else weaknesses()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
