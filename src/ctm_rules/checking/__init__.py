"""`check`: what is allowed in a declaration but wrong or doubtful."""
