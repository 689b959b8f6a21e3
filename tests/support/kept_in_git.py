"""Standards that git keeps."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(top: Path, *arguments: str, when: str = "") -> str:
    """Run git in a folder, and return what it prints."""
    dates = {f"GIT_{of}_DATE": when for of in ("AUTHOR", "COMMITTER")} if when else {}
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(top), "GIT_CONFIG_NOSYSTEM": "1", **dates}
    done = subprocess.run(["git", "-C", str(top), *arguments], check=True, capture_output=True, env=environment)
    return done.stdout.decode().strip()


def keep_in_git(top: Path, who: str = "A. Author", when: str = "2026-03-02T10:00:00+00:00") -> None:
    """Begin a repository with everything that lies in a folder, and commit it."""
    git(top, "init", "-q")
    commit(top, "first", who, when)


def commit(top: Path, message: str, who: str, when: str) -> None:
    """Commit everything."""
    git(top, "add", "-A")
    named = ("-c", f"user.name={who}", "-c", "user.email=somebody@example.org")
    git(top, *named, "commit", "-q", "-m", message, when=when)
