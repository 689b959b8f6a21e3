"""`diff`: what differs between two frameworks, and how much it matters."""
