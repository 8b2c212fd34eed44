"""The guided month: purchases that stand recorded, and the files that a visitor brings himself."""

from __future__ import annotations

import io
import re
import zipfile
from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kkpd.demo import bank, script
from kkpd.demo import bills as demo_bills
from kkpd.demo.ground import YEAR
from kkpd.demo.life import OpdYear
from kkpd.demo.script import DemoItem
from kkpd.demo.year import PlannedPurchase, plan_guided_month
from kkpd.oversight.guided_month import ALL_RECEIPTS, BILL, GUIDED_MONTH

#: Every file in the archive has this age, so that a seed gives the same bytes.
_SAVED_AT: Final = (YEAR, 11, 30, 0, 0, 0)


def prepare(session: Session, life: OpdYear, catalogue: list[DemoItem], folder: Path) -> None:
    """Record what was recorded, and write the bank's bill and the receipts that are missing."""
    month = GUIDED_MONTH[1]
    plans = plan_guided_month(life.opd, catalogue, life.seed, month, len(life.plans))
    life.plans += plans
    for plan in plans:
        if plan.special_story != "lupa":
            life.record(session, plan)
    last = date(YEAR, month, monthrange(YEAR, month)[1])
    bill = demo_bills.drawn_up(session, life, last.replace(day=1), last)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / BILL).write_bytes(bank.csv_bytes(bill))
    missing = [_receipt(one) for one in plans if one.special_story in ("lupa", "tanpa_nota")]
    for name, data in missing:
        (folder / name).write_bytes(data)
    (folder / ALL_RECEIPTS).write_bytes(_packed(missing))


def _receipt(plan: PlannedPurchase) -> tuple[str, bytes]:
    """Named by shop, day and amount, as a person names the files of a month."""
    item = plan.thing
    ending, data = script.receipt(
        plan.nomor, item.merchant, plan.tanggal, item.uraian, plan.nilai, plan.nota
    )
    shop = re.sub(r"\W+", "-", item.merchant.lower())
    return f"{plan.tanggal}-{shop}-{plan.nilai.sen // 100}.{ending}", data


def _packed(files: list[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, _SAVED_AT), data)
    return out.getvalue()
