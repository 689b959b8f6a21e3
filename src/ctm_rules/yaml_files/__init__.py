"""YAML read with the place of everything, turned into classes, and laid out in one way."""
