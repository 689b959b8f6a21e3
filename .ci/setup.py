"""Makes .venv beside this repository and installs ctm-rules into it with everything that its commands and tests need.

What it installs stands in .ci/requirements, file by file with its hash (`bash .ci/lock` writes that anew), so that the
same commit gives the same environment, and nobody can put another file in the place of one.

It is the same on every system: `sh .ci/setup` runs it where there is a shell, and `py .ci/setup.py` on Windows. It
never touches the system's Python, so it also works where that one refuses to install packages. PYTHON in the
environment says that the environment is made anew with the Python that runs this; VENV names another place for it.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

TESTED = ((3, 11), (3, 14))
ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / ".ci/requirements"
# Python 3.13 took a function away that durable_rules names in callbacks. We use none of them, but a compiler or a
# linker may refuse the name, so it is given the function that took its place.
DURABLE_NEEDS = "-DPyEval_CallObject(c,a)=PyObject_CallObject(c,a)"

IMPORTS_DURABLE = "from ctm_rules.engines.durable_ruleset import durable_is_available as a; raise SystemExit(not a())"


def say(sentence: str) -> None:
    print(f"setup: {sentence}", file=sys.stderr)


def works(*command: object) -> bool:
    """Return whether a command that may well fail does what it should; what it prints is left out."""
    try:
        return subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment(folder: Path) -> Path:
    """Return the Python of the environment, after making it where there is none yet."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if works(python, "-c", "import pip") and not os.environ.get("PYTHON"):
        return python
    if not works(sys.executable, "-m", "venv", "--clear", folder):
        # Some systems ship Python without the part that puts pip into an environment; any pip can fill it from outside.
        pip = [sys.executable, "-m", "pip", "--python", python, "install", "--ignore-installed", "pip"]
        if not (works(sys.executable, "-m", "venv", "--clear", "--without-pip", folder) and works(*pip)):
            say(f"{sys.executable} can make no environment in {folder}; Debian and Ubuntu have it in python3-venv")
            sys.exit(2)
    return python


def install(python: Path, *requirements: str) -> None:
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    ended = subprocess.run([*map(str, command)], cwd=ROOT, check=False)
    if ended.returncode:
        sys.exit(ended.returncode)


def locked(name: str) -> tuple[str, ...]:
    """Return what has pip install the files that were written down, and refuse any other."""
    return ("--require-hashes", "--no-build-isolation", "--requirement", str(REQUIREMENTS / f"{name}.txt"))


def install_durable(python: Path, what: tuple[str, ...]) -> None:
    """Install durable_rules, which has to be compiled, or say why it is not there: the commands work without it."""
    command = [python, "-m", "pip", "install", "--disable-pip-version-check"]
    environment = {**os.environ, "CPPFLAGS": f"{os.environ.get('CPPFLAGS', '')} {DURABLE_NEEDS}"}
    reason = "it does not import"
    for anew in ([], ["--force-reinstall", "--no-deps", "--no-cache-dir"]):  # pip may keep one built without the flags
        ended = subprocess.run(
            [*map(str, command), *anew, *what],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if ended.returncode:
            errors = [line.strip() for line in ended.stdout.splitlines() if "error:" in line.lower()]
            from_compiler = [line for line in errors if not line.lower().startswith("error:")]
            reason = next(iter(from_compiler or errors[-1:]), "pip says nothing more")
            if not any(map(shutil.which, [os.environ.get("CC", "cc"), "gcc", "clang", "cl"])):
                reason = "there is no C compiler"
            break
        if works(python, "-c", IMPORTS_DURABLE):
            return
    say(f"ctm-rules works, with the engine reference alone; durable_rules could not be installed: {reason}")


def main() -> None:
    if sys.version_info < TESTED[0]:
        say(f"Python {sys.version.split()[0]} is too old; ctm-rules needs Python 3.11 or later")
        sys.exit(2)
    python = make_environment(ROOT / os.environ.get("VENV", ".venv"))
    if sys.version_info[:2] <= TESTED[1]:
        install(python, *locked("setup"))
        install(python, "--no-deps", "--no-build-isolation", "--editable", ".")
        install_durable(python, locked("durable"))
    else:
        # What is written down may have no files for it, so it gets whatever is the newest.
        say(f"ctm-rules was not tried on Python {sys.version.split()[0]} yet; it was on 3.11 to 3.14")
        install(python, "--upgrade", "pip>=25.1")
        install(python, "--editable", ".[all]", "--group", "dev")
        install_durable(python, (".[durable]",))


if __name__ == "__main__":
    main()
