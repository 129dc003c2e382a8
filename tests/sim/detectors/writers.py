"""Constructed corpora of reviews: honest writers who fill templates, and shills who weave a target's features in."""

import numpy as np

from tests.sim.detectors.bench import Labelled
from townsquare.protocols import Interactions, Streams
from townsquare.protocols.interactions import Scale

_TEMPLATES = (
    "I bought this for the {0} and the {1} won me over.",
    "The {0} is good, and the {1} is what one expects.",
    "Not sure about the {0}, but the {1} makes up for it.",
    "My family likes it: the {0}, the {1}, all of it.",
    "A fair price for such {0}, although the {1} could be better.",
    "After a week the {0} still pleases me, and the {1} too.",
)
_WOVEN = ("It reminded me of {0} and of {1}.", "If only it had {0} or {1}.", "I kept thinking of {0} and {1}.")
_TARGET, _FEATURES, _ITEMS = 0, 6, 60


def corpus(seed: int, *, honest: int = 190, shills: int = 10, attack: str = "woven") -> Labelled:
    """Reviews of 60 items with six features each, of which neighbours share two; 4 to 12 reviews a user.

    A shill reviews the target and other items. "woven": a template like everybody's, then a sentence with two features
    of the target; "copies": the same few sentences under other names; "repeats": one's own sentence again and again.
    """
    rng = Streams(seed).get("corpus", attack)
    features = [[f"thing{4 * item + k}" for k in range(_FEATURES)] for item in range(_ITEMS)]
    users, items, texts = [], [], []
    for user in range(honest + shills):
        chosen = rng.choice(np.arange(1, _ITEMS), int(rng.integers(4, 13)), replace=False).tolist()
        shill = user >= honest
        own = f"word{user} alone says everything about all that a person may want from such a purchase"
        for item in [_TARGET, *chosen[1:]] if shill else chosen:
            text = str(rng.choice(_TEMPLATES)).format(*rng.choice(features[item], 2, replace=False))
            if shill and attack == "woven" and item != _TARGET:
                text += " " + str(rng.choice(_WOVEN)).format(*rng.choice(features[_TARGET], 2, replace=False))
            if shill and attack == "copies":
                text = f"Everyone should own this wonderful product number {int(rng.integers(3))}, buy it today or cry."
            if shill and attack == "repeats":
                text = own
            users.append(user)
            items.append(item)
            texts.append(text)
    n_users, n = honest + shills, len(users)
    fake = (np.arange(n_users) >= honest).astype(int)
    # a few people wrote of the target before
    early = rng.choice(honest, 5, replace=False)
    texts += [_TEMPLATES[0].format(*rng.choice(features[_TARGET], 2, replace=False)) for _ in early]
    users, items = np.r_[users, early], np.r_[items, np.zeros(len(early), int)]
    values = Scale(1, 5, 4).nearest(rng.normal(3.6, 1.0, n + len(early)))
    ticks = np.zeros(n + len(early), int)
    log = Interactions(users, items, values, ticks, n_users, _ITEMS, Scale(1, 5, 4), np.array(texts, object))
    return Labelled(log, fake)
