"""TensorBoard's event files, read as they grow, ours and other programs'."""
