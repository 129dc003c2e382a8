"""Small data sets of people who mostly keep to one kind of item."""

from pathlib import Path

import numpy as np

from townsquare.protocols import Streams

KINDS = ("crime", "comedy", "drama", "war")


def write_tables(folder: Path, people: int = 60, items: int = 80, each: int = 16, *, rated: bool = False) -> Path:
    """interactions.csv and items.csv; everybody takes ``each`` items, three in four of their own kind."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = Streams(1).get("histories of")
    kind = np.arange(items) % len(KINDS)
    rows = ["user_id,item_id,rating,timestamp" if rated else "user_id,item_id,timestamp"]
    for person in range(people):
        own = np.flatnonzero(kind == person % len(KINDS))
        others = np.flatnonzero(kind != person % len(KINDS))
        # the first ones of a kind are popular
        weights = 1.0 / np.arange(1, len(own) + 1)
        mine = rng.choice(own, each * 3 // 4, replace=False, p=weights / weights.sum())
        taken = rng.permutation(np.concatenate([mine, rng.choice(others, each // 4, replace=False)]))
        for time, item in enumerate(taken):
            stars = f"{5 if item in mine else 2}," if rated else ""
            rows.append(f"p{person:03},i{item:03},{stars}{time}")
    (folder / "interactions.csv").write_text("\n".join(rows) + "\n", "utf-8")
    shelf = ["item_id,title,category", *(f"i{i:03},Film {i},{KINDS[i % len(KINDS)]}" for i in range(items))]
    (folder / "items.csv").write_text("\n".join(shelf) + "\n", "utf-8")
    return folder
