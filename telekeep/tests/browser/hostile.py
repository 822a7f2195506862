"""An archive that attacks its reader: every text, name and file in it wants to be more than that.

What any of them would do if it ran is `canary=...` in the page, a dialog, or a request to another address; readers
notice all three (reader.py)."""

import base64
import gzip
import json
import struct
import zlib

import papers
from scribe import ASSETS, Scribe, document, photo
from tale import words

"""Runs wherever markup or script is taken from text."""
TEXTS = [
    "<script>window.canary='script'</script>",
    "<img src=x onerror=\"window.canary='img'\">",
    "\"><svg onload=window.canary='svg'>",
    "' onmouseover='window.canary=1' autofocus onfocus='window.canary=2' x='",
    "</title></textarea></style></noscript><script>window.canary='closed'</script>",
    "<iframe srcdoc=\"<script>parent.canary='frame'</script>\"></iframe>",
    "<a href=\"javascript:window.canary='link'\">press</a> javascript:window.canary='bare'",
    "<img srcset=\"https://foreign.example/1 1x\" src=https://foreign.example/2>",
    "<style>@import 'https://foreign.example/3'; * { background: url(https://foreign.example/4) }</style>",
    "<base href=https://foreign.example/><meta http-equiv=refresh content='0;url=https://foreign.example/5'>",
    "{{constructor.constructor('window.canary=1')()}} ${window.canary=2} <%= 7*7 %> {% include 'x' %} #{7*7}",
    "<form action=https://foreign.example/6><button id=main name=forms>x</button></form>",
    "<object data=https://foreign.example/7></object><embed src=https://foreign.example/8>",
    "<math><mi//xlink:href=\"data:x,<script>window.canary='math'</script>\">",
    "]]><!--<img src='--><img src=x onerror=window.canary=1>-->",
    "\u202egnp.exe\u2066\u2069\u200f\u061c",
    "nul\0l and \x1b[31mred\x07 \u2028\u2029",
    "&lt;script&gt;window.canary='twice'&lt;/script&gt; &#60;img src=x onerror=window.canary=1&#62;",
    "<video><source onerror=window.canary='video'></video><audio src onerror=window.canary=1>",
    "<template shadowrootmode=open><script>window.canary='shadow'</script></template>",
    "\" style=\"position:fixed;inset:0;background:url(https://foreign.example/9)\" data-x=\"",
    "x" * 3000 + "<script>window.canary='long'</script>",
]
LINKS = [
    "javascript:window.canary='url'", "JaVaScRiPt:window.canary=1", "\x01javascript:window.canary=1",
    "java\nscript:window.canary=1", "data:text/html,<script>parent.canary=1</script>", "vbscript:canary",
    "file:///etc/passwd", "blob:http://127.0.0.1/x", "//foreign.example/10", "intent://x#Intent;scheme=javascript;end",
    "https://user:secret@foreign.example/", "view-source:https://foreign.example", "https://foreign.example/\"onclick=\"x",
]
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.canary=1'><script>window.canary=2</script></svg>"
HTML = b"<!doctype html><script>document.title='ran'; window.canary=1; fetch('/coverage')</script>"
FIRST = 100


def chats():
    return [FIRST + n for n in range(len(TEXTS))]


def write(folder):
    scribe = Scribe(folder, first_name=TEXTS[0], last_name=TEXTS[1])
    for chat, text in zip(chats(), TEXTS):
        scribe.person(chat, text, last_name=text, username=text[:30], phone=text[:30])
        scribe.dialog(chat)
        talk(scribe, chat, text)
        about(scribe, chat, text)
    forum(scribe)
    files(scribe)
    previews(scribe)
    scribe.end()


