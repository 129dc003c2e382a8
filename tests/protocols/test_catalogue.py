"""Items as columns."""

import numpy as np

from townsquare.protocols import Catalogue


def test_bare_knows_only_ids() -> None:
    bare = Catalogue.bare(3)
    assert len(bare) == 3
    assert bare.authors.tolist() == bare.categories.tolist() == [-1, -1, -1]
    assert bare.born.tolist() == [0, 0, 0]
    assert bare.keys.tolist() == [0, 1, 2]
    assert bare.keys.dtype == np.uint64
    assert bare.vectors is None
    assert len(Catalogue.bare(0)) == 0
