"""From an ask to an answer: the one path to a language model."""