def talk(scribe, chat, text):
    at, base = 1_699_000_000, chat * 100
    scribe.message(chat, base, at, text)
    scribe.message(chat, base, at, text[::-1], edit_date=at + 9, recorded=1_700_000_100)
    scribe.message(chat, base + 1, at, text, out=True, via_bot_id=FIRST, post_author=text,
                   reply_to={"_": "messageReplyHeader", "reply_to_msg_id": base, "quote": True, "quote_text": text},
                   fwd_from={"_": "messageFwdHeader", "date": 1, "from_name": text, "post_author": text})
    entities = [{"_": kind, "offset": 0, "length": 5000} for kind in
                ("messageEntityUrl", "messageEntityEmail", "messageEntityPhone", "messageEntityMention",
                 "messageEntityHashtag", "messageEntityBotCommand", "messageEntitySpoiler", "messageEntityBlockquote")]
    entities += [{"_": "messageEntityPre", "offset": 0, "length": 9, "language": text},
                 {"_": "messageEntityTextUrl", "offset": 0, "length": 3, "url": text},
                 {"_": "messageEntityCustomEmoji", "offset": 1, "length": 2, "document_id": 1},
                 {"_": "messageEntityBold", "offset": -5, "length": 2**31 - 1}]
    scribe.message(chat, base + 2, at, text, entities=entities)
    for n, media in enumerate(things(chat, text)):
        scribe.message(chat, base + 3 + n, at + n, text, media=media)
    scribe.message(chat, base + 30, at, text, reply_markup=buttons(text), reactions={
        "_": "messageReactions", "results": [
            {"_": "reactionCount", "count": 3, "reaction": {"_": "reactionEmoji", "emoticon": text}}]})
    scribe.message(chat, base + 31, at, **papers.attack(text, LINKS[chat % len(LINKS)]))
    for n, action in enumerate(actions(text)):
        scribe.service(chat, base + 40 + n, at, action)
    scribe.record("media_missing", {"what": "media", "file": f"photo/{chat}/y", "error": text, "attempts": 1,
                                    "final": True}, chat=chat, id=base + 3)
    scribe.record("failure", {"what": "chat", "error": text, "attempts": 1, "final": False}, chat=chat)


def about(scribe, chat, text):
    """What the chat says about itself, who is there, how to join, and what was done."""
    def part(name, **answer):
        scribe.record("about", {"part": name, "answers": [answer]}, chat=chat)

    commands = [{"command": text, "description": text}]
    part("full", full_user={"_": "userFull", "about": text, "note": {"text": text}, "location": {"address": text},
                            "bot_info": {"commands": commands}, "slowmode_seconds": -1, "ttl_period": 2**62})
    part("participants", participants=[{"_": "channelParticipantAdmin", "user_id": FIRST, "rank": text, "date": 2**62},
                                       {"_": text, "user_id": text}, text])
    part("invite_links", invites=[{"link": text, "title": text, "admin_id": 2**62, "usage": -7, "expire_date": -2**62}],
         link=text, importers=[{"user_id": FIRST, "date": 2**62, "approved_by": FIRST}, {"user_id": 2**62, "requested": text}, text])
    part("read", read_inbox_max_id=-2**62, read_outbox_max_id=2**62, unread_count=2**62, unread_mark=True)
    liked = {"peer_id": {"_": "peerUser", "user_id": FIRST}, "date": 2**62, "reaction": {"_": text, "emoticon": text}}
    scribe.record("reactions", {"count": -1, "reactions": [liked, {"peer_id": text}]}, chat=chat, id=chat * 100 + 30)
    scribe.record("about", {"part": text or "x", "unavailable": text}, chat=chat)
    said = {"_": "message", "id": 1, "date": 2**31 - 1, "message": text, "peer_id": {"_": "peerUser", "user_id": chat}}
    for n, action in enumerate(({"_": text}, {"_": "channelAdminLogEventActionDeleteMessage", "message": said},
                                {"_": "channelAdminLogEventActionChangeTitle", "prev_value": text, "new_value": text[::-1]},
                                {"_": "channelAdminLogEventActionExportedInviteEdit", "new_invite": {"link": text}})):
        body = {"_": "channelAdminLogEvent", "id": n, "date": -2**62, "user_id": -2**62, "action": action}
        scribe.record("admin_event", body, chat=chat, id=n)


