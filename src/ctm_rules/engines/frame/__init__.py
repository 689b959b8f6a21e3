"""The frame engine: rules lowered to expressions over the columns of a dataframe."""
