"""Training: everything that imports torch. Nothing imports this package but its own entry point."""
