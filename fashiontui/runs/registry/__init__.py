"""registry.sqlite: the queue, and an index of all runs. `store.Registry` is the way in, `entry.Entry` what comes out."""
