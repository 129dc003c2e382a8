"""By what words a reader's filter knows kinds of posts, where nobody tells it (ours; few and mild ones)."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, ...]] = {
    "negative": ("cried", "tired", "venting", "hurts", "angry", "useless", "miss him", "loved gone", "nobody listens",
                 "slept", "cannot take"),
    "spam": ("urgent", "voucher", "ringtones", "guaranteed", "verify", "prize", "0900", "cashed", "limited offer",
             "earn day", "lowest prices", "money back"),
    "toxic": ("idiot", "idiots", "liars", "parasites", "pathetic", "brainless", "scum", "dishonest", "cheat learn",
              "ruin everything", "kind belong", "nobody wants", "warned"),
}  # fmt: skip
"""By kind, entries: a sentence that holds all words of one is of the kind. Nothing tells benign posts."""
