"""A chat of many messages: a day has forty, some are albums, one in nine has no text."""

from scribe import Scribe, photo

CHAT = 9
START = 1_500_000_000


def write(folder, count):
    scribe = Scribe(folder)
    scribe.person(CHAT, "Lena")
    for n in range(1, count + 1):
        album = n % 50 < 3
        more = {"out": True} if n // 4 % 2 else {}
        if album:
            more |= {"grouped_id": n // 50 + 1, "media": photo(1_000_000 + n)}
        text = "" if album or n % 9 == 0 and more.get("media") else f"message {n} " + "and more " * (n * 7 % 23)
        scribe.message(CHAT, n, START + n * 2160, text, **more)
    scribe.end()
    return count
