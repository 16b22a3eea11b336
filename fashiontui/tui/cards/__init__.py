"""What the detail pane says of a study, an experiment, or a run: lines of text. Pure."""
