"""The archives that the tests look at. All are made once per run, before any worker starts."""

import pathlib

import hostile
import long
import program
import tale

"""Chats, messages and megabytes of the cloud's world."""
WORLD = (12, 1500, 6)
QUICK, HEAVY = 1500, 50_000
NAMES = ("world", "tale", "long", "hostile")


def make(root, full):
    for name in NAMES:
        (pathlib.Path(root) / name).mkdir()
    program.backup_of_a_cloud(pathlib.Path(root) / "world", *WORLD)
    tale.write(pathlib.Path(root) / "tale")
    long.write(pathlib.Path(root) / "long", HEAVY if full else QUICK)
    hostile.write(pathlib.Path(root) / "hostile")
