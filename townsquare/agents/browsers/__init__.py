"""Minds that browse what a recommender shows, page by page."""
