"""Runs the real program: makes archives of a local cloud, starts the viewer."""

import json
import os
import pathlib
import subprocess
import urllib.request

PASSPHRASE = "correct horse"


def program():
    """The program under test; `telekeep/tests/it/browser.rs` names it."""
    return os.environ["TELEKEEP_PROGRAM"]


def environment(folder):
    """Nothing of the reader's own settings leaks in."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TELEKEEP_")}
    return clean | {
        "TELEKEEP_ARCHIVE": str(archive(folder)), "TELEKEEP_PASSPHRASE": PASSPHRASE, "HOME": str(folder), "TZ": "UTC",
    }


def archive(folder):
    return pathlib.Path(folder) / "archive"


def run(folder, *args):
    done = subprocess.run([program(), *args], env=environment(folder), capture_output=True, text=True)
    assert done.returncode == 0, f"telekeep {args[0]}: {done.stdout}\n{done.stderr}"
    return done.stdout


class Background:
    """A command that says in one line of JSON that it is ready, and then runs until it is stopped."""

    def __init__(self, folder, *args):
        self.child = subprocess.Popen(
            [program(), "--json", *args], env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        line = self.child.stdout.readline()
        assert line, f"telekeep {args[0]} ended at once"
        self.ready = json.loads(line)

    def stop(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()


def backup_of_a_cloud(folder, chats, messages, media_mb):
    """An encrypted archive of everything that account 0 of a new world has."""
    keys = pathlib.Path(folder) / "keys"
    cloud = Background(
        folder, "cloud", "--key-dir", str(keys), "--chats", str(chats), "--messages", str(messages),
        "--media-mb", str(media_mb))
    try:
        account = cloud.ready["accounts"][0]
        run(folder, "init", "--work-factor", "4")
        run(folder, "login", "--server", cloud.ready["address"], "--server-key", cloud.ready["public_key"],
            "--phone", account["phone"], "--code", account["code"])
        run(folder, "backup")
    finally:
        cloud.stop()


class Served:
    """A viewer over the archive of `folder`; one that runs already when its address is given."""

    def __init__(self, folder, address=None):
        self.folder = folder
        self.server = None if address else Background(folder, "serve")
        self.entrance = address or self.server.ready["address"]
        self.base = self.entrance.split("/?token=")[0]
        self.cookie = self._enter()

    def _enter(self):
        """The session cookie, as (name, value)."""
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None
        try:
            urllib.request.build_opener(Stay).open(self.entrance)
        except urllib.error.HTTPError as answer:
            name, _, value = answer.headers["set-cookie"].split(";")[0].partition("=")
            return name, value
        raise AssertionError("the token was not exchanged for a cookie")

    def chats(self):
        """What `status` says of every chat."""
        lines = run(self.folder, "status", "--json").splitlines()
        return [line for line in map(json.loads, lines) if line["type"] == "chat"]

    def stop(self):
        self.server.stop()
