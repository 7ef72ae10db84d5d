"""Timing experiments: samples of calls, what they say, and how that is shown (spec mrepl.md)."""
