"""The standards edited: files changed with their comments and layout kept, names changed everywhere, amendments kept.

What a command, an editor or a page does to files it does by this. Nothing here prints, asks or serves.

Hands on: `Document` (a YAML file at one moment) with `read_document`, the edits `SetValue`, `Add`, `Remove`,
`RenameKey` and `Move` with `node_of` for their values, and `History` to undo and redo.
Private: documents, edits, history, layout_edits.
"""
