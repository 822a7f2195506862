"""The archives that the tests look at. All are made once per run, before any worker starts."""

import concurrent.futures
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
    folders = {name: pathlib.Path(root) / name for name in NAMES}
    for folder in folders.values():
        folder.mkdir()
    # The cloud takes its time by itself.
    with concurrent.futures.ThreadPoolExecutor(1) as beside:
        world = beside.submit(program.backup_of_a_cloud, folders["world"], *WORLD)
        tale.write(folders["tale"])
        long.write(folders["long"], HEAVY if full else QUICK)
        hostile.write(folders["hostile"])
        world.result()
