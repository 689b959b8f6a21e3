"""Tables of any size rated at once: dataframes in memory, and files read piece by piece."""
