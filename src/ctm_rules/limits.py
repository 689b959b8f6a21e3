"""Every limit in one place: sizes, lengths, counts, depths and times that protect a run from a hostile or broken file.

Each limit is generous for real standards and inspections, and small enough that reaching it costs a few seconds and
less memory than ``MAX_READING_MEMORY``. How wide or long something is drawn stands where it is drawn.
"""

# --- Standards, inspections and all else in YAML ---------------------------------------------------

MAX_YAML_BYTES = 500_000
"""Largest YAML file read, in bytes. The largest shipped file is under 5% of this."""

MAX_KEPT_YAML_BYTES = 4_000_000
"""Most bytes of YAML files of which it is kept what was read, each of which takes some 50 bytes of memory."""

ROUNDS_KEPT = 4
"""For how many edits at least it is kept what was worked out of parts that none of them touched."""

MAX_FORM_BYTES = 2_000_000
"""Largest form that the workbench takes: the largest YAML file, each of its characters written with three."""

MAX_FORM_FIELDS = 5_000
"""Most fields of a form that the workbench takes. A rule of a hundred clauses has some three hundred."""

MAX_HEAD_BYTES = 64_000
"""Longest head of a request that the workbench takes: what h11 takes too, written down so that it stays so."""

MAX_ON_A_PAGE = 20
"""Most findings, scenarios, gaps or reasons that a page of the workbench lists; it says how many more there are."""

MAX_CASES_ON_A_PAGE = 500
"""Most cases, and most undetermined outcomes, that a page of the workbench lists; others are opened by their ids."""

MAX_NEW_CASES = 1_000
"""Most cases that a form of the workbench adds at once."""

MAX_TRIED_TO_REACH = 2_000
"""Most cases that are tried to reach a part of a key question; most parts are reached within a hundred."""

CASES_OF_FINE_SHARES = 1_000
"""How many cases the shares are made of that are tried to reach a band, after those in whole per cent."""

MAX_YAML_DEPTH = 60
"""Deepest nesting of mappings and lists in a YAML file."""

MAX_YAML_NODES = 20_000
"""Most keys, items and values in one YAML file. The largest shipped file has under 5% of this."""

MAX_RULE_DEPTH = 12
"""Deepest nesting of a decision rule: nobody can check a deeper one by reading it."""

MAX_NUMBER_DIGITS = 30
"""Most digits in a number, so that a number cannot be made to cost time."""

MAX_WHOLE_DIGITS = 18
"""Most digits before the point of a number that is a fact: as many as whole numbers of every dataframe library hold."""

MAX_DECIMALS = 324
"""Most digits behind it: as many as the number nearest to 0 has that a column of floating point numbers can hold."""

MAX_WEIGHT = 1_000
"""Most times that the score of an answer may count, so that the points of a table of any size can be added up."""

MAX_SCORE = 1_000_000
"""Highest score of an answer, for the same reason."""

MAX_SUMS = 20_000
"""Sums of scores that are looked through for those which the answers to one key question can add up to."""

MAX_DIVISORS = 500
"""Sums of weights that the points of a case can be divided by, in tables of any size: each takes a column or two."""

MAX_REVISIONS = 200
"""How many revisions of standards are looked through for those of a checksum, the latest first."""

MAX_STEPS_OF_HISTORY = 20
"""How many versions of standards one page of a history looks at; it links to those before them."""

MAX_GIT_FOLDER_BYTES = 100_000
"""Largest folder of a framework in git, in bytes of its list of files: about 1,000 files, of which it has a dozen."""

MAX_TAG_CHARACTERS = 1_000
"""Most characters of a tag in YAML that are handed to the parser, to which each costs more than the one before."""

MODELINE_BYTES = 1_000
"""Bytes at the beginning of a YAML file in which the line stands that names its schema; above it are only comments."""

# --- Tables of cases -------------------------------------------------------------------------------

MAX_TABLE_BYTES = 20_000_000
"""Largest case table read case by case, in bytes. Larger tables are rated in bulk."""

MAX_CHOICES_SHOWN = 8
"""Most choices that a form shows all at once; more of them open in a list."""

MAX_EXACT_IN_XPATH = 2**53 - 1
"""Highest whole number that a form tells from its neighbours, and, with a minus, the lowest."""

MAX_PARQUET_BYTES = 500_000_000
"""Most bytes that a Parquet file which is read case by case may unpack to."""

MAX_TABLE_ROWS = 50_000
"""Most cases in a table that is read case by case."""

MAX_TABLE_COLUMNS = 2_000
"""Most columns of a case table."""

MAX_CSV_CELL_CHARACTERS = 131_072
"""Most characters of a cell of a CSV file: four times what spreadsheet programs have, and what Python's reader has."""

MAX_CSV_ROW_CHARACTERS = 2_000_000
"""Most characters of a row of a CSV file; one that is longer has most likely a quotation mark that is not closed."""

TEXT_BLOCK_CHARACTERS = 2_000_000
"""Characters of a CSV file that are read at once."""

MAX_ROWS_ABOVE_A_HEADER = 50
"""Rows of a table without any of the columns in which the names of the columns are looked for."""

