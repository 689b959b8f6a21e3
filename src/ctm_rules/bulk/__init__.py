"""Tables of any size rated at once (batch processing): dataframes in memory, and files read piece by piece.

Hands on: `assess_frame` and `rate_frame` (dataframes), `rate_files` (files, here or on Spark), `write_ratings`, and
their results `FrameRatings`, `GroupRating` and `BulkRatings`.
Private: counting, judgements, patterns.
"""
