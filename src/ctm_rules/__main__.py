"""``python -m ctm_rules``: the command line, where its script is not on the path."""

from ctm_rules.cli import run

if __name__ == "__main__":
    run()
