"""What the compare screen shows, without the screen: from runs to curves, points and rows. Pure."""
