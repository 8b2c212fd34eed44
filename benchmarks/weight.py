"""What each page costs: every address that a login of each role reaches by links, asked once cold.

    script/bench weight [--a-route 3] [--logins joko,citra] [--most 10]

Wants KKPD_INSTANCE with a demo year (`KKPD_DEMO=1`). One JSON line a role (`bench, role, pages,
cpu_s, mb`: the most of one page) and one line for each of the heaviest pages (`bench, path, role,
status, cpu_s, mb`). `cpu_s` is the processor time of the request's thread, answer written whole;
`mb` the most memory that the process had while it answered (VmHWM, reset before each).
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import time
from collections import Counter, deque
from html import unescape
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from kkpd.app import create_app
from kkpd.core.config import Settings
from kkpd.core.db.session import EVERY_OPD, reading
from kkpd.models import Opd, Orang, Pengguna, Penugasan
from kkpd.organisation.setup.demo_logins import DEMO_LOGIN_WORD
from kkpd.web import globals

_LINK: Final = re.compile(r'(?:href|src|action)="(/[^"#]*)')
_TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_ENOUGH: Final = 1500


def logins(app: Flask) -> dict[str, str]:
    """One login for each role: that of the office with the most people first."""
    found: dict[str, str] = {}
    with app.app_context(), reading(globals.engine(), EVERY_OPD) as session:
        rows = session.execute(
            select(Penugasan.peran, Pengguna.nama_masuk)
            .join(Orang, Orang.id == Penugasan.orang_id)
            .join(Pengguna, Pengguna.orang_id == Orang.id)
            .outerjoin(Opd, Opd.id == Penugasan.opd_id)
            .where(Pengguna.aktif)
            .order_by(Opd.id, Pengguna.id)
        )
        for role, name in rows:
            found.setdefault(str(role), name)
    return found


def entered(app: Flask, name: str) -> FlaskClient:
    """A browser in which this login is open."""
    client = app.test_client()
    token = _TOKEN.search(client.get("/masuk").get_data(as_text=True))
    fields = {"csrf_token": token[1] if token else "", "nama": name, "sandi": DEMO_LOGIN_WORD}
    answer = client.post("/masuk", data=fields)
    if answer.status_code != 303:
        raise SystemExit(f"{name} is not let in: {answer.status_code}")
    return client


def asked(client: FlaskClient, path: str) -> tuple[dict[str, Any], str, str]:
    """Figures of one page, its words, and where it leads."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    begin = time.thread_time()
    answer = client.get(path)
    data = answer.get_data()
    used = time.thread_time() - begin
    text = data.decode("utf-8", "replace") if answer.mimetype == "text/html" else ""
    figures = {"status": answer.status_code, "cpu_s": round(used, 3), "mb": most_memory()}
    answer.close()
    return figures, text, answer.headers.get("Location", "")


def most_memory() -> int:
    """MB that the process had at most since `clear_refs`."""
    told = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
    return int(told[1]) // 1024 if told else 0


def walked(app: Flask, name: str, a_route: int) -> list[dict[str, Any]]:
    """Every page by links, so many addresses of a route."""
    client, seen = entered(app, name), {"/keluar"}
    found: list[dict[str, Any]] = []
    waiting, taken = deque(["/"]), Counter[str]()
    router = app.url_map.bind("localhost")
    while waiting and len(found) < _ENOUGH:
        path = waiting.popleft()
        try:
            route = str(router.match(path.partition("?")[0], method="GET")[0])
        except HTTPException:
            continue
        key = route + ("?" if "?" in path else "")
        if path in seen or taken[key] >= a_route or route == "static":
            continue
        seen.add(path)
        taken[key] += 1
        figures, text, place = asked(client, path)
        found.append({"path": path, "route": route, **figures})
        links = [unescape(link) for link in _LINK.findall(text)]
        waiting.extend(one for one in [place, *links] if one.startswith("/"))
    return found


def main() -> None:
    """Walk and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--a-route", type=int, default=3)
    parser.add_argument("--logins", default="")
    parser.add_argument("--most", type=int, default=10)
    args = parser.parse_args()
    app = create_app(Settings.load(os.environ))
    wanted = {name: name for name in args.logins.split(",") if name} or logins(app)
    every: list[dict[str, Any]] = []
    for role, name in wanted.items():
        pages = walked(app, name, args.a_route)
        most = {key: max(one[key] for one in pages) for key in ("cpu_s", "mb")}
        print(
            json.dumps({"bench": "weight", "role": role, "pages": len(pages), **most}), flush=True
        )
        every += [{"role": role, **one} for one in pages]
    for key in ("cpu_s", "mb"):
        for one in sorted(every, key=lambda page: -page[key])[: args.most]:
            print(json.dumps({"bench": "weight", "by": key, **one}))


if __name__ == "__main__":
    main()