MAX_READING_MEMORY = 500_000_000
"""Most memory that reading one file takes, in bytes; it follows from the other limits, and tests hold it."""

# --- Large tables, read in pieces ------------------------------------------------------------------

PIECE_BYTES = 400_000_000
"""About how much memory the columns of one piece of a large table may take."""

MIN_PIECE_ROWS = 10_000
"""Rows of a piece however wide the table is: with very few, starting each would take most of the time."""

SHEET_PIECE_ROWS = 20_000
"""Most rows of a sheet that are read at once: until a piece is full, each cell is an object of Python's."""

SPARK_BATCH_ROWS = 200_000
"""Rows of those that Spark hands over bit by bit that are worked on together."""

HANDED_OVER_ROWS = 1_000_000
"""About how many rows of a table that may be larger than the memory are handed over to a faster library at once."""

FIRST_ROWS = 1_000
"""Rows that are asked first whether a table has a declared code at all: where it has any, most rows have one."""

# --- Workbooks -------------------------------------------------------------------------------------

MAX_WORKBOOK_BYTES = 4_000_000_000
"""Largest workbook read in bulk, in bytes as it unpacks; a full sheet of 50 answers takes under half of this."""

MAX_WORKBOOK_TEXTS = 200_000_000
"""Most memory that the texts which the cells of a workbook share may take; a million case ids take half of this."""

MAX_XLS_BYTES = 60_000_000
"""Largest workbook of the old format, in bytes, which is read whole; a full sheet of 50 answers takes 46 million."""

MAX_CELL_CHARACTERS = 32_767
"""Most characters in a cell of a workbook, as spreadsheet programs have it."""

MAX_SHEET_ROWS, MAX_SHEET_COLUMNS = 1_048_576, 16_384
"""Most rows and columns of a sheet, as spreadsheet programs have it."""

MAX_ARCHIVE_LIST_BYTES = 5_000_000
"""Most bytes of the list of a workbook's parts, of which it has a few dozen."""

MAX_WHOLE_PART_BYTES = 3_000_000
"""Most bytes of a part of a workbook that is read whole, such as its styles; sheets and shared texts are not."""

MAX_SHEET_ROW_BYTES = 10_000_000
"""Most bytes of one row, or of one shared text, and of what stands before it."""

MAX_XML_NAMES = 2_000
"""Most different names of elements and attributes in a part of a workbook; the format declares fewer."""

MAX_XML_DEPTH = 100
"""Deepest nesting of elements in a part of a workbook; the value of a cell lies five deep."""

MAX_REMEMBERED_CELLS = 50_000
"""Most cells of a sheet of which it is remembered what they say: of those that are written alike one is looked at."""

MAX_REMEMBERED_CELL_CHARACTERS = 200
"""Longest cell that is remembered, in characters of XML."""

XML_BLOCK_BYTES = 250_000
"""Bytes of a part of a workbook that are unpacked at once."""

# --- Parquet ---------------------------------------------------------------------------------------

MAX_PAGE_HEADER_BYTES = 100_000
"""Most bytes of a page's header; the longest thing in it are the least and the greatest value of the page."""

MAX_FOOTER_DEPTH = 12
"""Deepest nesting of what the footer of a Parquet file and the headers of its pages declare."""

MAX_REMEMBERED_FOOTERS = 4
"""Footers of Parquet files that are remembered: each part of a large file asks for that of its own."""

# --- Writing ---------------------------------------------------------------------------------------

MAX_JOURNAL_BYTES = 5_000_000
"""Largest journal of an interrupted command, in bytes: some 50,000 files, of which a command writes a few hundred."""

MAX_FOLDERS_ABOVE = 6
"""In how many folders above a file is looked for what an interrupted command has left: what writes starts no higher."""

# --- What is said ----------------------------------------------------------------------------------

MAX_DIAGNOSTICS = 1_000
"""Most findings reported in one run; past it one line says how many more there are."""

MAX_MESSAGE = 2_000
"""Most characters in the message or the hint of a finding."""

MAX_QUOTED_CELL, MAX_QUOTED_TEXT = 40, 60
"""Most characters of a cell, and of a text in YAML, that a finding quotes: enough to find it by."""

MAX_NAMES_COMPARED = 30
"""Most names that a misspelt one is compared with in full; of more, those that begin and end most alike are taken."""

MAX_ANSWERS_TRIED = 2_000
"""Most ways to answer the prompts of a key question otherwise that are tried on the way to the next rating."""

MAX_NAMES_LISTED = 20
"""Most names that a hint lists; more would hide the rest of what it says."""

MAX_LETTERS_LISTED = 10
"""Most letters that no font has which a finding names: enough to see which alphabet they are of."""

MAX_CASES_LISTED = 12
"""Most cases that one reason of `what-if` names on a terminal; its JSON has all of them."""

MAX_WAYS_TO_FILL_IN = 5_000
"""Most ways of filling in what is missing in a case that are tried, to see whether it could change an outcome."""

