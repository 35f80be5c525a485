"""The documentation's numbers are the program's."""

from collection.rules.content import Catalogue

from .documented import BLOCK, PAGE, blocks, with_blocks


def test_every_computed_block_of_the_page_is_what_the_program_computes(catalogue: Catalogue) -> None:
    page, computed = PAGE.read_text(encoding="utf-8"), blocks(catalogue)
    assert {name for name, _ in BLOCK.findall(page)} == computed.keys()
    assert with_blocks(page, computed) == page


def test_the_page_states_the_assumptions_in_force(catalogue: Catalogue) -> None:
    page, assumed = PAGE.read_text(encoding="utf-8"), catalogue.assumptions
    assert f"(year − {assumed.diffusion_midpoint_year:g})/{assumed.diffusion_scale_years:g}" in page
    assert f"(1 − a + {assumed.diffused_dysprosium_share:g} a)" in page
