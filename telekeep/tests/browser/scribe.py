"""Writes archives by hand, from docs/format.md: what a cloud cannot be made to say (edits, deletions, attacks,
fifty thousand messages in a second) is recorded as if it had been said."""

import hashlib
import json
import pathlib

import zstandard

from program import archive, run

ME = 1
JOURNAL = "telegram"
RUN = "00000000000000aa"
PIECE = 1 << 20
MOST = 12 << 20
"""Where the small media files are that the local cloud is made of."""
ASSETS = pathlib.Path(__file__).parents[3] / "telekeep-cloud" / "assets"


def dumps(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Scribe:
    """One journal of a new archive without encryption."""

    def __init__(self, folder, first_name="Me", last_name="Myself"):
        self.folder = folder
        self.archive = archive(folder)
        self.lines, self.size, self.seq = [], 0, 0
        self.segment, self.first, self.prev = 1, 1, "0" * 64
        self.blobs = {}
        run(folder, "init", "--no-encryption")
        self.record("source", {"type": "telegram", "server": "telegram", "account": ME})
        self.person(ME, first_name, last_name=last_name)

    def record(self, kind, body, chat=None, id=None, time=1_700_000_000):
        self.seq += 1
        line = {"seq": self.seq, "time": time * 1000, "run": RUN, "kind": kind}
        line |= {} if chat is None else {"chat": chat}
        line |= {} if id is None else {"id": id}
        line |= {"layer": 230, "body": body}
        text = dumps(line).encode() + b"\n"
        self.lines.append(text)
        self.size += len(text)
        if self.size > MOST:
            self.seal()

    def person(self, id, first_name, time=1_700_000_000, **more):
        self.record("peer", {"_": "user", "id": id, "first_name": first_name} | more, chat=id, time=time)
        return id

    def group(self, bare, title, **more):
        chat = -(1_000_000_000_000 + bare)
        self.record("peer", {"_": "channel", "id": bare, "megagroup": True, "title": title} | more, chat=chat)
        return chat

    def dialog(self, chat, **more):
        self.record("dialog", {"_": "dialog", "peer": peer(chat), "top_message": 1} | more, chat=chat)

    def message(self, chat, id, date, text="", sender=None, recorded=None, **more):
        body = {"_": "message", "id": id, "peer_id": peer(chat), "date": date, "message": text}
        body |= {} if sender is None else {"from_id": peer(sender)}
        self.record("message", body | more, chat=chat, id=id, time=recorded or 1_700_000_000)

    def service(self, chat, id, date, action, sender=None, **more):
        body = {"_": "messageService", "id": id, "peer_id": peer(chat), "date": date, "action": action}
        body |= {} if sender is None else {"from_id": peer(sender)}
        self.record("message", body | more, chat=chat, id=id)

    def deleted(self, chat, id, time):
        self.record("deleted", {}, chat=chat, id=id, time=time)

    def whole(self, chat, first, last, count):
        self.record("coverage", {"from": first, "to": last, "server_count": count}, chat=chat)

    def file(self, key, data, mime, name=None):
        """Bytes that are held."""
        hash = sha256(data)
        path = f"blobs/{hash[:2]}/{hash}"
        (self.archive / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.archive / path).write_bytes(data)
        self.blobs[path] = {"file": path, "size": len(data), "sha256": hash}
        body = {"file": key, "size": len(data), "sha256": hash, "blob": hash, "mime": mime}
        self.record("media", body | ({} if name is None else {"name": name}))

    def asset(self, key, name, mime):
        self.file(key, (ASSETS / name).read_bytes(), mime)

    def seal(self):
        head = {"format": 1, "journal": JOURNAL, "segment": self.segment, "first": self.first, "prev": self.prev}
        place = self.archive / "journals" / JOURNAL
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        stored = b"".join(map(frame, pieces([dumps(head).encode() + b"\n", *self.lines])))
        file = f"journals/{JOURNAL}/{self.segment:08}.jsonl.zst"
        (self.archive / file).write_bytes(stored)
        seal = head | {"last": self.seq, "file": file, "size": len(stored), "sha256": sha256(stored),
                       "blobs": list(self.blobs.values()), "schemas": []}
        text = statement(seal)
        (place / f"{self.segment:08}.seal.json").write_bytes(text)
        self.prev, self.segment, self.first = sha256(text), self.segment + 1, self.seq + 1
        self.lines, self.size, self.blobs = [], 0, {}

    def end(self):
        """The archive is done, and what the program itself says of it is good."""
        if self.lines:
            self.seal()
        run(self.folder, "verify")


def statement(fields):
    before = dumps(fields)[:-1].encode()
    return before + b',"checksum":"' + sha256(before).encode() + b'"}\n'


def pieces(lines):
    """Cut at line ends into pieces of at most a mebibyte."""
    piece, size = [], 0
    for line in lines:
        if piece and size + len(line) > PIECE:
            yield b"".join(piece)
            piece, size = [], 0
        piece.append(line)
        size += len(line)
    yield b"".join(piece)


def frame(piece):
    return zstandard.ZstdCompressor(level=3, write_checksum=True).compress(piece)


def peer(marked):
    if marked > 0:
        return {"_": "peerUser", "user_id": marked}
    if marked > -1_000_000_000_000:
        return {"_": "peerChat", "chat_id": -marked}
    return {"_": "peerChannel", "channel_id": -marked - 1_000_000_000_000}


def photo(id, width=1280, height=960, **more):
    """A photo with a small rendition, as messages carry it."""
    sizes = [{"_": "photoSize", "type": "m", "w": 320, "h": 240, "size": 9},
             {"_": "photoSize", "type": "y", "w": width, "h": height, "size": 9}]
    return {"_": "messageMediaPhoto", "photo": {"_": "photo", "id": id, "sizes": sizes}} | more


def document(id, mime, attributes, size=1000, **more):
    inner = {"_": "document", "id": id, "mime_type": mime, "size": size, "dc_id": 2, "date": 1, "attributes": attributes}
    return {"_": "messageMediaDocument", "document": inner} | more
