"""What several commands print in the same way.

Hands on: `show_effect`, `show_next_ratings` and `show_assumed`.
"""
