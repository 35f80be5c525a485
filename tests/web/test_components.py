"""Components: the arithmetic of their drawings, and words that never depend on colour."""

import math

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from collection.rules.spoken_mass import mass
from collection.web.kit import charts, map, numbers
from collection.web.kit.components import Contribution, RangeFigure, contribution_bars

amounts = st.floats(0, 1e9, allow_nan=False)


def words(amount: float) -> str:
    return f"{amount:g} kg"


@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_ticks_are_even_and_cover_the_data_and_zero(least: float, reach: float) -> None:
    ticks = charts.nice_ticks(least, least + reach)
    assert 2 <= len(ticks) <= 9
    slack = (ticks[-1] - ticks[0]) * 1e-6
    assert ticks[0] <= min(least, 0) + slack
    assert ticks[-1] >= max(least + reach, 0) - slack


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=24))
def test_a_stack_is_as_tall_as_its_sum_and_never_leaves_the_plot(pairs: list[tuple[float, float]]) -> None:
    drawn = charts.stacked_bars(
        title="Mass",
        labels=[str(n) for n in range(len(pairs))],
        series=[charts.Series("a", [p[0] for p in pairs]), charts.Series("b", [p[1] for p in pairs])],
        text=words,
    )
    for bar in drawn.bars:
        assert charts.TOP - 0.02 <= bar.y <= bar.y + bar.height <= drawn.baseline + 0.02
    tallest = max(pairs, key=sum)
    if sum(tallest) > 0:
        tops = [bar.y for bar in drawn.bars if bar.words.startswith(f"{pairs.index(tallest)},")]
        top_tick = charts.nice_ticks(0, sum(tallest))[-1]
        share = (drawn.baseline - min(tops)) / (drawn.baseline - charts.TOP)
        assert share == pytest.approx(sum(tallest) / top_tick, abs=0.001)


def test_every_drawn_amount_is_also_in_the_table() -> None:
    drawn = charts.lines(
        title="Rate",
        labels=["May", "June", "July"],
        series=[charts.Series("Scotland", [1, None, 3])],
        text=words,
    )
    assert drawn.rows == [("May", ["1 kg"]), ("June", ["not known"]), ("July", ["3 kg"])]
    assert drawn.lines[0].path.count("M") == 2, "an unknown month is a gap, not a straight line across"


def test_a_chart_that_would_lie_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        charts.stacked_bars(title="", labels=["a"], series=[charts.Series("x", [-1])], text=words)
    with pytest.raises(ValueError, match="must have 2 amounts"):
        charts.lines(title="", labels=["a", "b"], series=[charts.Series("x", [1])], text=words)


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12))
def test_reason_bars_share_one_scale_and_one_zero(points: list[float]) -> None:
    bars = contribution_bars([Contribution(str(p), p) for p in points])
    for bar in bars:
        assert bar.start >= -0.02
        assert bar.start + bar.width <= 100.7
    seen = [bar for bar in bars if abs(bar.contribution.points) > 1]
    zeros = [b.start if b.contribution.points > 0 else b.start + b.width for b in seen]
    assert all(zero == pytest.approx(zeros[0], abs=0.1) for zero in zeros), (
        "raising bars start where lowering bars end"
    )


def test_an_estimate_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="not 0"):
        RangeFigure(5, 4, 6, 10, ("5", "4", "6"))


@given(st.floats(49.9, 60.9), st.floats(-8.6, 2.0))
def test_the_whole_map_holds_every_place_of_the_kingdom(lat: float, lon: float) -> None:
    x, y = map.project(lat, lon)
    left, top, width, height = (float(part) for part in map.draw(title="UK").view_box.split())
    assert left <= x <= left + width
    assert top <= y <= top + height


def test_north_is_up_east_is_right_and_shapes_are_true() -> None:
    x, y = map.project(55, -3)
    east, north = map.project(55, -2.9), map.project(55.1, -3)
    assert east[0] > x
    assert north[1] < y
    # A tenth of a degree of longitude at 55° is cos 55° as long on the ground as one of latitude.
    assert (east[0] - x) / (y - north[1]) == pytest.approx(math.cos(math.radians(55)), rel=0.01)


def test_the_map_is_small_enough_for_a_phone() -> None:
    land = map.neighbours() + "".join(region.path for region in map.regions_of_the_kingdom())
    assert len(map.regions_of_the_kingdom()) == 12
    assert len(land) < 40_000


def test_everything_on_the_map_is_listed_in_words() -> None:
    drawn = map.draw(
        title="Round",
        points=[map.MapPoint(55.9, -3.2, "Leith <yard>", "lot", "1", "Leith", "/lots/1/", "40 kg")],
        shades={"Scotland": map.Shade(4, "812 kg")},
        zoom_to_points=True,
    )
    html = Template("{% load kit %}{% uk_map drawn %}").render(Context({"drawn": drawn}))
    listed = html[html.index("<details") :]
    for said in ("Leith &lt;yard&gt;", "40 kg", "Scotland", "812 kg", 'href="/lots/1/"'):
        assert said in listed


@pytest.mark.parametrize("band", ["low", "medium", "high"])
def test_a_band_is_said_in_words(band: str) -> None:
    html = Template("{% load kit %}{% band_tag band %}").render(Context({"band": band}))
    assert f"{band.capitalize()} risk" in html


def test_sorting_and_paging_keep_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/lots/", {"state": "held", "sort": "mass", "before": "abc"})
    context = Context({"request": request})
    html = Template('{% load kit %}{% sort_header "Mass" "mass" %}{% keyset_pages "c1" "" %}').render(context)
    assert 'href="?state=held&amp;sort=-mass"' in html
    assert 'aria-sort="ascending"' in html
    assert 'href="?state=held&amp;sort=mass&amp;before=c1"' in html
    assert "Newer" not in html


@pytest.mark.parametrize(
    ("grams", "said"),
    [
        (0, "0 g"),
        (850, "850 g"),
        (4_250, "4.25 kg"),
        (12_000, "12 kg"),
        (412_300, "412 kg"),
        (1_530_000, "1.53 t"),
        (1_204_000_000, "1,204 t"),
        (-4_250, "-4.25 kg"),
    ],
)
def test_mass_is_said_in_the_unit_people_use(grams: int, said: str) -> None:
    assert mass(grams) == said


def test_money_and_shares_are_said_plainly() -> None:
    assert numbers.pounds(420) == "£4.20"
    assert numbers.pounds(-1_500) == "-£15.00"
    assert numbers.pounds(120_449) == "£1,204"
    assert numbers.percent(0.125, 1) == "12.5%"
    assert numbers.kilograms(1_204_250) == "1,204.250 kg"
