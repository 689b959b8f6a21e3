"""What the command line makes: new standards, editions and frameworks, and the schemas by which editors help.

Hands on: `start_framework`, `start_standard` and `start_edition` (new files from templates, bootstrap); `schema_text`,
`schema_file` and `KINDS` (JSON Schemas made from the classes).
Private: none.
"""
