"""Every limit that protects a run from a hostile or broken file, in one place.

Each limit is generous for real standards and small enough that reaching it costs well under a second.
"""

MAX_YAML_BYTES = 500_000
"""Largest YAML file read, in bytes. The largest shipped file is under 5 % of this."""

MAX_YAML_DEPTH = 60
"""Deepest nesting of mappings and lists in a YAML file."""

MAX_YAML_NODES = 200_000
"""Most keys, items and values in one YAML file."""

MAX_RULE_DEPTH = 12
"""Deepest nesting of a decision rule: nobody can check a deeper one by reading it."""

MAX_NUMBER_DIGITS = 30
"""Most digits in a number, so that a number cannot be made to cost time."""

MAX_TABLE_BYTES = 50_000_000
"""Largest case table read case by case, in bytes. Larger tables are rated in bulk."""

MAX_DIAGNOSTICS = 1_000
"""Most findings reported in one run; past it one line says how many more there are."""

MAX_REMEMBERED_PATTERNS = 20_000
"""Answer patterns that an engine remembers, over all its key questions, before it starts afresh (about 10 to 20 MB)."""

MAX_DIAGRAM_STEPS = 200_000
"""Most steps in deciding what the rules of one key question can give; real ones take a few hundred."""

MAX_DIAGRAM_VARIABLES = 200
"""Most different facts and prompts in the rules of one key question that are decided together."""
