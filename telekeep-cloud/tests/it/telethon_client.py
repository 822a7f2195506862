"""Logs in to a local cloud with Telethon, an independent client, and uses it.

Usage: telethon_client.py READY_JSON SCENARIO

READY_JSON is the line `cloud --json` prints. Prints one JSON object of results; any exception is
a failure. Runs with Telethon 1.44 (layer 227) and 1.42 (layer 216).
"""

import asyncio
import contextlib
import json
import sys

from telethon import TelegramClient, errors, events, functions, types
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


async def proxied(ready):
    """Through an MTProto proxy, in each way it allows, and not with another secret."""
    host, port, padded = ready["proxy"]
    kinds = [connection.ConnectionTcpMTProxyRandomizedIntermediate]
    if not padded:
        kinds += [connection.ConnectionTcpMTProxyIntermediate,
                  connection.ConnectionTcpMTProxyAbridged]
    secret = bytes(range(16)).hex()
    names = []
    for kind in kinds:
        telegram = client(ready)
        # Nothing listens at the address itself: what arrives, arrives through the proxy.
        telegram.session.set_dc(2, "127.0.0.1", 1)
        telegram._connection = kind
        telegram._proxy = (host, port, ("dd" if padded else "") + secret)
        telegram._init_request.proxy = None
        await telegram.connect()
        account = ready["accounts"][0]
        sent = await telegram.send_code_request(account["phone"])
        await telegram.sign_in(
            account["phone"], account["code"], phone_code_hash=sent.phone_code_hash)
        assert (await telegram.get_me()).id
        await telegram.log_out()
        names.append(kind.__name__)
    stranger = client(ready)
    stranger._connection = kinds[0]
    stranger._proxy = (host, port, "dd" + "00" * 16)
    try:
        await stranger.connect()
        raise AssertionError("another secret was let in")
    except (ConnectionError, asyncio.TimeoutError):
        pass
    return {"connections": names}


async def password(ready):
    """Two-step verification, step by step and as `start` does it."""
    account = next(account for account in ready["accounts"] if account["password"])
    telegram = client(ready)
    await telegram.connect()
    sent = await telegram.send_code_request(account["phone"])
    try:
        await telegram.sign_in(
            account["phone"], account["code"], phone_code_hash=sent.phone_code_hash)
        raise AssertionError("the code alone logged in")
    except errors.SessionPasswordNeededError:
        pass
    assert await telegram.get_me() is None and not await telegram.is_user_authorized()
    asked = await telegram(functions.account.GetPasswordRequest())
    assert asked.has_password and asked.hint and len(asked.srp_B) == 256
    try:
        await telegram.sign_in(password="not " + account["password"])
        raise AssertionError("a wrong password logged in")
    except errors.PasswordHashInvalidError:
        pass
    assert not await telegram.is_user_authorized()
    me = await telegram.sign_in(password=account["password"])
    assert "+" + me.phone == account["phone"] and (await telegram.get_me()).id == me.id
    await telegram.log_out()

    asked = []
    telegram = client(ready)
    # It says to a person who signed in; standard output belongs to our result.
    with contextlib.redirect_stdout(sys.stderr):
        await telegram.start(
            phone=account["phone"], code_callback=lambda: account["code"],
            password=lambda: asked.append(1) or account["password"])
    assert (await telegram.get_me()).id == me.id and asked == [1]
    chats = [dialog.id async for dialog in telegram.iter_dialogs()]
    await telegram.log_out()
    return {"me": me.id, "chats": len(chats)}


async def qr(ready):
    """One login lets another program in that shows a token, with and without a password."""
    result = []
    for number in (0, next(n for n, account in enumerate(ready["accounts"]) if account["password"])):
        account = ready["accounts"][number]
        phone = await login(ready, account=number) if not account["password"] else client(ready)
        if account["password"]:
            await phone.connect()
            with contextlib.redirect_stdout(sys.stderr):
                await phone.start(
                    phone=account["phone"], code_callback=lambda: account["code"],
                    password=lambda: account["password"])
        computer = client(ready)
        await computer.connect()
        shown = await computer.qr_login()
        assert shown.url.startswith("tg://login?token=") and not await computer.is_user_authorized()
        old = shown.token
        await shown.recreate()
        try:
            await phone(functions.auth.AcceptLoginTokenRequest(old))
            raise AssertionError("a token that was replaced let somebody in")
        except errors.AuthTokenInvalidError:
            pass
        waiting = asyncio.ensure_future(shown.wait(timeout=20))
        await asyncio.sleep(0)
        device = await phone(functions.auth.AcceptLoginTokenRequest(shown.token))
        assert device.api_id == 1 and not device.current
        try:
            await waiting
            assert not account["password"], "a password was not asked for"
        except errors.SessionPasswordNeededError:
            await computer.sign_in(password=account["password"])
        me = await computer.get_me()
        assert me.id == (await phone.get_me()).id and "+" + me.phone == account["phone"]
        devices = await computer(functions.account.GetAuthorizationsRequest())
        assert len(devices.authorizations) == 2
        result.append(me.id)
        await computer.log_out()
        await phone.log_out()
    return {"accounts": result}


