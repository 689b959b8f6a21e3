"""The standards edited: files changed with their comments and layout kept, names changed everywhere, amendments kept.

What a command, an editor or a page does to files it does by this. Nothing here prints, asks or serves.

Hands on: `files_around` a framework, `Around` with every `Use` of a `Name`, and `find_name` of an address; `rename`,
`split`, `remove`, `apply` and `fix_findings`, each of which gives `Changes` to show and to write.
For a program that edits one file at a time: `Document` with `SetValue`, `Add`, `Remove`, `RenameKey` and `Move`, and
`History` to undo and redo.
For a program in which people edit them for a while: `Session`, whose `Evaluation` says what the files in hand come to,
and whose `Recording` of an inspection takes what is `Recorded` of cases: each thing `Said` in its `RecordedTable`.
Private: consequences, drafts, history, kept_in_git, layout_edits, recorded_tables, workbook_cells.
"""
