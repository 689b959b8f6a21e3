"""A framework from its files: found, read, structured and checked, overlaid by amendments, and written back.

Hands on: `load_framework` and its steps (`read_framework`, `read_files`, `structure_parts`, `build_framework`, with a
`FrameworkSource` between them); `make_framework` (of text or data); `find_framework`, `standards_folder`, and how other
files name one, a `FrameworkReference`, with `find_referenced_framework`; `read_named` (one out of git); amendments
(`Amendment`, `Alteration`, `read_amendment`, `amendment_from_options`, `source_of`, `amended_framework`), and the
`Place` that an address names; and `dump_framework`.
Private: none.
"""
