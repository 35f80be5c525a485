from pathlib import Path

import pytest

import collection
from collection.rules.content import Catalogue

DATA = Path(collection.__file__).parent / "data"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.from_csv(DATA)
