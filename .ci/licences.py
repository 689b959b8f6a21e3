"""Says under which licence each package is that the set-up installs, and ends with 1 where one is not expected here.

    .venv/bin/python .ci/licences.py            writes .ci/requirements/licences.csv from what is in this environment
    .venv/bin/python .ci/licences.py --check    changes nothing, and ends with 1 where that file is out of date

Packages that only other systems or Pythons need keep the line that they have.
"""

import csv
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent / "requirements"
TABLE = REQUIREMENTS / "licences.csv"
ACCEPTED = {
    "0BSD",
    "Apache-2.0",
    "BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PSF-2.0",
    "Zlib",
}
"""Licences under which anyone may use a package in any program; none asks that program for its source."""
# Packages whose metadata say it in their own words.
SPELLED = {
    "Apache": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "BSD 3-Clause License": "BSD-3-Clause",
    "New BSD": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "PSF": "PSF-2.0",
}


def locked_names() -> list[str]:
    lines = [
        line for file in sorted(REQUIREMENTS.glob("*.txt")) for line in file.read_text(encoding="utf-8").splitlines()
    ]
    return sorted({line.split("==")[0] for line in lines if re.match(r"[a-z0-9-]+==", line)})


def licence_of(package: Distribution) -> str:
    """Return the licence that a package's metadata name: as an expression where there is one."""
    metadata = package.metadata
    stated = metadata.get("License-Expression")
    if not stated:
        classifiers = [
            line.rsplit(" :: ", 1)[-1] for line in metadata.get_all("Classifier", []) if "License ::" in line
        ]
        one_line = [text for text in [metadata.get("License")] if text and "\n" not in text]
        stated = " OR ".join(SPELLED.get(each, each) for each in classifiers or one_line)
    return SPELLED.get(stated, stated) or "not stated"


def main() -> int:
    with TABLE.open(newline="", encoding="utf-8") as opened:
        known = dict(list(csv.reader(opened))[1:])
    found, wrong = {}, []
    for name in locked_names():
        try:
            found[name] = licence_of(distribution(name))
        except PackageNotFoundError:
            found[name] = known.get(name, "not known")
        named = re.sub(r"[()]", "", found[name])
        if not ACCEPTED.issuperset(re.split(" OR | AND ", named)):
            wrong.append(f"{name} is under {found[name]}: leave it out, or say here why a user would expect that")
    if "--check" in sys.argv[1:]:
        differs = sorted(name for name in {*known, *found} if known.get(name) != found.get(name))
        wrong += [f"{name}: licences.csv is out of date; run .ci/licences.py" for name in differs]
    else:
        with TABLE.open("w", newline="", encoding="utf-8") as opened:
            csv.writer(opened, lineterminator="\n").writerows([("package", "licence"), *found.items()])
    for sentence in wrong:
        print(f"licences: {sentence}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
