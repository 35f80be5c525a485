"""The sheet everything is printed on."""

import datetime as dt

import pytest

from collection.documents.pdf.paper import Paper
from collection.documents.pdf.qr import draw_qr
from tests.papers import pictures_of, qr_texts, words_on

AT = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
ADDRESS = "https://lodestone.example/q/7hN2c9QkXwB4rT8m"


def _paper(footer: str = "") -> Paper:
    paper = Paper(title="A paper", at=AT, footer=footer)
    paper.add_page()
    return paper


@pytest.mark.parametrize("side", [14, 20, 40])
def test_a_phone_reads_the_symbol_back_from_the_rendered_page(side: float) -> None:
    paper = _paper()
    draw_qr(paper, ADDRESS, x=20, y=30, side=side)
    assert qr_texts(pictures_of(paper.as_bytes(), dpi=203)) == [ADDRESS]


def test_a_symbol_with_a_smear_over_it_still_reads() -> None:
    paper = _paper()
    draw_qr(paper, ADDRESS, x=20, y=30, side=40)
    paper.set_fill_color(255, 255, 255)
    paper.rect(38, 48, 6, 6, style="F")
    assert qr_texts(pictures_of(paper.as_bytes())) == [ADDRESS]


def test_names_print_as_they_are_spelled_and_can_be_copied_out() -> None:
    paper = _paper()
    paper.write_fitted("Łódź, Žižek & Ångström: ≤ 5 kg → ½ ⚠", width=120, size=12, least=8)
    assert "Łódź, Žižek & Ångström: ≤ 5 kg → ½ ⚠" in words_on(paper.as_bytes())[0]


def test_letters_the_typeface_lacks_do_not_stop_the_paper() -> None:
    paper = _paper()
    paper.write_fitted("漢字 yard", width=120, size=12, least=8)
    assert "yard" in words_on(paper.as_bytes())[0]


def test_a_long_line_shrinks_and_is_then_cut_within_its_width() -> None:
    paper = _paper()
    paper.write_fitted("Permanent magnet generator, direct drive, " * 4, width=60, size=14, least=9)
    line = words_on(paper.as_bytes())[0].strip()
    assert line.startswith("Permanent magnet generator")
    assert line.endswith("…")
    assert paper.get_string_width(line) <= 60


def test_the_same_content_gives_the_same_bytes() -> None:
    def made() -> bytes:
        paper = _paper("Lodestone")
        draw_qr(paper, ADDRESS, x=20, y=30, side=40)
        return paper.as_bytes()

    assert made() == made()


def test_every_page_says_which_of_how_many_it_is() -> None:
    paper = _paper("Manifest")
    paper.add_page()
    pages = words_on(paper.as_bytes())
    assert "Page 1 of 2" in pages[0]
    assert "Page 2 of 2" in pages[1]
