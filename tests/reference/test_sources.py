"""Every shipped file has a source and a licence, and the row counts told are the true ones."""

import csv
import json
import re

from collection.actions.reference.tables import SHIPPED

TOLD = {
    match[1]: (match[2].replace(",", ""), match[3].strip(), match[4].strip())
    for line in (SHIPPED / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    if (match := re.match(r"\| `([^`]+)` \| ([0-9,]*) \| [^|]+ \| ([^|]+) \| ([^|]+) \|", line))
}


def test_every_data_file_names_its_source_and_licence_and_nothing_else_is_named() -> None:
    files = {path.name for path in SHIPPED.iterdir() if path.suffix in {".csv", ".geojson"}} - {"sources.csv"}
    assert files == set(TOLD)
    assert all(source and licence for _, source, licence in TOLD.values())


def test_the_page_of_data_sources_shows_every_file_with_its_licence() -> None:
    rows = list(csv.DictReader((SHIPPED / "sources.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["file"] for row in rows} == set(TOLD)
    assert all(row["origin"] and row["licence"] for row in rows)


def test_data_under_a_licence_that_asks_for_it_is_credited() -> None:
    rows = list(csv.DictReader((SHIPPED / "sources.csv").read_text(encoding="utf-8").splitlines()))
    credits_ = " ".join(row["credit"] for row in rows)
    for owner in (
        "GeoNames",
        "Natural Earth",
        "Office for National Statistics",
        "Renewable Energy Planning Database",
        "SEPA",
        "Wikipedia",
        "Joint Research Centre",
        "World Port Index",
        "Environment Agency",
        "Defra",
    ):
        assert owner in credits_


def test_the_row_counts_told_are_true() -> None:
    for file, (told, _, _) in TOLD.items():
        text = (SHIPPED / file).read_text(encoding="utf-8")
        rows = (
            json.loads(text)["features"]
            if file.endswith(".geojson")
            else list(csv.DictReader(text.splitlines()))
        )
        assert (file, len(rows)) == (file, int(told))
