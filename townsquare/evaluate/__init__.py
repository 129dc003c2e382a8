"""Tables over data sets: how well agents rank, beside chance and rankers without a language model."""
