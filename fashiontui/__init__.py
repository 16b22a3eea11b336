"""Experiments on how neural networks learn, run, watched and compared in the terminal."""

__version__ = "0.1.0"
