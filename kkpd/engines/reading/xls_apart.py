"""Run as a program: old workbooks are read in a process of their own, with bounded memory and time.

A damaged XLS can make its parser ask for more memory than there is, which ends the whole process.
Input: the file on stdin. Output: one JSON array of [sheet name, rows, hidden] on stdout; exit
status 3 with a word on stderr when the file cannot be read. Imports nothing of kkpd, so that it
starts quickly.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date, datetime

#: Address space and processor seconds of the process; the largest real sheets take half of it.
MEMORY, SECONDS = 480 * 1024 * 1024, 5


def main() -> int:
    """Read stdin, write the sheets to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        sheets = [
            (
                one.name,
                book.get_sheet_by_name(one.name).to_python(skip_empty_area=False),
                one.visible != SheetVisibleEnum.Visible,
            )
            for one in book.sheets_metadata
            if one.typ == SheetTypeEnum.WorkSheet
        ]
    except (CalamineError, ValueError, OSError, KeyError, MemoryError) as wrong:
        sys.stderr.write(f"{type(wrong).__name__}: {wrong}")
        return 3
    json.dump(sheets, sys.stdout, default=_plain)
    return 0


def _plain(cell: object) -> object:
    if isinstance(cell, datetime | date):
        return {"day": cell.isoformat()[:10]}
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
