"""The outcome of scenarios as JUnit XML, which build servers read."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from ctm_rules.escaping import escape_controls
from ctm_rules.scenarios.running import ScenarioResult


def junit_xml(results: Iterable[ScenarioResult]) -> bytes:
    """Return results as JUnit XML: a suite for each file, a test case for each scenario."""
    root = ElementTree.Element("testsuites", name="ctm-rules test")
    suites: dict[str, ElementTree.Element] = {}
    for result in results:
        at = result.scenario.at
        if at.file not in suites:
            suites[at.file] = ElementTree.SubElement(root, "testsuite", name=escape_controls(at.file))
        file, name = escape_controls(at.file), escape_controls(result.scenario.name)
        attributes = {"classname": file, "name": name, "file": file, "line": str(at.line)}
        case = ElementTree.SubElement(suites[at.file], "testcase", attributes)
        if not result.passed:
            first = result.failure.split("\n", 1)[0]
            ElementTree.SubElement(case, "failure", message=escape_controls(first)).text = escape_controls(
                result.failure
            )
    for suite in (*suites.values(), root):
        suite.set("tests", str(len(list(suite.iter("testcase")))))
        suite.set("failures", str(len(list(suite.iter("failure")))))
        suite.set("errors", "0")
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
