"""Names to objects: the only place that knows concrete classes."""

from townsquare.build.town import Built, build, fitted_at, items_table, measure, recommender, restore, retune, state_of

__all__ = ["Built", "build", "fitted_at", "items_table", "measure", "recommender", "restore", "retune", "state_of"]
