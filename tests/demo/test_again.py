"""The same seed makes the same year."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from kkpd.core.db.engine import create_engine
from kkpd.core.db.schema import upgrade
from kkpd.core.db.session import EVERY_OPD, writing
from kkpd.core.money import Rupiah
from kkpd.demo import ground as demo_ground
from kkpd.demo import script as demo_script
from kkpd.demo.flow import LivedYear
from kkpd.demo.year import plan_year
from kkpd.models import BarisBank, Dokumen, Tagihan, Transaksi
from tests.demo.conftest import demo

Figures = list[Rupiah | None]


def months(folder: Path, seed: int) -> Figures:
    """The figures of one OPD's first two months."""
    engine = create_engine(f"sqlite:///{folder / 'demo.sqlite3'}")
    upgrade(engine)
    given = demo(folder)
    with writing(engine, EVERY_OPD) as session:
        opds, across = demo_ground.lay(session, seed, "-")
        plans = plan_year(opds[0], demo_script.thing(), seed)
        watch = across["bud"], across["inspektur"]
        life = LivedYear(opds[0], plans, seed, given.store, given.penerbit, *watch)
        demo_ground.issue_spd(session, across["admin"], opds[0], 1)
        for month in (1, 2):
            life.bulan(session, month)
        columns = (Transaksi.nilai, BarisBank.nilai, Tagihan.total, Dokumen.total)
        found: Figures = [
            amount for one in columns for amount in session.scalars(select(one).order_by(one)).all()
        ]
    engine.dispose()
    return found


def test_the_same_seed_gives_the_same_figures(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "again", "other")]
    for folder in folders:
        folder.mkdir()
    seeds = (2026, 2026, 7)
    one, again, other = (months(*pair) for pair in zip(folders, seeds, strict=True))
    assert one == again
    assert one != other
