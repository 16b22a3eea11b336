"""The app: what `fashiontui` without a command opens. `app.FashionApp` is the way in."""
