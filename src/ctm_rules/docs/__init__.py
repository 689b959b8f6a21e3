"""The documentation of a framework as a static web site; it says what is declared and decides nothing.

Hands on: `write_site`, and `build_site` for the pages alone.
Private: material, pictures.
"""
