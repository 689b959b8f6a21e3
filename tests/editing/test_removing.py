"""An element taken out everywhere: with what is only said of it, and never out of what needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctm_rules import DiagnosticError, load_framework
from ctm_rules.editing.names import Name, names_of
from ctm_rules.editing.removing import Removal, remove
from ctm_rules.editing.session import Session
from ctm_rules.editing.uses import files_around, find_name
from ctm_rules.frameworks.loading import read_framework
from tests.support.edited_standards import errors_in, failing_in, not_laid_out
from tests.support.every_name import write_every_name


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Standards with a file of every kind that names what they declare, and no inspection."""
    folder = write_every_name(tmp_path)
    (tmp_path / "audits" / "inspection.yaml").unlink()
    return folder


def removal(homes: Path, address: str) -> Removal:
    around = files_around(homes)
    name = find_name(around, address)
    assert isinstance(name, Name)
    return remove(around, name)


def said(homes: Path, address: str) -> str:
    with pytest.raises(DiagnosticError) as error:
        removal(homes, address)
    return "\n".join(f"{found.code}: {found.message}" for found in error.value.diagnostics)


def freed(homes: Path) -> Path:
    """Take Meals out of the rules that look at it."""
    file = homes / "framework.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("of: [meals, night]", "of: [night]"), encoding="utf-8")
    return homes


def test_a_standard_goes_with_its_file_its_scenarios_and_its_translations(homes: Path) -> None:
    made = removal(freed(homes), "meals")
    gone = [path.name for path in made.changes.files if made.changes.after[path] is None]
    assert gone == ["1-meals.yaml", "meals.yaml"]
    made.changes.write()
    framework = load_framework(homes)
    assert [standard.slug for standard in framework.standards] == ["night", "leadership", "fires"]
    assert framework.domains[0].standards == ("night",)
    assert not (homes / "1-meals.yaml").exists()
    assert "meals" not in (homes.parents[1] / "locale" / "cy.yaml").read_text(encoding="utf-8")
    assert "meals" not in (homes / "scenarios" / "whole.yaml").read_text(encoding="utf-8")
    assert "meals" not in (homes.parents[2] / "audits" / "amendment.yaml").read_text(encoding="utf-8")
    assert (errors_in(homes), not_laid_out(homes), failing_in(homes)) == ([], [], [])


def test_what_a_rule_needs_stays_and_the_rule_is_named(homes: Path) -> None:
    assert 'still-needed: the prompt "meals.food.warm" is needed by a rule in 1-meals.yaml' in said(
        homes, "meals.food.warm"
    )
    assert "is needed by a rule in framework.yaml" in said(homes, "meals")
    assert "is needed by a rule in 1-meals.yaml" in said(homes, "facts.has_visitors")
    assert 'the standard "leadership" is in no domain' in said(homes, "domains.leading")


def test_what_an_inspection_says_something_of_stays(tmp_path: Path) -> None:
    homes = freed(write_every_name(tmp_path))
    around = files_around(homes)
    name = find_name(around, "measures.weighed")
    assert isinstance(name, Name)
    with pytest.raises(DiagnosticError, match="edition-in-use"):
        remove(around, name)
    with pytest.raises(DiagnosticError, match=r'"measures\.weighed" is needed by the inspection in inspection\.yaml'):
        remove(around, name, although_used=True)


def test_whatever_has_a_name_is_removed_cleanly_or_not_at_all(homes: Path) -> None:
    """Every element there is: what comes out is right, or it is said what needs the element."""
    cleanly: list[str] = []
    reasons: set[str] = set()
    for name in names_of(read_framework(homes)).declared():
        try:
            changes = remove(files_around(homes), name).changes
        except DiagnosticError as error:
            reasons |= {found.code for found in error.diagnostics}
            continue
        before = {file: file.read_bytes() for file in changes.before if file.exists()}
        changes.write()
        assert (errors_in(homes), not_laid_out(homes), failing_in(homes)) == ([], [], []), name
        cleanly.append(name.address)
        for file, content in before.items():
            file.write_bytes(content)
    assert reasons == {"still-needed"}
    assert "measures.weighed" in cleanly
    assert "leadership.vision" in cleanly


def test_a_file_goes_when_it_is_saved_and_comes_back_when_that_is_undone(
    homes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("XDG_STATE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(homes.parents[2] / "home"))
    file = freed(homes) / "1-meals.yaml"
    content = file.read_bytes()
    session = Session(homes)
    session.take("Meals", session.removing("meals").changes)
    assert session.evaluation.framework is not None
    assert "meals" not in session.evaluation.framework.standards_by_slug
    assert file.exists()
    again = Session(homes)
    assert again.take_up() == ()  # a crash before it was saved loses nothing
    assert again.history.contents[file] is None
    session.save()
    assert not file.exists()
    session.undo()
    assert session.evaluation.framework is not None
    assert "meals" in session.evaluation.framework.standards_by_slug
    session.save()
    assert file.read_bytes() == content
    session.redo()
    session.save()
    assert not file.exists()
    assert session.conflicts() == ()
