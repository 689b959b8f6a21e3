"""YAML read with the place of everything, turned into classes, and laid out in one way (parsing, formatting).

Hands on: `read_yaml` and `parse_yaml` (a file to a `MarkedDict` or `MarkedList` of `MarkedValue`s, each with its
place), `mark_data` (data given in Python, with pointers in place of lines), `describe` (what kind of value one is, in
words); `structure` (marked data to classes, with every mistake at once), and for those who find mistakes of their own
`unknown_key` and `WRONG_TYPE`; a file as text with structure, `Layout` with its `Block`, `Entry` and `Text`, by
`read_layout`; and the files laid out, `format_file` and `yaml_files`, with what they give, `Formatted`.
The codes of structuring are of use to whoever finds the same mistakes in data that no file held.
Private: layout_reading, layout_writing, syntax_errors.
"""
