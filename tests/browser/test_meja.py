"""The desk by keyboard: 16 lines in at most 20 keys."""

from __future__ import annotations

from time import monotonic

from playwright.sync_api import Page, expect
from sqlalchemy import event, func, select

from kkpd.core.db.session import EVERY_OPD, reading, writing
from kkpd.models import Transaksi
from kkpd.web.globals import engine, settings
from tests.browser.conftest import OpenPage
from tests.browser.kantor import AREA, Kantor, address, kantor
from tests.client import PageClient
from tests.worlds.desk import waiting

__all__ = ["address", "kantor"]
DESK = f"{AREA}/persetujuan/"


def lived(kantor: Kantor, read: int, pictures: int, *, checked: bool = True) -> None:
    with kantor.app.app_context(), writing(engine(), EVERY_OPD) as session:
        waiting(session, settings().instance, read, pictures, checked=checked)


def left(kantor: Kantor, status: str) -> int:
    with kantor.app.app_context(), reading(engine(), EVERY_OPD) as session:
        found = select(func.count()).where(Transaksi.status == status)
        return session.scalar(found) or 0


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def __call__(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1


def test_sixteen_lines_in_at_most_twenty_keys(kantor: Kantor, open_page: OpenPage) -> None:
    """Pictures that nobody read: each line is looked at and approved by one key, then signed."""
    lived(kantor, 0, 16)
    dewi = open_page("dewi", DESK)
    expect(dewi.locator("input[type=radio]:checked")).to_have_count(0)
    keys = Keys(dewi)
    keys(*["s"] * 16, "p")
    expect(dewi.get_by_role("heading", level=1)).to_contain_text("Tandatangani: 16 baris")
    assert left(kantor, "diperiksa") == 16, "nothing is written before the signature"
    keys("Enter")
    expect(dewi.get_by_role("status")).to_contain_text("16 disetujui, 0 ditolak")
    assert keys.count <= 20
    assert left(kantor, "disetujui") == 16


def test_lines_without_exception_in_one_act(kantor: Kantor, open_page: OpenPage) -> None:
    """14 whose evidence was read are one act; the 2 pictures wait for a look."""
    lived(kantor, 14, 2)
    dewi = open_page("dewi", DESK)
    expect(dewi.get_by_role("button", name="Setujui 14 baris tanpa catatan")).to_be_visible()
    keys = Keys(dewi)
    keys("a")
    expect(dewi.get_by_role("heading", level=1)).to_contain_text("Tandatangani: 14 baris")
    keys("Enter")
    expect(dewi.get_by_role("status")).to_contain_text("14 disetujui")
    assert keys.count == 2
    assert left(kantor, "diperiksa") == 2


def test_the_pptk_signs_by_keys_and_returns_one(kantor: Kantor, open_page: OpenPage) -> None:
    lived(kantor, 0, 4, checked=False)
    budi = open_page("budi", DESK)
    keys = Keys(budi)
    keys("s", "j", "k", "t")
    budi.keyboard.type("Nota tidak terbaca, s dan p juga huruf")
    expect(budi.locator("textarea:focus")).to_have_value("Nota tidak terbaca, s dan p juga huruf")
    budi.locator("a.line").nth(2).click()
    keys("s", "s", "?", "z")
    expect(budi.locator("details[data-bantuan]")).to_have_attribute("open", "")
    expect(budi.locator(".preview.zoom")).to_have_count(1)
    keys("Escape", "p")
    expect(budi.get_by_role("heading", level=1)).to_contain_text("Tandatangani: 4 baris")
    expect(budi.get_by_role("main")).to_contain_text("Nota tidak terbaca, s dan p juga huruf")
    keys("Enter")
    expect(budi.get_by_role("status")).to_contain_text("1 DPR ditandatangani")
    assert (left(kantor, "diperiksa"), left(kantor, "berbukti")) == (3, 1)


def test_a_key_that_cannot_act_says_why(kantor: Kantor, open_page: OpenPage) -> None:
    """A line with a finding is for the person to decide; no line is without a note."""
    lived(kantor, 0, 3)
    dewi = open_page("dewi", DESK)
    dewi.keyboard.press("a")
    said = dewi.locator("[data-kabar]")
    expect(said).to_have_text("Tidak ada baris tanpa catatan; putuskan satu per satu.")
    dewi.evaluate("document.querySelector('.panel').setAttribute('data-temuan', '')")
    dewi.keyboard.press("s")
    expect(said).to_contain_text("Baris ini ada temuan: pilih sendiri putusannya")
    dewi.keyboard.press("j")
    expect(said).to_have_text("")
    budi = open_page("budi", f"{DESK}?meja=pa")  # looks, decides nothing
    expect(budi.locator("[data-kabar]")).to_have_count(0)
    budi.keyboard.press("j")
    expect(budi.locator("a.line").nth(1)).to_have_attribute("aria-current", "true")


def test_keys_can_be_switched_off(kantor: Kantor, open_page: OpenPage) -> None:
    lived(kantor, 0, 2)
    dewi = open_page("dewi", DESK)
    dewi.get_by_text("Tombol", exact=False).first.click()
    dewi.get_by_role("button", name="Matikan tombol tunggal").click()
    dewi.wait_for_load_state()
    dewi.keyboard.press("s")
    expect(dewi.locator("input[type=radio]:checked")).to_have_count(0)


def test_two_hundred_lines_in_at_most_ten_minutes(kantor: Kantor, open_page: OpenPage) -> None:
    """PPTK, then PA: what is without exception in one act, then each exception by itself with its
    evidence on the screen; the PPTK returns one, the PA approves one in part.
    """
    lived(kantor, 185, 15, checked=False)
    started = monotonic()
    budi = Keys(open_page("budi", DESK))
    clean = taken_at_once(budi)
    assert clean == 185
    one_by_one(budi, 200 - clean, "t", "Nota tidak terbaca, foto ulang")
    expect(budi.page.get_by_role("status")).to_contain_text("DPR ditandatangani")
    assert (left(kantor, "diperiksa"), left(kantor, "berbukti")) == (199, 1)
    dewi = Keys(open_page("dewi", DESK))
    assert taken_at_once(dewi) == clean
    one_by_one(dewi, 199 - clean, "b", "30.000", "Lebih mahal daripada yang disepakati")
    expect(dewi.page.get_by_role("status")).to_contain_text(f"{199 - clean} disetujui")
    assert left(kantor, "disetujui") == 199
    assert monotonic() - started < 600


def taken_at_once(keys: Keys) -> int:
    """The one act for all lines without exception; how many there were."""
    title = keys.page.get_by_role("heading", level=1)
    keys("a")
    expect(title).to_contain_text("Tandatangani: ")
    taken = int(title.inner_text().split()[1])
    keys("Enter")
    expect(title).to_contain_text("Persetujuan")
    return taken


def one_by_one(keys: Keys, waiting: int, last: str, *texts: str) -> None:
    """Each line that is left is approved with its evidence on the screen, the last one otherwise;
    what has a finding asks for one key more.
    """
    page = keys.page
    lines = page.locator("a.line")
    expect(lines).to_have_count(waiting)
    for number in range(waiting):
        expect(lines.nth(number)).to_have_attribute("aria-current", "true")
        panel = page.locator(".panel:visible")
        expect(panel.locator(".preview > :is(img, iframe)").first).to_be_visible()
        if number == waiting - 1:
            keys(last)
        elif panel.get_attribute("data-temuan") is None:
            keys("s")
        else:
            keys("s", "Space", "j")
    for number, text in enumerate(texts):
        keys(*["Tab"] * (7 if number else 0))  # over the six tests
        page.keyboard.type(text)
    keys("Tab", "p")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tandatangani: ")
    keys("Enter")


def test_two_hundred_lines_are_read_together(kantor: Kantor) -> None:
    """The page and the check before signing ask the database the same for any number of lines; the
    signature asks less than twenty things a line.
    """
    lived(kantor, 185, 15)
    dewi = PageClient(kantor.app).entry("dewi")
    with kantor.app.app_context():
        database = engine()
    asked: list[int] = []
    event.listen(database, "before_cursor_execute", lambda *_: asked.append(1))
    desk = dewi.get(DESK)
    assert len(asked) < 150
    asked.clear()
    review = dewi.submit(desk, f"{DESK}putuskan", 200, semua="1")
    assert len(asked) < 150
    asked.clear()
    dewi.submit(review, f"{DESK}putuskan", tanda_tangan="1")
    assert len(asked) < 185 * 20
    assert left(kantor, "disetujui") == 185
