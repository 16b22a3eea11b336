"""What keys do to runs: in threads, through the registry."""
