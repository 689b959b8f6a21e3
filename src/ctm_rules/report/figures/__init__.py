"""Figures of a report that are worked out beside the ratings: firmness, agreement, disclosure."""
