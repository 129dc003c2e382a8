"""The statistics of debate trials."""
