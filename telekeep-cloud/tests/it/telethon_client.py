"""Logs in to a local cloud with Telethon, an independent client, and uses it.

Usage: telethon_client.py READY_JSON SCENARIO

READY_JSON is the line `cloud --json` prints. Prints one JSON object of results; any exception is
a failure. Runs with Telethon 1.44 (layer 227) and 1.42 (layer 216).
"""

import asyncio
import json
import sys

from telethon import TelegramClient, functions
from telethon.crypto import rsa
from telethon.network import connection
from telethon.sessions import MemorySession

CONNECTIONS = {
    "full": connection.ConnectionTcpFull,
    "intermediate": connection.ConnectionTcpIntermediate,
    "abridged": connection.ConnectionTcpAbridged,
    "obfuscated": connection.ConnectionTcpObfuscated,
}


def client(ready, kind="full"):
    with open(ready["public_key"], encoding="ascii") as key:
        rsa.add_key(key.read(), old=False)
    host, port = ready["address"].rsplit(":", 1)
    session = MemorySession()
    session.set_dc(2, host, int(port))
    return TelegramClient(
        session, 1, "hash", connection=CONNECTIONS[kind],
        connection_retries=3, retry_delay=0.1, timeout=10,
    )


async def login(ready, kind="full", account=0):
    account = ready["accounts"][account]
    telegram = client(ready, kind)
    await telegram.connect()
    sent = await telegram.send_code_request(account["phone"])
    await telegram.sign_in(account["phone"], account["code"], phone_code_hash=sent.phone_code_hash)
    return telegram


async def connections(ready):
    """Every transport Telethon has: handshake, encrypted calls, login, logout."""
    names = []
    for kind in CONNECTIONS:
        telegram = await login(ready, kind)
        me = await telegram.get_me()
        config = await telegram(functions.help.GetConfigRequest())
        assert config.this_dc == 2 and len(config.dc_options) >= 2
        assert (await telegram.get_me()).id == me.id
        await telegram.log_out()
        names.append(kind)
    return {"connections": names}


async def main():
    ready = json.loads(sys.argv[1])
    result = await globals()[sys.argv[2]](ready)
    print(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main())
