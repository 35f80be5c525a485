"""What is kept of the pool of rounds from one look at it to the next."""

from __future__ import annotations

import numpy as np

from bench.planning_instances import uk_text
from collection.rules.routing.costing import build_model
from collection.rules.routing.formats import read_problem
from collection.rules.routing.master import columns_of, whole
from collection.rules.routing.pool import RoutePool
from collection.rules.routing.relaxations import Relaxations
from collection.rules.routing.tuning import tuning_for


def test_columns_kept_up_as_the_pool_grows_are_those_made_anew() -> None:
    model = build_model(read_problem(uk_text(40, 5)))
    pool = RoutePool(model)
    relaxations = Relaxations(model, tuning_for(model), pool)
    rng = np.random.default_rng(3)
    options = len(model.option_stop)

    def assert_the_same() -> None:
        kept, _ = relaxations.of(whole(model), ())
        anew = columns_of(model, pool.rounds())
        assert kept.rounds == anew.rounds
        assert (kept.net == anew.net).all()
        assert (kept.types == anew.types).all()
        assert (kept.incidence != anew.incidence).nnz == 0

    for length in (1, 2, 2, 3, 3):
        # Pairs and triples in any order: many are cheaper orders of stops that are there already.
        pool.add(tuple(rng.choice(options, length, replace=False).tolist()) for _ in range(400))
        assert_the_same()
    assert pool.bettered
    pool.keep_only(pool.rounds()[::3])
    pool.add(tuple(rng.choice(options, 2, replace=False).tolist()) for _ in range(400))
    assert_the_same()
