"""The documentation of a framework as a static web site; it says what is declared and decides nothing."""
