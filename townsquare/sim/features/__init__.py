"""Scorers of texts: clickbait, listed words, what is not for the young, humour, copied text."""
