"""One screen a file. All but dialogs derive from `base.ProjectScreen`."""
