"""`what-if`: what an amendment would do to an inspection."""
