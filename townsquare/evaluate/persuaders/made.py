"""Posts that nobody wrote, with a planted effect of their wording: for trying things out, and for tests."""

import numpy as np

from townsquare.evaluate.persuaders.posts import Posts
from townsquare.protocols import InputError, Streams
from townsquare.protocols.persuader import Post

NAME = "made"
EFFECT = {"invites": 1.6, "fine print": 0.7, "hedges": 0.75}
"""By what each manner of writing multiplies the likes of a post."""
_WHAT = ("the repair café", "the book swap", "the choir", "the night market", "the bread course", "the chess evening",
         "the seed library", "the bicycle lane", "the open kitchen", "the language table", "the toy exchange",
         "the rooftop garden", "the film club", "the morning run", "the pottery wheel", "the tool library",
         "the story hour", "the swimming class", "the flea market", "the photo walk")  # fmt: skip
_WHERE = ("near the station", "by the old bridge", "in the upper hall", "behind the library", "at the harbour",
          "on the green", "at the mill", "in the courtyard", "next to the school", "above the bakery",
          "under the arches", "beside the canal")  # fmt: skip
_HOW = ("starts again this week", "opens its doors for everybody", "has a few places left", "moves to a larger room",
        "begins half an hour earlier", "comes with a small surprise", "is looking for helping hands",
        "goes on all through the winter", "needs chairs and lamps", "welcomes beginners and old hands",
        "takes place in the open air", "is back after a long break")  # fmt: skip
_INVITES = ("You will love it.", "Come along and bring a friend!", "Will you join us?", "See you there!")
_PRINT = ("Further details are available on request.", "The usual conditions apply.", "Subject to change.",
          "Please see the notice board for information.")  # fmt: skip
_HEDGES = ("Perhaps of interest: ", "Just a short note that ", "It seems that ")
_HOUR = 3600.0
_START = 1_704_067_200.0  # 2024-01-01


def made_posts(count: int = 3000, seed: int = 0) -> Posts:
    """``count`` posts of accounts of two to a brand, 250 posts each over a year.

    An account says most things two to four times within three days, each time in another manner: with an invitation,
    with fine print, with a hedge in front, or plainly. Likes are drawn about the account's own level times the product
    of ``EFFECT`` over the manner, with a spread (log scale) of 0.35. A third of what is said has a link, a third an
    image, and one thing in ten is said by the brand's other account too.
    """
    if count < 1:
        raise InputError(f"{NAME}:{count}: at least one post has to be made.")
    rng = Streams(seed).get("made posts")
    accounts = max(2, count // 250)
    level = np.exp(rng.normal(4.0, 0.6, accounts))
    posts = list[Post]()
    while len(posts) < count:
        account = int(rng.integers(accounts))
        said = f"{_one(rng, _WHAT)} {_one(rng, _WHERE)} {_one(rng, _HOW)}"
        link = f"https://example.org/{rng.integers(10**6)}" if rng.random() < 1 / 3 else ""
        image = f"image-{rng.integers(10**6)}" if rng.random() < 1 / 3 else ""
        when = _START + float(rng.uniform(0, 362 * 24)) * _HOUR
        speakers = [account] * int(rng.integers(1, 5))
        if rng.random() < 0.1 and (account ^ 1) < accounts:
            speakers.append(account ^ 1)
        for speaker in speakers:
            text, factor = _worded(rng, said)
            likes = int(level[speaker] * factor * np.exp(rng.normal(0, 0.35)))
            shown = image if rng.random() < 0.85 else ""
            at = float(round(when + float(rng.uniform(0, 72)) * _HOUR))
            name, brand = f"account-{speaker}", f"brand-{speaker // 2}"
            posts.append(Post(f"p{len(posts)}", name, text, float(likes), at, shown, link, brand))
    effect = ", ".join(f"{name} times {factor:g}" for name, factor in EFFECT.items())
    return Posts(NAME, tuple(posts[:count]), (f"Nobody wrote these posts; what is planted in their likes: {effect}.",))


def _worded(rng: np.random.Generator, said: str) -> tuple[str, float]:
    """What is said in a manner drawn, and what that does to its likes."""
    manner, factor, opening = rng.random(3), 1.0, ""
    if manner[0] < 0.3:
        opening, factor = _one(rng, _HEDGES), factor * EFFECT["hedges"]
    text = f"{opening}{said}."
    text = text[0].upper() + text[1:]
    if manner[1] < 0.4:
        return f"{text} {_one(rng, _INVITES)}", factor * EFFECT["invites"]
    if manner[1] < 0.7:
        return f"{text} {_one(rng, _PRINT)}", factor * EFFECT["fine print"]
    return text, factor


def _one(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[int(rng.integers(len(words)))]
