"""Compile locale/*/LC_MESSAGES/*.po to .mo, without needing gettext. Runs in .venv: uses polib."""

import sys
from pathlib import Path

import polib


def compile_messages(root: Path) -> int:
    """Compile the catalogues that changed; answers how many."""
    stale = [
        source
        for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po"))
        if not (target := source.with_suffix(".mo")).exists()
        or target.stat().st_mtime < source.stat().st_mtime
    ]
    for source in stale:
        unfinished = source.with_suffix(".mo.unfinished")
        polib.pofile(str(source)).save_as_mofile(str(unfinished))
        unfinished.replace(source.with_suffix(".mo"))
    return len(stale)


if __name__ == "__main__":
    compile_messages(Path(sys.argv[1]) if len(sys.argv) > 1 else Path.cwd())
