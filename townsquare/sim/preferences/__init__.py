"""What a reader wants to be spared, and what not: a graph that the reader owns, and the filter that goes by it."""
