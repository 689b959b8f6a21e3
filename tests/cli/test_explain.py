"""``ctm-rules explain`` as people call it."""

from __future__ import annotations

import json

from ctm_rules.diagnostics.catalogue import find_code
from tests.support.commands import call


def test_explain_shows_the_page_of_a_code() -> None:
    done = call("explain", "never-yes")
    code = find_code("never-yes")
    assert code is not None
    assert done.returncode == 0
    assert done.stdout.startswith("never-yes (error)\n")
    for part in (code.what, code.why, code.bad, code.good):
        assert part in done.stdout
    assert json.loads(call("explain", "never-yes", "--json").stdout)["what"] == code.what


def test_explain_says_which_code_was_meant() -> None:
    done = call("explain", "nver-yes")
    assert done.returncode == 2
    assert 'did you mean "never-yes"?' in done.stderr
