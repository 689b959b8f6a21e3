"""The documentation of a framework as a static web site; it says what is declared and decides nothing.

Hands on: `write_site`, `build_site` for the pages alone, and `site_of` the `Material` for whoever lays them out.
Private: pictures.
"""
