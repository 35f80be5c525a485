"""One small world, run once, for the tests that need a history."""

from pathlib import Path

import pytest

from collection.rules.risk.columnar import day_number
from collection.rules.risk.history import History, read_history
from collection.rules.risk.training import TrainingSet, training_set
from tests.rules.risk.worlds import CUT_WEEK, DRIFT, Truth, build, day_of, sized

CUT = day_number(day_of(CUT_WEEK).isoformat())


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """A folder of 3,000 lots with a price shock, a rule change and late records; and what really happened."""
    folder = tmp_path_factory.mktemp("history")
    return folder, build(sized(DRIFT, 3_000), folder)


@pytest.fixture(scope="session")
def history(world: tuple[Path, Truth]) -> History:
    return read_history(world[0])


@pytest.fixture(scope="session")
def rows(history: History) -> TrainingSet:
    return training_set(history, CUT)
