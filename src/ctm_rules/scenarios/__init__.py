"""`test`: scenarios that policy staff write, run against a framework, and what of it they reach."""
