"""One question a file: facts in, a section out, or None where there is nothing to say."""
