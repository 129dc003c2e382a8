"""Small tables of posts, and an embedder whose similarities are planted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from townsquare.evaluate.persuaders.posts import Posts
from townsquare.protocols.persuader import Pair, Post

DAY = 86_400.0


def post(id: str, text: str, likes: float, *, account: str = "mill", day: float = 0.0, **more: Any) -> Post:
    return Post(id, account, text, likes, 1_700_000_000.0 + day * DAY, **more)


def posts(*rows: Post) -> Posts:
    return Posts("posts.csv", rows)


def pair(weak: Post, strong: Post, *cases: str, text: float = 0.9) -> Pair:
    gain = (strong.likes - weak.likes) / max(weak.likes, 1.0)
    return Pair(cases or ("Ref",), weak, strong, text, float("nan"), gain)


class Angles:
    """Vectors in a plane: the cosine of two texts is that of the angle between them."""

    def __init__(self, cosines: Mapping[str, float]) -> None:
        """``cosines`` are those to the text that has 1."""
        self.cosines = cosines

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        angles = np.arccos([self.cosines[text] for text in texts])
        return np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)


def write(path: Path, rows: Sequence[Post]) -> Path:
    lines = ["id,account,text,likes,created_at,media,link,brand"]
    for one in rows:
        quoted = '"' + one.text.replace('"', '""') + '"'
        lines.append(
            f"{one.id},{one.account},{quoted},{one.likes:g},{one.created_at:.0f},{one.media},{one.link},{one.brand}"
        )
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
