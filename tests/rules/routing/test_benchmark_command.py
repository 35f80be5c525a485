"""The engine on a file, as `manage.py plan_benchmark` runs it."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.rules.routing.test_formats import SMALL_VRPLIB


def _plan(folder: Path, out: Path, seconds: str = "5") -> None:
    instance = folder / "three.vrp"
    instance.write_text(SMALL_VRPLIB, encoding="utf-8")
    options = ["--seconds", seconds, "--iterations", "20", "--out", str(out)]
    call_command("plan_benchmark", str(instance), *options, stdout=io.StringIO())


def test_a_plan_for_a_folder_that_is_not_there_is_not_lost(tmp_path: Path) -> None:
    out = tmp_path / "of today" / "plan.json"
    _plan(tmp_path, out)
    assert json.loads(out.read_text(encoding="utf-8"))["objective"] == 12


def test_a_folder_is_no_place_for_a_plan(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Is a directory"):
        _plan(tmp_path, tmp_path)


@pytest.mark.parametrize("seconds", ["0", "-3", "nan", "soon"])
def test_a_search_needs_time(tmp_path: Path, seconds: str) -> None:
    with pytest.raises(CommandError, match="is not a time to search"):
        _plan(tmp_path, tmp_path / "plan.json", seconds)
