"""One module for each command, named as the command is; rate_files.py is what `rate` does with `--cases`.

Hands on: the function `command` of each module (`app` in new.py, which has commands of its own), to main.py.
"""
