"""What choosers are asked, one file per purpose, in our own words. Pure functions: equal arguments, equal text."""
