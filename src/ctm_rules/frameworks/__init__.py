"""A framework from its files: found, read, validated, overlaid, and written back."""
