"""The measures of a score agree with their textbook forms."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from collection.rules.risk.metrics import mean_ranks


@given(st.lists(st.floats(0, 1).map(lambda p: round(p, 1)), min_size=1, max_size=60))
def test_equal_scores_share_the_mean_of_their_ranks(scores):
    assert np.array_equal(mean_ranks(np.array(scores)), rankdata(scores))