async def bot(ready):
    """A bot logs in by its token, sees itself, and may not list anything."""
    known = ready["bots"][0]
    telegram = client(ready)
    await telegram.connect()
    try:
        await telegram.sign_in(bot_token=known["token"][:-1] + "X")
        raise AssertionError("a wrong token logged in")
    except errors.AccessTokenInvalidError:
        pass
    me = await telegram.sign_in(bot_token=known["token"])
    assert me.bot and me.username == known["username"] and await telegram.is_bot()
    for request in (
            functions.messages.GetDialogsRequest(0, 0, types.InputPeerEmpty(), 10, 0),
            functions.account.GetAuthorizationsRequest()):
        try:
            await telegram(request)
            raise AssertionError("a bot listed what bots may not")
        except errors.BotMethodInvalidError:
            pass
    full = await telegram(functions.users.GetFullUserRequest("me"))
    assert full.full_user.bot_info.description
    await telegram.log_out()
    return {"me": me.id}


async def reading(ready):
    """All dialogs, all histories, all files."""
    telegram = await login(ready)
    result = {"chats": {}, "files": 0, "bytes": 0}
    async for dialog in telegram.iter_dialogs():
        ids = []
        async for message in telegram.iter_messages(dialog.entity):
            ids.append(message.id)
            media = message.file is not None and not message.web_preview
            if media and message.file.size and message.file.size < 2 << 20:
                content = await telegram.download_media(message, bytes)
                assert content is not None and len(content) == message.file.size, message.id
                result["files"] += 1
                result["bytes"] += len(content)
        assert ids == sorted(ids, reverse=True) and len(ids) == len(set(ids))
        result["chats"][str(dialog.id)] = len(ids)
    return result


async def writing(ready):
    """Two sessions of one account: what one does, the other learns by updates."""
    one, two = await login(ready), await login(ready, "abridged")
    seen = {"new": [], "edited": [], "deleted": []}
    two.add_event_handler(lambda e: seen["new"].append(e.message.id), events.NewMessage())
    two.add_event_handler(lambda e: seen["edited"].append(e.message.id), events.MessageEdited())
    two.add_event_handler(lambda e: seen["deleted"].extend(e.deleted_ids), events.MessageDeleted())
    await two.get_me()
    sent = await one.send_message("me", "**bold** and plain")
    assert sent.message == "bold and plain" and sent.entities
    edited = await one.edit_message("me", sent, "changed")
    assert edited.message == "changed"
    file = await one.send_file("me", b"0123456789" * 5000, attributes=[
        types.DocumentAttributeFilename("digits.txt")])
    assert await one.download_media(file, bytes) == b"0123456789" * 5000
    await one.delete_messages("me", [sent.id])
    left = [message.id async for message in one.iter_messages("me", limit=5)]
    assert sent.id not in left and file.id in left
    for _ in range(100):
        if seen["deleted"]:
            break
        await asyncio.sleep(0.05)
    assert sent.id in seen["new"] and file.id in seen["new"], seen
    assert sent.id in seen["edited"] and sent.id in seen["deleted"], seen
    return seen


async def takeout(ready):
    """An export: flags, files and histories inside, one session at a time, left channels."""
    telegram = await login(ready)
    async with telegram.takeout(
            finalize=True, contacts=True, users=True, chats=True, megagroups=True, channels=True,
            files=True, max_file_size=4000 << 20) as export:
        saved = await export(functions.contacts.GetSavedRequest())
        assert saved and all(entry.phone for entry in saved)
        ranges = await export(functions.messages.GetSplitRangesRequest())
        assert [(r.min_id, r.max_id) for r in ranges] == [(1, 2**31 - 1)]
        messages, files = 0, 0
        async for dialog in export.iter_dialogs():
            async for message in export.iter_messages(dialog.entity, wait_time=0):
                messages += 1
                media = message.file is not None and not message.web_preview
                if media and message.file.size and message.file.size < 100_000:
                    content = await telegram.download_media(message, bytes)
                    assert len(content) == message.file.size
                    files += 1
    # It is over now.
    try:
        await telegram(functions.InvokeWithTakeoutRequest(
            1, functions.contacts.GetSavedRequest()))
        raise AssertionError("an export nobody began was accepted")
    except errors.TakeoutInvalidError:
        pass
    try:
        await telegram(functions.contacts.GetSavedRequest())
        raise AssertionError("no export was needed")
    except errors.TakeoutRequiredError:
        pass
    return {"messages": messages, "files": files, "saved": len(saved)}


async def main():
    ready = json.loads(sys.argv[1])
    result = await globals()[sys.argv[2]](ready)
    print(json.dumps(result))


if __name__ == "__main__":
    asyncio.run(main())
