"""Texts in other languages than English (localisation), and shares put into words.

Hands on: `load_language` (a `Language` that gives `Text`s) and `load_vocabulary` (a `Vocabulary` that says a share).
Private: labels.
"""
