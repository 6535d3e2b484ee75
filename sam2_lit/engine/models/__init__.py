"""Models: their names, downloading and loading them."""
