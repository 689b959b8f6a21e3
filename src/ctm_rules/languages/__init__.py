"""Texts in other languages than English, and shares put into words."""