def things(chat, text):
    yield photo(chat)
    yield {"_": "messageMediaContact", "phone_number": text, "first_name": text, "last_name": text, "vcard": text,
           "user_id": FIRST}
    yield {"_": "messageMediaWebPage", "webpage": {
        "_": "webPage", "id": 1, "url": text, "display_url": text, "hash": 0, "site_name": text, "title": text,
        "description": text, "author": text, "embed_url": text, "type": text}}
    yield {"_": "messageMediaPoll", "poll": {
        "_": "poll", "id": 1, "question": words(text), "answers": [
            {"_": "pollAnswer", "text": words(text), "option": "MA=="}], "quiz": True},
        "results": {"_": "pollResults", "total_voters": 1, "solution": text,
                    "solution_entities": [{"_": "messageEntitySpoiler", "offset": 0, "length": 5000}], "results": [
            {"_": "pollAnswerVoters", "option": "MA==", "voters": 1}]}}
    yield {"_": "messageMediaVenue", "geo": {"_": "geoPoint", "long": 1e308, "lat": -1e308, "access_hash": 0},
           "title": text, "address": text, "provider": text, "venue_id": text, "venue_type": text}
    yield {"_": "messageMediaGame", "game": {"_": "game", "id": 1, "access_hash": 0, "short_name": text, "title": text,
                                             "description": text, "photo": {"_": "photoEmpty", "id": 1}}}
    yield {"_": "messageMediaInvoice", "title": text, "description": text, "currency": text[:3],
           "total_amount": 2**62, "start_param": text}
    yield {"_": "messageMediaDice", "value": 1, "emoticon": text}
    yield document(chat * 10, text, [
        {"_": "documentAttributeFilename", "file_name": text},
        {"_": "documentAttributeAudio", "duration": 2**31 - 1, "title": text, "performer": text, "waveform": text}])
    yield document(chat * 10 + 1, "application/x-tgsticker", [
        {"_": "documentAttributeSticker", "alt": text, "stickerset": {"_": "inputStickerSetEmpty"}},
        {"_": "documentAttributeImageSize", "w": 2**31 - 1, "h": -5}])


def buttons(text):
    made = [{"_": "keyboardButtonUrl", "text": text, "url": url} for url in [text, *LINKS]]
    return {"_": "replyInlineMarkup", "rows": [{"_": "keyboardButtonRow", "buttons": made}]}


def actions(text):
    yield {"_": "messageActionChatEditTitle", "title": text}
    yield {"_": "messageActionCustomAction", "message": text}
    yield {"_": "messageActionBotAllowed", "domain": text}
    yield {"_": "messageActionSetChatTheme", "emoticon": text}
    yield {"_": "messageActionTopicCreate", "title": text, "icon_color": 1}
    yield {"_": "messageActionGiftPremium", "days": 90, "currency": text[:3], "amount": 2**62, "message": words(text)}
    yield {"_": "messageActionStarGiftUnique", "gift": {
        "_": "starGiftUnique", "title": text, "num": 2**31 - 1, "slug": text, "attributes": [
            {"_": "starGiftAttributeModel", "name": text}]}}
    yield {"_": "messageActionOfTheFuture" + text, "title": text}


def forum(scribe):
    chat = scribe.group(71, TEXTS[1], forum=True)
    for n, text in enumerate(TEXTS):
        action = {"_": "messageActionTopicCreate", "title": text, "icon_color": 1}
        scribe.service(chat, 10 + n, 1_699_000_000 + n, action, sender=FIRST + n)


def links():
    """Linked words, one message for each address."""
    return [(5000 + n, url) for n, url in enumerate(LINKS)]


