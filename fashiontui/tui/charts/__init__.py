"""Curves, points and histograms, drawn in character cells."""
