"""Files as spreadsheets and other programs write them are read; what cannot be read is said in a sentence."""

from pathlib import Path

import numpy as np
import pytest

from collection.rules.risk.columnar import HistoryError, day_number, read_columns

KINDS = {"lot_id": "text", "logged_date": "day", "magnet_kg": "number"}
LINES = [["L1", "2025-01-02", "12.5"], [" L2 ", "n/a", "NaN"], ["L3", "2025-01-03", "inf"]]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("header", [list(KINDS), ["Lot_ID", " LOGGED_DATE", "Magnet_kg "]])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_byte_marks_semicolons_capitals_and_words_for_nothing_are_read(
    delimiter: str, header: list[str], encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "lots.csv"
    path.write_text("\r\n".join(delimiter.join(line) for line in [header, *LINES]), encoding=encoding)

    columns = read_columns(path, KINDS, ("lot_id", "logged_date"))

    assert columns["lot_id"].tolist() == ["L1", "L2", "L3"]
    np.testing.assert_array_equal(
        columns["logged_date"], [day_number("2025-01-02"), np.nan, day_number("2025-01-03")]
    )
    np.testing.assert_array_equal(columns["magnet_kg"], [12.5, np.nan, np.nan])


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    path.write_bytes("lot_id,logged_date\nL£,2025-01-02\n".encode("latin-1"))
    with pytest.raises(HistoryError, match=r"lots\.csv is not UTF-8"):
        read_columns(path, KINDS, ("lot_id",))


def test_a_cell_that_is_no_number_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "lots.csv"
    path.write_text("lot_id,logged_date,magnet_kg\nL1,2025-01-02,4\nL2,2025-01-02,heavy\n")
    with pytest.raises(HistoryError, match="3"):
        read_columns(path, KINDS, ("lot_id",))
