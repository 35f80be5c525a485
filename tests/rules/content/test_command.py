"""`manage.py estimate_content`: one JSON object, or a file with a total. Shipped tables need no database."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

KEYS = {
    "product",
    "quantity",
    "unit",
    "magnet",
    "elements",
    "total_ree",
    "value",
    "evidence_class",
    "method",
    "interval",
    "coefficient_version",
    "source",
    "explanation",
    "route",
}


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command("estimate_content", *arguments, stdout=out)
    return out.getvalue()


def test_one_lot_is_printed_as_one_json_object() -> None:
    account = json.loads(
        _run(
            "--product",
            "auto_bev_traction_motor",
            "--quantity",
            "100",
            "--build-year",
            "2014",
            "--format",
            "json",
        )
    )
    assert account.keys() >= KEYS
    assert account["magnet"]["central_kg"] == 127.5
    assert account["elements"].keys() == {"Nd", "Pr", "Dy", "Tb", "Sm"}
    for figures in (account["magnet"], account["total_ree"], *account["elements"].values()):
        assert figures["low_kg"] <= figures["central_kg"] <= figures["high_kg"]
    assert account["evidence_class"] == "C"
    assert account["coefficient_version"].startswith("product_types@")
    assert account["route"]["then"] == "hpms_remelt"


def test_text_is_readable_without_json() -> None:
    text = _run("--product", "weee_smartphone", "--quantity", "1")
    assert "0.000 kg" in text
    assert "80 % interval" in text


def test_grams_smaller_than_one_survive_as_kilograms() -> None:
    account = json.loads(_run("--product", "weee_smartphone", "--quantity", "1", "--format", "json"))
    assert account["magnet"]["central_kg"] == 0.0003


def _write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


HEADER = "product_code,quantity,unit,build_year,magnet_kg_weighed"


def test_a_file_of_lots_comes_back_with_a_total_whose_interval_is_right(tmp_path: Path) -> None:
    source = _write(
        tmp_path / "in.csv",
        HEADER,
        "auto_bev_traction_motor,100,,2014,",
        "auto_bev_traction_motor,50,item,2020,",
        "",
        "lev_ebike_hub_motor,400,,,",
        "weee_hdd_3_5,1000,,,14.2",
    )
    target = tmp_path / "out.csv"
    _run("--csv", source, "--out", str(target))
    rows = list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))
    lots, total = rows[:-1], rows[-1]
    assert [row["product_code"] for row in lots] == [
        "auto_bev_traction_motor",
        "auto_bev_traction_motor",
        "lev_ebike_hub_motor",
        "weee_hdd_3_5",
    ]
    assert total["product_code"] == "TOTAL"
    for name in ("magnet", "nd", "pr", "dy", "tb", "sm", "total_ree", "ndpr"):
        centre = sum(float(row[f"{name}_central_kg"]) for row in lots)
        assert float(total[f"{name}_central_kg"]) == pytest.approx(centre, abs=1e-5)
    width = [float(row["magnet_high_kg"]) - float(row["magnet_low_kg"]) for row in rows]
    assert 0.9 * (width[0] + width[1]) < width[-1] < sum(width[:-1])


def test_every_bad_row_is_named_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    source = _write(
        tmp_path / "in.csv",
        HEADER,
        "auto_bev_motor,100,,,",
        "auto_eps_motor,many,,,",
        "auto_eps_motor,5,kg,,",
    )
    target = tmp_path / "out.csv"
    with pytest.raises(CommandError) as caught:
        _run("--csv", source, "--out", str(target))
    text = str(caught.value)
    assert "Row 2, product: There is no product type “auto_bev_motor”. Did you mean" in text
    assert "Row 3, quantity: “many” is not a number" in text
    assert "Row 4, unit" in text
    assert not target.exists()


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["code,quantity", "auto_eps_motor,1"], "column product_code is missing"),
        ([HEADER], "holds no lots"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_it_needs(tmp_path: Path, lines: list[str], words: str) -> None:
    source = _write(tmp_path / "in.csv", *lines)
    with pytest.raises(CommandError, match=words):
        _run("--csv", source, "--out", str(tmp_path / "out.csv"))


def _totals(target: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(target.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(
    "content",
    [
        b"product_code,quantity,magnet_kg_weighed\nweee_hdd_3_5,1000,14.2\n",
        b"\xef\xbb\xbfproduct_code,quantity,magnet_kg_weighed\r\n\r\nweee_hdd_3_5,1000,14.2\r\n",
        b"\n\nproduct_code;quantity;magnet_kg_weighed\nweee_hdd_3_5;1000;14,2\n;;\n",
        b"Product code\tQuantity\tMagnet kg weighed\rweee_hdd_3_5\t1000\t14.2\r",
        b"product_code,quantity,magnet_kg_weighed\nweee_hdd_3_5,1000,14.2,what is this\n",
    ],
    ids=["plain", "bom-crlf-blank", "semicolons", "tabs-cr", "cells-too-many"],
)
def test_files_of_every_spreadsheet_are_read(tmp_path: Path, content: bytes) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(content)
    _run("--csv", str(source), "--out", str(target))
    lot, total = _totals(target)
    assert lot["magnet_central_kg"] == total["magnet_central_kg"] == "14.200000"


def test_columns_of_ones_own_come_back_as_typed(tmp_path: Path) -> None:
    source = _write(tmp_path / "in.csv", "our number,product_code,quantity", "A-7,weee_hdd_3_5,10")
    _run("--csv", source, "--out", str(tmp_path / "out.csv"))
    lot, total = _totals(tmp_path / "out.csv")
    assert (lot["our_number"], total["our_number"]) == ("A-7", "")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("weee_hdd_3_5,10,,nan,", "Row 4, build_year: “nan” is not a year"),
        ("weee_hdd_3_5,10,,inf,", "Row 4, build_year: “inf” is not a year"),
        ("weee_hdd_3_5,1e400,,,", "Row 4, quantity"),
        ("weee_hdd_3_5,10,,,-1", "Row 4, magnet_kg_weighed"),
        ('weee_hdd_3_5,10,,,,"note', "Row 4: unexpected end of data. Is a quotation mark"),
        ("weee_hdd_3_5", "Row 4, quantity: The quantity is empty"),
    ],
)
def test_a_bad_row_is_named_by_its_line_in_the_file(tmp_path: Path, row: str, words: str) -> None:
    source = _write(tmp_path / "in.csv", "", HEADER, "weee_hdd_3_5,10,,,", row)
    with pytest.raises(CommandError) as caught:
        _run("--csv", source, "--out", str(tmp_path / "out.csv"))
    assert words in str(caught.value)


def test_places_that_cannot_be_read_or_written_are_told_apart(tmp_path: Path) -> None:
    source = _write(tmp_path / "in.csv", HEADER, "weee_hdd_3_5,10,,,")
    with pytest.raises(CommandError, match="cannot be read"):
        _run("--csv", str(tmp_path), "--out", str(tmp_path / "out.csv"))
    with pytest.raises(CommandError, match="cannot be written"):
        _run("--csv", source, "--out", str(tmp_path / "nowhere" / "out.csv"))


@pytest.mark.parametrize("option", ["--quantity", "--build-year", "--magnet-kg-weighed"])
def test_words_in_place_of_a_number_are_one_plain_line(option: str) -> None:
    arguments = {"--product": "auto_eps_motor", "--quantity": "1", option: "many"}
    with pytest.raises(CommandError, match=f"{option[2:].replace('-', '_')}: “many” is not a number"):
        _run(*(part for pair in arguments.items() for part in pair))


def test_the_input_file_is_never_overwritten(tmp_path: Path) -> None:
    source = _write(tmp_path / "in.csv", HEADER, "auto_eps_motor,1,,,")
    with pytest.raises(CommandError, match="choose another name"):
        _run("--csv", source, "--out", source)


@pytest.mark.django_db
def test_an_empty_register_sends_people_to_setup_or_the_shipped_tables() -> None:
    with pytest.raises(CommandError, match="--catalogue shipped"):
        _run("--product", "auto_eps_motor", "--quantity", "1", "--catalogue", "current")


def test_missing_arguments_and_files_are_explained(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--product and --quantity"):
        _run("--product", "auto_eps_motor")
    with pytest.raises(CommandError, match="no file"):
        _run("--csv", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out.csv"))
    with pytest.raises(CommandError, match="Did you mean auto_eps_motor"):
        _run("--product", "auto_eps", "--quantity", "1")
