"""One inspection: its file, its checks, its rating, and the explanation of a case."""