def files(scribe):
    """One chat of files that want to be pages, and of pictures and stickers that want to be programs."""
    chat = scribe.person(50, "Files")
    at = 1_699_100_000
    for id, url in links():
        scribe.message(chat, id, at, "press me", entities=[
            {"_": "messageEntityTextUrl", "offset": 0, "length": 8, "url": url}])
    for n, (mime, data) in enumerate(bodies()):
        scribe.file(f"document/{9000 + n}", data, mime, name=f"../../{TEXTS[n % len(TEXTS)]}.html")
        name = {"_": "documentAttributeFilename", "file_name": f"../../{TEXTS[n % len(TEXTS)]}.html"}
        scribe.message(chat, 6000 + n, at + 60 + n, media=document(9000 + n, mime, [name]))
    for n, animation in enumerate(animations()):
        scribe.file(f"document/{9500 + n}", animation, "application/x-tgsticker")
        sticker = {"_": "documentAttributeSticker", "alt": "😺", "stickerset": {"_": "inputStickerSetEmpty"}}
        size = {"_": "documentAttributeImageSize", "w": 512, "h": 512}
        scribe.message(chat, 7000 + n, at + 120 + n, media=document(9500 + n, "application/x-tgsticker", [size, sticker]))
    scribe.file("photo/77/m", SVG, "image/jpeg")
    scribe.file("photo/77/y", b"GIF89a/*" + HTML, "image/jpeg")
    scribe.message(chat, 8000, at + 200, "a picture", media=photo(77))
    scribe.file("photo/78/y", bomb(), "image/png")
    scribe.message(chat, 8001, at + 201, "a picture of a gigabyte", media=photo(78))


