"""Between pages: nothing is left alone at a foot, and a drawing can be called off."""

from __future__ import annotations

import dataclasses

import pytest

from kkpd.domain.documents import Dokumen, Paragraf
from kkpd.reports import draw
from tests.reports import extract
from tests.reports.forms import FORMS
from tests.reports.samples import a_dpt


def landscape(document: Dokumen, lines: int) -> Dokumen:
    """The same on a low page, with so many paragraphs before it."""
    before = [Paragraf("Uraian.")] * lines
    return dataclasses.replace(document, arah="mendatar", isi=(*before, *document.isi))


def test_a_drawing_can_be_called_off_between_pages() -> None:
    pages: list[int] = []
    data = draw(a_dpt(40), None, lambda: pages.append(1))
    assert len(pages) == len(extract.pages(data)) - 1 > 1
    assert data == draw(a_dpt(40))

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        draw(a_dpt(40), None, stop)


@pytest.mark.parametrize("lines", range(0, 24, 2))
def test_neither_a_head_nor_a_signature_is_left_alone(lines: int) -> None:
    pages = extract.pages(draw(landscape(FORMS["pernyataan_up"](1), lines)))
    assert len([page for page in pages if "Pagu DPA" in page]) == 1
    assert next("2.400.000.000" in page for page in pages if "Pagu DPA" in page)
    letter = extract.pages(draw(landscape(FORMS["spp_gu_pengantar"](1), lines)))
    assert "Citra Contoh" in letter[-1]
    assert "Arsip" in letter[-1]
