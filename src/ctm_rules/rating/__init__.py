"""Outcomes counted, shares placed in bands, and the ratings that follow, up to the overall one."""
