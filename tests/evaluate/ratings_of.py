"""A small table of ratings: people with tastes, films with categories."""

from pathlib import Path

import numpy as np

from townsquare.protocols import Streams

USERS, ITEMS = 120, 90


def write_ratings(folder: Path, *, reviews: bool = False) -> Path:
    """``ratings.csv`` with 1 to 5 stars in steps of 1, and ``items.csv`` beside it; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = Streams(7).get("ratings")
    category = np.arange(ITEMS) % 3
    taste = rng.normal(0, 1, (USERS, 3))
    fame = 1 / (1 + np.arange(ITEMS) / 12)
    quality = rng.normal(3.3, 0.5, ITEMS)
    lines = ["user_id,item_id,rating,timestamp" + (",text" if reviews else "")]
    for user in range(USERS):
        n = int(rng.integers(12, 26))
        items = rng.choice(ITEMS, n, replace=False, p=fame / fame.sum())
        stars = np.clip(np.rint(quality[items] + taste[user, category[items]] + rng.normal(0, 0.5, n)), 1, 5)
        for when, (item, star) in enumerate(zip(items, stars, strict=True)):
            text = (
                f",{'lovely' if star > 3 else 'tedious'} film number {item} of kind {category[item]}" if reviews else ""
            )
            lines.append(f"u{user},i{item},{star:g},{when}{text}")
    (folder / "interactions.csv").write_text("\n".join(lines) + "\n", "utf-8")
    titles = [f"i{item},Film {item},kind{category[item]}" for item in range(ITEMS)]
    (folder / "items.csv").write_text("\n".join(["item_id,title,category", *titles]) + "\n", "utf-8")
    return folder
