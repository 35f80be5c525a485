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


def test_every_data_file_names_its_source_and_licence() -> None:
    files = {path.name for path in SHIPPED.iterdir() if path.suffix in {".csv", ".geojson"}}
    assert files == set(TOLD)
    assert all(source and licence for _, source, licence in TOLD.values())


def test_the_row_counts_told_are_true() -> None:
    for file, (told, _, _) in TOLD.items():
        text = (SHIPPED / file).read_text(encoding="utf-8")
        rows = (
            json.loads(text)["features"]
            if file.endswith(".geojson")
            else list(csv.DictReader(text.splitlines()))
        )
        assert (file, len(rows)) == (file, int(told))


def test_every_credit_can_be_shown() -> None:
    credits_ = json.loads((SHIPPED / "credits.json").read_text(encoding="utf-8"))
    assert len(credits_) >= 10
    for credit in credits_:
        assert set(credit) == {"name", "statement", "licence", "licence_url", "url", "used_for"}
        assert credit["statement"].endswith(".")
        assert credit["licence"]
        assert credit["used_for"]
