"""An archive that attacks its reader."""

from scribe import Scribe


def write(folder):
    scribe = Scribe(folder)
    scribe.end()