def bomb(side=30_000):
    """A small PNG that unpacks to a picture of 900 million pixels."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side // 8 + 1) * 1000) for _ in range(side // 1000)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PREVIEWS = 52


def previews(scribe):
    """Pictures that are not held, with tiny ones inside the message that want to be something else; each also as the
    photo of a person who wrote, of a sticker and of a film."""
    chat, at = scribe.group(PREVIEWS, "Small pictures"), 1_699_200_000
    for n, (bytes, width, height) in enumerate(stripped()):
        inside = [{"_": "photoStrippedSize", "type": "i", "bytes": bytes},
                  {"_": "photoPathSize", "type": "j", "bytes": bytes},
                  {"_": "photoSize", "type": "y", "w": width, "h": height, "size": height}]
        who = scribe.person(600 + n, f"Face {n}", photo={
            "_": "userProfilePhoto", "photo_id": 700 + n, "dc_id": 2, "stripped_thumb": bytes})
        scribe.dialog(who)
        scribe.message(who, 90_000 + n, at + n, "hello")
        picture = {"_": "photo", "id": 800 + n, "sizes": inside}
        scribe.message(chat, 10 * n + 1, at + n, sender=who, media={"_": "messageMediaPhoto", "photo": picture})
        sticker = {"_": "documentAttributeSticker", "alt": "😺", "stickerset": {"_": "inputStickerSetEmpty"}}
        film = {"_": "documentAttributeVideo", "duration": 1.0, "w": width, "h": height}
        for place, (mime, what) in enumerate([("image/webp", sticker), ("video/mp4", film)]):
            thing = document(9700 + 10 * n + place, mime, [what])
            thing["document"]["thumbs"] = inside
            scribe.message(chat, 10 * n + 2 + place, at + n, sender=who, media=thing)


def stripped():
    """Bytes in base64, and the width and height that the picture claims."""
    good = (ASSETS / "photo0.stripped").read_bytes()
    for data, *claimed in [
        (good, 2**31 - 1, 2**31 - 1), (good, -1, 5), (good, 1, 2**63 - 1), (good[:3], 320, 240), (good[:1], 0, 0),
        (bytes([1, 255, 255]) + good[3:], 320, 240), (bytes([1, 0, 0]) + good[3:], 320, 240),
        (b"\1\50\50" + SVG, 320, 240), (b"\1\50\50" + HTML, 320, 240), (SVG, 320, 240), (HTML, 320, 240),
        # A frame of its own behind the headers: 65,500 pixels square.
        (b"\1\50\50\xff\xd8\xff\xc0\0\x11\x08\xff\xdc\xff\xdc\3\1\x22\0\2\x11\1\3\x11\1" + good[3:], 320, 240),
        (b"\1\50\50" + bytes(range(256)) * 4, 320, 240), (good + b"x" * 100_000, 320, 240), (b"", 320, 240),
    ]:
        yield base64.b64encode(data).decode(), *claimed
    # What is no base64 at all.
    for text in ("\"><script>window.canary=1</script>", "../../etc/passwd", "AQ//../../settings", "javascript:canary", "=="):
        yield text, 320, 240


def bodies():
    """What a sender says a file is, and what it is."""
    jpeg = (ASSETS / "photo0_m.jpg").read_bytes()
    return [("image/svg+xml", SVG), ("text/html", HTML), ("image/png", HTML), ("image/jpeg", SVG),
            ("text/javascript", b"window.canary='js'"), ("application/xhtml+xml", HTML), ("text/xml", SVG),
            ("application/pdf", b"%PDF-1.7 /JS (app.alert(1))"), ("image/jpeg", jpeg + HTML),
            ("image/gif", b"GIF89a=1/*" + HTML + b"*/;window.canary=1"), ("video/mp4", b"\0\0\0\x18ftypmp42" + HTML),
            ("text/css", b"* { display: none }"), ("multipart/x-mixed-replace;boundary=x", HTML), ("", HTML)]


def animations():
    """Stickers with expressions, pictures from elsewhere, texts, endless nesting, and sizes out of this world."""
    run = "window.canary='expression'; var $bm_rt = 100;"
    position = {"a": 0, "k": [0, 0], "x": run}
    frame = {"o": {"a": 0, "k": 100, "x": run}, "r": {"a": 0, "k": 0, "x": run}, "p": position, "a": position, "s": position}
    shape = {"ty": "gr", "nm": TEXTS[1], "it": [
        {"ty": "rc", "p": position, "s": {"a": 0, "k": [200, 200]}, "r": {"a": 0, "k": 0}, "nm": TEXTS[2]},
        {"ty": "fl", "c": {"a": 0, "k": [1, 0, 0], "x": run}, "o": {"a": 0, "k": 100}}, {"ty": "tr", **frame}]}
    layer = {"ty": 4, "nm": TEXTS[1], "cl": TEXTS[3], "ln": TEXTS[3], "ks": frame, "shapes": [shape], "ip": 0, "op": 60,
             "st": 0, "bm": 0, "sr": 1, "ef": [{"ty": 5, "nm": run, "ef": []}], "ind": 1}
    film = {"v": "5.5.2", "fr": 30, "ip": 0, "op": 60, "w": 512, "h": 512, "nm": TEXTS[0], "layers": [layer], "assets": []}
    picture = {"id": "i", "w": 9, "h": 9, "u": "https://foreign.example/", "p": "11.png", "e": 0}
    script = picture | {"u": "", "p": "data:image/svg+xml,<svg onload=window.canary=1>", "e": 1}
    yield pack(film)
    yield pack(film | {"assets": [picture, script], "layers": [
        layer, {"ty": 2, "refId": "i", "ks": frame, "ip": 0, "op": 60, "st": 0, "sr": 1},
        {"ty": 5, "t": {"d": {"k": [{"s": {"t": TEXTS[0], "f": "x"}, "t": 0}]}}, "ks": frame, "ip": 0, "op": 60},
        {"ty": 6, "refId": "i", "ip": 0, "op": 60}]})
    yield pack(film | {"assets": [{"id": "self", "layers": [layer | {"ty": 0, "refId": "self"}]}],
                       "layers": [layer | {"ty": 0, "refId": "self", "w": 9, "h": 9}]})
    yield pack(film | {"w": 1e9, "h": 1e9, "fr": 1e9, "op": 1e12})
    yield pack(film | {"__proto__": {"canary": 1}, "constructor": {"prototype": {"canary": 1}}})
    yield gzip.compress(b"0" * (64 << 20))
    yield b"\x1f\x8b not gzip at all"
    yield SVG


def pack(film):
    return gzip.compress(json.dumps(film).encode())
