"""A few made-up messages of two kinds."""

import numpy as np

from townsquare.protocols.moderator import Labelled

HAM = [
    "are we still meeting for lunch today", "i am at home call me later", "thanks for dinner last night it was lovely",
    "can you bring the keys tomorrow morning", "running late see you in ten minutes", "how was your exam today",
    "mum says hello and call her tonight", "the train is late again today",
]  # fmt: skip
SPAM = [
    "you have won a free prize call 09061701461 now", "claim your cash prize now text WIN to 80086",
    "free ringtone reply YES to 87021 now", "urgent your mobile number has won 2000 pounds call now",
    "win a holiday txt HOLIDAY to 83600 claim today", "free entry to our weekly draw text GO to 86688",
]  # fmt: skip


def examples() -> Labelled:
    labels = np.array([0] * len(HAM) + [1] * len(SPAM))
    return Labelled([*HAM, *SPAM], labels, ["ham", "spam"], [False, True])
