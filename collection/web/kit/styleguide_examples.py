"""What the styleguide shows: made-up figures in every component."""

from __future__ import annotations

import datetime as dt
from typing import Any

from collection.rules.spoken_mass import mass
from collection.web.kit import charts, map
from collection.web.kit.components import (
    Contribution,
    Link,
    NavigationItem,
    RangeFigure,
    SummaryRow,
    Task,
    Tile,
)


def examples() -> dict[str, Any]:
    """The template context of `kit/styleguide.html`, without its form."""
    months = [dt.date(2025 + (i + 9) // 12, (i + 9) % 12 + 1, 1).strftime("%b %y") for i in range(12)]
    grams = [180, 240, 210, 330, 420, 390, 510, 480, 620, 700, 660, 810]
    series = [
        charts.Series("Retained", [g * 1000.0 for g in grams]),
        charts.Series("Residue", [g * 150.0 for g in grams]),
        charts.Series("Exported", [g * 420.0 for g in reversed(grams)]),
        charts.Series("Lost", [g * 60.0 for g in grams]),
    ]

    def words(amount: float) -> str:
        return mass(round(amount))

    return {
        "navigation": [
            NavigationItem("Home", "/", "page"),
            NavigationItem("Lots", "/lots/"),
            NavigationItem("Rounds", "/rounds/"),
            NavigationItem("Retention", "/reports/"),
        ],
        "viewer": {"user_id": 1},
        "organisation_name": "Clydeside Metals",
        "has_other_seats": True,
        "role_name": "Collector",
        "unread_notifications": 3,
        "demo_register": True,
        "crumbs": [Link("Home", "/"), Link("Lots", "/lots/")],
        "tiles": [
            Tile(12, "lots waiting for a price", "#", "3 since yesterday", "brand"),
            Tile(4, "lots at high risk of export", "#", "41.2 kg of magnets", "bad"),
            Tile(2, "collections this week", "#", "Next: Tuesday, 10:00 to 12:00", "caution"),
            Tile("412 kg", "kept in the country this year", "", "87% of what you logged", "good"),
        ],
        "rows": [
            SummaryRow("What it is", "Hard drives, 3.5 inch", [Link("Change", "#", "what it is")]),
            SummaryRow("How much", ["320 items", "198 kg gross"], [Link("Change", "#", "how much")]),
            SummaryRow("Where", "Yard 2, Govan, Glasgow G51", [Link("Change", "#", "where")]),
        ],
        "tasks": [
            Task("Weigh the load", "Done"),
            Task("Take two photos", "Not started", "#", "One of the label", "brand"),
            Task("Sign for it", "Cannot start yet"),
        ],
        "range": RangeFigure(
            3.1,
            4.6,
            6.4,
            8.0,
            texts=("3.1 kg", "4.6 kg", "6.4 kg"),
            label="Magnets inside",
            method="Evidence class B, coefficients 2026.1",
        ),
        "reasons": [
            Contribution("Mixed with light iron", 14.0, "Loads like this mostly leave by sea."),
            Contribution("18 km from a bulk port", 9.5),
            Contribution("Holder exports often", 6.2, "7 of the last 10 lots."),
            Contribution("A recycler collects nearby", -8.4, "A round passes within 6 km this month."),
        ],
        "bars": charts.stacked_bars(
            title="Magnet mass by month",
            labels=months,
            series=series,
            text=words,
            labels_title="Month",
            summary="Four in five kilograms stayed; exports fell by half over the year.",
        ),
        "lines": charts.lines(
            title="Retention rate",
            labels=months,
            series=[
                charts.Series("Scotland", [0.6, 0.6, 0.6, 0.7, 0.7, None, 0.7, 0.75, 0.74, 0.8, 0.8, 0.8]),
                charts.Series("Wales", [0.5, 0.52, 0.55, 0.54, 0.6, 0.61, 0.63, 0.6, 0.66, 0.67, 0.7, 0.71]),
            ],
            text=lambda share: f"{share:.0%}",
            labels_title="Month",
        ),
        "kingdom": map.draw(
            title="At-risk magnet mass by region",
            shades={
                "Scotland": map.Shade(4, "812 kg"),
                "Wales": map.Shade(1, "60 kg"),
                "North East": map.Shade(3, "410 kg"),
                "South East": map.Shade(2, "210 kg"),
                "Northern Ireland": map.Shade(0, "4 kg"),
            },
            points=[
                map.MapPoint(54.97, -1.61, "Plant at Newcastle", "facility"),
                map.MapPoint(55.86, -4.25, "Lot in Glasgow", "lot", href="#lot"),
                map.MapPoint(51.5, 0.35, "Port of Tilbury", "port"),
            ],
        ),
        "round": map.draw(
            title="Tuesday’s round",
            zoom_to_points=True,
            points=[
                map.MapPoint(55.95, -3.19, "Depot, Edinburgh", "start", name="Depot"),
                map.MapPoint(55.86, -4.25, "Glasgow, Govan", "lot", "1", "Govan", "#one", "09:30, 42 kg"),
                map.MapPoint(56.12, -3.94, "Stirling", "lot", "2", "Stirling", "#two", "11:10, 12 kg"),
                map.MapPoint(56.46, -2.97, "Dundee", "lot", "3", "Dundee", "#three", "13:40, 95 kg"),
            ],
            routes=[
                map.MapRoute(
                    [(55.95, -3.19), (55.86, -4.25), (56.12, -3.94), (56.46, -2.97), (55.95, -3.19)],
                    "Round, 268 km",
                )
            ],
        ),
        "lots": [
            ("LOT-26-004217", "Hard drives, 3.5 inch", 4_600, "high"),
            ("LOT-26-004216", "Traction motors", 38_400, "medium"),
            ("LOT-26-004211", "Wind turbine generator", 1_912_000, "low"),
        ],
    }
