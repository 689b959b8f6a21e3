"""Standards, prompts and rating bands as data, evaluated by a rules engine, published as ratings."""
