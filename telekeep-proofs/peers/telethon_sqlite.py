"""What a careful person would write with Telethon: every message of every chat as JSON into SQLite, a transaction a page.

No encryption, no journal, no search index, no media. Prints one JSON line with counts and the CPU seconds it used.
Usage: telethon_sqlite.py HOST PORT PUBLIC_KEY.pem PHONE CODE OUT.db
"""
import asyncio
import base64
import datetime
import json
import resource
import sqlite3
import sys

from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import MemorySession
from telethon.tl.functions.messages import GetHistoryRequest


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def main(host, port, pem, phone, code, out):
    with open(pem) as key:
        rsa.add_key(key.read(), old=False)
    session = MemorySession()
    session.set_dc(2, host, int(port))
    client = TelegramClient(session, 1, "local")
    await client.connect()
    await client.sign_in(phone, (await client.send_code_request(phone)) and code)
    db = sqlite3.connect(out)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE message (chat INTEGER, id INTEGER, json TEXT, PRIMARY KEY (chat, id)) WITHOUT ROWID")
    started = cpu_seconds()
    chats = messages = 0
    async for dialog in client.iter_dialogs():
        chats += 1
        last = 0
        while True:
            page = await client(GetHistoryRequest(
                peer=dialog.input_entity, offset_id=last + 1, offset_date=None, add_offset=-100,
                limit=100, max_id=0, min_id=0, hash=0))
            if not page.messages:
                break
            with db:
                db.executemany("INSERT OR REPLACE INTO message VALUES (?, ?, ?)", [
                    (dialog.id, m.id, json.dumps(m.to_dict(), default=plain)) for m in page.messages])
            messages += len(page.messages)
            newest = max(m.id for m in page.messages)
            if newest <= last or not hasattr(page, "count"):
                break
            last = newest
    print(json.dumps({"chats": chats, "messages": messages, "cpu": cpu_seconds() - started}))
    await client.disconnect()


if len(sys.argv) != 7:
    sys.exit(__doc__)
asyncio.run(main(*sys.argv[1:]))
