"""Every limit that protects a run from a hostile or broken file, in one place.

Each limit is generous for real standards and inspections, and small enough that reaching it costs a few seconds and
less memory than ``MAX_READING_MEMORY``.
"""

MAX_YAML_BYTES = 500_000
"""Largest YAML file read, in bytes. The largest shipped file is under 5% of this."""

MAX_YAML_DEPTH = 60
"""Deepest nesting of mappings and lists in a YAML file."""

MAX_YAML_NODES = 20_000
"""Most keys, items and values in one YAML file. The largest shipped file has under 5% of this."""

MAX_RULE_DEPTH = 12
"""Deepest nesting of a decision rule: nobody can check a deeper one by reading it."""

MAX_NUMBER_DIGITS = 30
"""Most digits in a number, so that a number cannot be made to cost time."""

MAX_TABLE_BYTES = 20_000_000
"""Largest case table read case by case, in bytes. Larger tables are rated in bulk."""

MAX_TABLE_ROWS = 50_000
"""Most cases in a table that is read case by case."""

MAX_TABLE_COLUMNS = 2_000
"""Most columns of a case table."""

MAX_READING_MEMORY = 500_000_000
"""Most memory that reading one file takes, in bytes; it follows from the other limits, and tests hold it."""

MAX_WORKBOOK_BYTES = 4_000_000_000
"""Largest workbook read in bulk, in bytes as it unpacks; a full sheet of 50 answers takes under half of this."""

MAX_WORKBOOK_TEXTS = 200_000_000
"""Most memory that the texts which the cells of a workbook share may take; a million case ids take half of this."""

MAX_CELL_CHARACTERS = 32_767
"""Most characters in a cell of a workbook, as spreadsheet programs have it."""

PIECE_BYTES = 400_000_000
"""About how much memory the columns of one piece of a large table may take."""

MAX_MESSAGE = 2_000
"""Most characters in the message or the hint of a finding."""

MAX_NAMES_COMPARED = 30
"""Most names that a misspelt one is compared with in full; of more, those that begin and end most alike are taken."""

MAX_DIAGNOSTICS = 1_000
"""Most findings reported in one run; past it one line says how many more there are."""

MAX_REMEMBERED_PATTERNS = 20_000
"""Answer patterns that an engine remembers, over all its key questions, before it starts afresh (about 10 to 20 MB)."""

MAX_DIAGRAM_STEPS = 200_000
"""Most steps in deciding what the rules of one key question can give; real ones take a few hundred."""

MAX_DIAGRAM_VARIABLES = 200
"""Most different facts and prompts in the rules of one key question that are decided together."""
