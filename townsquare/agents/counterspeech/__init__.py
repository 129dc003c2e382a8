"""Bots that answer hateful comments: strategies, triggers, guards."""
