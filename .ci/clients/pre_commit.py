"""Drives the real pre-commit on a scratch repository that takes its hooks from this tree.

Usage: pre_commit.py PRE_COMMIT REPOSITORY

pre-commit builds bursar as it does for its users (`language: rust`), only without optimisation and
into a folder that later runs use again.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

GIT = ["git", "-c", "user.name=gate", "-c", "user.email=gate@example.org", "-c", "commit.gpgsign=false"]


def run(command, folder, **more):
    return subprocess.run(command, cwd=folder, text=True, check=True, capture_output=True, **more).stdout


def committed(folder):
    """Makes a folder a repository; its revision."""
    run([*GIT, "init", "--quiet"], folder)
    run([*GIT, "add", "--all"], folder)
    run([*GIT, "commit", "--quiet", "--message", "scratch"], folder)
    return run([*GIT, "rev-parse", "HEAD"], folder).strip()


def copy_of_tree(repository, folder):
    """What would be committed of the tree, as it is now."""
    files = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], repository)
    for file in filter(None, files.split("\0")):
        source = repository / file
        if source.is_file():
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def main():
    pre_commit, repository = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        environment = {
            **os.environ,
            "PRE_COMMIT_HOME": str(scratch / "cache"),
            "PRE_COMMIT_COLOR": "never",
            "CARGO_TARGET_DIR": str(repository / "target" / "pre-commit"),
            "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
            "CARGO_PROFILE_RELEASE_STRIP": "false",
        }
        source = scratch / "bursar"
        copy_of_tree(repository, source)
        revision = committed(source)

        school = scratch / "school"
        shutil.copytree(repository / "examples" / "unpaid-orders", school, ignore=shutil.ignore_patterns(".bursar"))
        config = school / ".pre-commit-config.yaml"

        def uses(*hooks):
            lines = [f"      - id: {hook}\n" for hook in hooks]
            config.write_text(f"repos:\n  - repo: {source}\n    rev: {revision}\n    hooks:\n{''.join(lines)}")

        uses("bursar-validate")
        committed(school)

        def hooks(*names):
            uses(*names)
            run([*GIT, "add", "--all"], school)
            ended = subprocess.run(
                [pre_commit, "run", "--all-files"], cwd=school, env=environment, text=True, capture_output=True
            )
            return ended.returncode, ended.stdout + ended.stderr

        def expect(what, holds, seen):
            print(f"pre-commit: {what}: {'ok' if holds else 'failed'}")
            if not holds:
                sys.exit(seen)

        code, told = hooks("bursar-validate")
        expect("a right project passes", code == 0 and "Passed" in told, told)

        offer = school / "3-offre.yaml"
        right = offer.read_text()
        offer.write_text(right.replace("status: published", "status: publshed", 1))
        code, told = hooks("bursar-validate")
        expect("a wrong one does not", code == 1 and "unknown-value" in told, told)
        expect("and the place is shown", "3-offre.yaml" in told, told)
        offer.write_text(right)

        code, told = hooks("bursar-fmt", "bursar-validate")
        expect("formatted files stay", code == 0, told)
        offer.write_text(right.replace("status: published", "status:    published", 1))
        code, told = hooks("bursar-fmt")
        expect("a file in another form does not pass", code == 1, told)
        expect("and is formatted", offer.read_text() == right, offer.read_text())
        code, told = hooks("bursar-fmt", "bursar-validate")
        expect("after which it passes", code == 0, told)


if __name__ == "__main__":
    main()
