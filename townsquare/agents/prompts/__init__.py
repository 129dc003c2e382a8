"""What agents are asked, one file per purpose, in our own words. Pure functions: equal arguments, equal messages."""
