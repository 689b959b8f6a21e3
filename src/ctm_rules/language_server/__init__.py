"""``ctm-rules lsp``: what an editor asks while somebody edits standards, answered by what the command line does.

Findings of ``check`` on text that is not saved yet, the sentence and the uses of a name, what may stand at a place,
renaming and quick fixes, as the language server protocol has them. Nothing is decided here and no file is written:
edits go to the editor.

The desk asks the library and knows nothing of the protocol, which the server speaks.

Hands on: `make_server`.
Private: completing, desk, in_words, texts.
"""
