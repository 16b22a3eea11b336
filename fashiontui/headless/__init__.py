"""Runs on the command line: a progress display on a terminal, plain lines elsewhere, JSON for scripts."""