MAX_CASES_IN_A_FINDING = 5
"""Most cases, or rows, that one finding names: enough to look at the first."""

MAX_PLACES = 1_000
"""Most places of one finding that its JSON gives."""

MAX_MISTAKES_COUNTED = 100_000
"""Most mistakes in a case table that are counted, however few causes they have; then the rest is not looked at."""

MAX_SOURCE_LINE = 110
"""Characters of a source line that are shown around the place of a finding: the width of what is printed."""

MAX_REMEMBERED_FILES = 64
"""Source files of which the lines are remembered while findings about them are shown."""

MAX_DOCUMENT_PROPERTY = 255
"""Most characters of a title or an author that Word and spreadsheet programs keep."""

MAX_FOOTER = 120
"""Most characters of the terms of use below a printed sheet: a footer of more than 255, signs included, is dropped."""

# --- Forms ------------------------------------------------------------------------------------------

MAX_FORM_PAGES = 500
"""Most cases that a form has a page for: a workbook of more sheets takes spreadsheet programs minutes to open."""

MAX_FORM_CASES = 20_000
"""Most cases in the register of a form: each has a formula for how far it is."""

MAX_FORM_CELLS = 3_000_000
"""Most cells that the sheets of a form hold together: 20,000 cases with 150 answers each."""

MAX_FORMULA_CHARACTERS = 2_000
"""How long a formula of a form may be: a quarter of the 8,192 characters that spreadsheet programs take in a cell."""

MAX_FORMULA_ARGUMENTS = 60
"""Most arguments of a function in a formula of a form; the programs take 255."""

MAX_NESTED_FORMULAS = 8
"""How deep the functions in a formula of a form may be in one another; the programs take 64, some as few as 30."""

MAX_EXACT_IN_A_CELL = 10**15
"""From here on a spreadsheet rounds whole numbers: it keeps 15 digits."""

MAX_TOLD_APART_IN_A_CELL = 10**14
"""From these digits on LibreOffice takes numbers for equal of which only the last digit differs."""

MAX_CELL_PROMPT, MAX_CELL_PROMPT_TITLE, MAX_CELL_ERROR = 255, 32, 224
"""Most characters of the texts beside a cell; a longer one is dropped with what the cell takes."""

MAX_SHEET_NAME = 31
"""Most characters of the name of a sheet."""

MAX_FORM_PAGE_HEIGHT = 2_000
"""How high the sheet of a case may be, in points, to be printed on one page in letters of about five points."""

# --- Engines ---------------------------------------------------------------------------------------

MAX_ROWS_SHOWN = 50
"""How many rows of a table a notebook shows of itself."""

ROWS_FETCHED_AT_ONCE = 1_000
"""How many rows of a database are asked for at a time."""

MAX_REMEMBERED_PATTERNS = 20_000
"""Answer patterns that an engine remembers, over all its key questions, before it starts afresh (about 10 to 20 MB)."""

MAX_REMEMBERED_TABLES = 20_000
"""Questions about hidden counts that are answered once for all tables that look alike (about 10 MB)."""

MANY_GROUPS = 1_000
"""From so many groups on, their counts and ratings stay columns of Polars; of fewer, objects of Python are quicker."""

MAX_GROUPS_PRINTED = 1_000
"""Most groups whose ratings a command prints; nobody reads more, and a file holds them all."""

MAX_RATING_COMBINATIONS = 20_000
"""Combinations of ratings below an element for which check works out what its rating rule gives."""

MAX_DIAGRAM_STEPS = 200_000
"""Most steps in deciding what the rules of one key question can give; real ones take a few hundred."""

MAX_DIAGRAM_VARIABLES = 200
"""Most different facts and prompts in the rules of one key question that are decided together."""

MAX_RULESET_RULES = 32
"""Most rules in one ruleset of durable_rules: half of what one fact may match, and each rule more costs time."""

MAX_RULESET_TESTS = 8
"""Most tests in one rule of durable_rules; its C module stops at 15."""

MAX_RULESET_PROPERTIES = 8
"""Most different things that the tests of one ruleset of durable_rules look at; its C module stops at 253."""

MAX_RULESET_NUMBER = 2**31 - 1
"""Largest number that is handed to durable_rules."""

MAX_REMEMBERED_RULESETS = 256
"""Rulesets of each form that are kept compiled for other frameworks."""

MAX_COUNTED_BY_LOGIC = 12
"""Most formulas counted by ``and`` and ``or`` alone, which costs far less than adding numbers up to this many."""

MAX_WRITTEN_OUT = 100_000
"""Most operations of formulas that DuckDB may write out, each as often as it is used: 40 million took 24 GB."""

MAX_ANSWERS_TOLD_APART = 50
"""Most answers to one question of a long dataframe that are each put in our words: dates are left as they are."""

MAX_UNDECIDED_TEXTS = 100
"""Most texts that a drafted reading asks about: those of most cells."""

MAX_FIELDWORK_WEEKS = 52
"""Most weeks that the fieldwork of one inspection can take."""

MAX_ROUNDS_OF_FIXES = 10
"""How often ``check --fix`` repairs what comes to light once something else was repaired."""
