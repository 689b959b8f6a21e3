"""The workbench: people read and change standards in a browser on their own machine, and see at once what that does.

What is done to files is done by the package of editing; here is only what pages show and forms say.

Hands on: `serve`, which the command calls.
Private: app, assuming, cases, changing, clauses, elements, fields, forms, guard, judging, looking, missing, pages,
past, reading, restructuring, saving, scenarios, starting, taking_over, trying, versioning, words.
"""
