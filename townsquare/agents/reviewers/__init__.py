"""Who writes reviews without a language model. Everything here is behavioural: our own phrases, chosen by rule."""
