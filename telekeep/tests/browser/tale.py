"""A small archive where every message is known: what the tests of single features look at."""

import io
import wave

import cards
import papers
from program import run
from scribe import ASSETS, ME, Scribe, document, peer, photo

ADA, BORIS, CARLA, DORA, EMIL = 5, 6, 8, 9, 12
DAY = 86_400
"""2023-11-03 08:26:40 UTC"""
MORNING = 1_699_000_000


def club():
    """The marked id of the group."""
    return -(1_000_000_000_000 + 70)


def forum():
    """The marked id of the group with topics."""
    return -(1_000_000_000_000 + 72)


"""Topics of the forum, and how many messages the long one has: more than two pages."""
CRANES, TIDES, GENERAL = 2, 3, 1
LONG = 150


def text_url(text, part, url):
    return {"_": "messageEntityTextUrl", "offset": text.index(part), "length": len(part), "url": url}


def entity(kind, text, part, **more):
    return {"_": f"messageEntity{kind}", "offset": text.index(part), "length": len(part)} | more


def reply(id, **more):
    return {"reply_to": {"_": "messageReplyHeader", "reply_to_msg_id": id} | more}


def write(folder):
    scribe = Scribe(folder)
    scribe.person(ADA, "Ada", last_name="Lovelace", username="ada", phone="15550100")
    scribe.person(BORIS, "Boris")
    scribe.person(CARLA, "Carla", time=1_600_000_000)
    scribe.person(CARLA, "Carla of the Hills", time=1_700_000_000)
    scribe.person(DORA, "Dora")
    scribe.person(EMIL, "Emil", last_name="Ebb", time=1_600_000_000)
    scribe.person(EMIL, "", deleted=True)
    scribe.group(70, "Chess Club")
    scribe.group(72, "Harbour Works", forum=True)
    talk(scribe)
    media(scribe)
    group(scribe)
    topics(scribe)
    small_pictures(scribe)
    scribe.message(EMIL, 5, MORNING - 3 * DAY, "I shall delete my account")
    papers.write(scribe, MORNING - 40 * DAY)
    cards.write(scribe, MORNING - 50 * DAY)
    scribe.dialog(ADA, pinned=True)
    scribe.dialog(club())
    scribe.dialog(forum())
    scribe.dialog(DORA)
    scribe.dialog(EMIL)
    scribe.whole(ADA, 1, 100, 50)
    scribe.record("folders", folders())
    account(scribe)
    shelves(scribe)
    stories(scribe)
    about(scribe)
    scribe.end()
    notes(folder)


def notes(folder):
    """What was kept by hand, by the program itself: about a chat, and about one that no server ever showed."""
    def file(name):
        return "--file", str(ASSETS / name)
    run(folder, "note", str(ADA), "--text", "The quay bell rang twice.\nהפעמון", "--by", "Carla, who was there",
        "--date", "2023-11-02T21:15:00Z", *file("photo0_y.jpg"), *file("page.pdf"), *file("music.mp3"))
    run(folder, "note", "Ada <secret>", "--new", "--text", "Nine at the crane", "--date", "2023-10-30T08:00:00Z")


def account(scribe):
    """What belongs to the account itself."""
    def part(name, **answer):
        scribe.record("account", {"part": name, "answers": [answer]})

    def draft(text):
        return {"_": "draftMessage", "message": text, "date": MORNING}

    def device(title, **more):
        return {"_": "authorization", "device_model": title, "platform": "Linux", "system_version": "6",
                "app_name": "Telekeep", "app_version": "1", "date_created": MORNING, "ip": "192.0.2.7",
                "country": "Portugal", "region": "Lisbon"} | more
    birthday = {"_": "birthday", "day": 29, "month": 2, "year": 1988}
    part("profile", full_user={"_": "userFull", "id": ME, "about": "Collects umbrellas. אוסף מטריות", "birthday": birthday})
    part("contacts", contacts=[{"_": "contact", "user_id": one, "mutual": True} for one in (DORA, ADA)])
    part("frequent_contacts", categories=[{
        "_": "topPeerCategoryPeers", "category": {"_": "topPeerCategoryCorrespondents"}, "count": 1,
        "peers": [{"_": "topPeer", "peer": peer(ADA), "rating": 2.5}]}])
    part("blocked", blocked=[{"_": "peerBlocked", "peer_id": peer(CARLA), "date": MORNING}])
    part("sessions", authorizations=[device("Desk", current=True), device("A telephone with a rather long name")])
    part("web_sessions", authorizations=[{
        "_": "webAuthorization", "bot_id": BORIS, "domain": "quiz.example.org", "browser": "Firefox",
        "platform": "Linux", "date_created": MORNING, "ip": "192.0.2.7", "region": "Porto"}])
    part("privacy/phone_number", rules=[
        {"_": "privacyValueDisallowUsers", "users": [BORIS]}, {"_": "privacyValueAllowContacts"},
        {"_": "privacyValueDisallowAll"}])
    part("notifications/broadcasts", _="peerNotifySettings", mute_until=2_147_483_647)
    part("account_ttl", _="accountDaysTTL", days=365)
    part("drafts", updates=[{"_": "updateDraftMessage", "peer": peer(ADA), "draft": draft("About the umbrella: I think")}])
    part("scheduled", messages=[{
        "_": "message", "id": 1, "peer_id": peer(DORA), "date": MORNING, "message": "At nine", "media": photo(100),
        "entities": [{"_": "messageEntityBold", "offset": 3, "length": 4}]}])
    scribe.record("account", {"part": "profile_music", "unavailable": "PREMIUM_ACCOUNT_REQUIRED"})
    scribe.record("saved_contact", {
        "_": "savedPhoneContact", "phone": "15550111", "first_name": "Plumber", "last_name": "", "date": MORNING})


def shelves(scribe):
    """What the account keeps at hand, and which chats make notifications in their own way."""
    def part(name, **answer):
        scribe.record("account", {"part": name, "answers": [answer]})

    def kept(id, mime, *attributes, **more):
        return document(id, mime, list(attributes), **more)["document"]

    def sticker(id, emoji, mime="image/webp"):
        return kept(id, mime, {"_": "documentAttributeSticker", "alt": emoji}, {"_": "documentAttributeImageSize", "w": 512, "h": 512})

    def sound(id, title):
        return kept(id, "audio/mpeg", {"_": "documentAttributeAudio", "duration": 3, "title": title, "performer": "The Quay"}, size=48_000)

    def a_set(id, title, **more):
        return {"_": "stickerSet", "id": id, "title": title, "short_name": f"set_{id}", "count": 3, "hash": 1} | more
    film = {"_": "documentAttributeVideo", "duration": 2.0, "w": 320, "h": 240}
    gifs = [kept(222 if n == 0 else 2000 + n, "video/mp4", film, {"_": "documentAttributeAnimated"}) for n in range(70)]
    part("saved_gifs", gifs=gifs)
    part("ringtones", ringtones=[sound(210, "Foghorn"), sound(2101, "A bell that is not held")])
    stickers = [sticker(260, "😺"), sticker(261, "🎈", "application/x-tgsticker"), sticker(262, "🎉", "video/webm"), sticker(2200, "🦊")]
    part("favourite_stickers", stickers=stickers[:2])
    part("recent_stickers/sent", stickers=stickers[:3], dates=[MORNING, MORNING - 60, MORNING - 120])
    part("sticker_sets/installed", sets=[a_set(31, "Harbour <Cats>", count=4, installed_date=MORNING), a_set(32, "קבוצה רחוקה")])
    part("sticker_sets/archived", sets=[{"_": "stickerSetCovered", "set": a_set(33, "Old ones"), "cover": sticker(2201, "🐚")}])
    part("sticker_set/31", set=a_set(31, "Harbour <Cats>", count=4), documents=stickers,
         packs=[{"_": "stickerPack", "emoticon": "🐈", "documents": [260, 262]}],
         keywords=[{"_": "stickerKeyword", "document_id": 260, "keyword": ["purring", "content"]}])
    for one in stickers:
        part(f"custom_emoji/{one['id']}", **one)
    scribe.asset("document/2300", "photo1_y.jpg", "image/jpeg")
    part("wallpapers", wallpapers=[
        {"_": "wallPaper", "id": 1, "document": kept(2300, "image/jpeg", {"_": "documentAttributeImageSize", "w": 1280, "h": 960})},
        {"_": "wallPaperNoFile", "id": 2, "settings": {"background_color": 0x3366aa, "second_background_color": 0xeeddaa}}])

    def own(place, **rule):
        return {"_": "updateNotifySettings", "peer": place, "notify_settings": {"_": "peerNotifySettings"} | rule}
    bell = {"_": "notificationSoundRingtone", "id": 210}
    part("notifications/exceptions", updates=[
        own({"_": "notifyPeer", "peer": peer(ADA)}, mute_until=2_147_483_647),
        own({"_": "notifyPeer", "peer": peer(BORIS)}, show_previews=False, other_sound=bell),
        own({"_": "notifyForumTopic", "peer": peer(forum()), "top_msg_id": TIDES}, silent=True)])
    part("notifications/reactions", messages_notify_from={"_": "reactionNotificationsFromContacts"},
         sound={"_": "notificationSoundDefault"}, show_previews=True)
    scribe.record("account", {"part": "notifications/contact_joined", "answers": [True]})


def stories(scribe):
    """What the account told: one pinned, one changed, one that is no more."""
    def tell(id, caption, picture, **more):
        scribe.record("story", {
            "_": "storyItem", "id": id, "date": MORNING + id * 3600, "expire_date": MORNING + 90_000, "caption": caption,
            "media": photo(picture)} | more, chat=ME, id=id)
    tell(1, "First light over the harbour", 101, pinned=True, privacy=[{"_": "privacyValueAllowContacts"}],
         media_areas=[{"_": "mediaAreaVenue", "title": "Harbour café"}])
    tell(2, "The ferry", 102)
    tell(2, "The ferry, an hour late", 102, edited=True)
    tell(3, "Gone by now", 103)
    scribe.record("story", {"_": "storyItemDeleted", "id": 3}, chat=ME, id=3)


def about(scribe):
    """What chats are beyond their messages."""
    def part(chat, name, **more):
        scribe.record("about", {"part": name} | more, chat=chat)

    def member(id, kind="channelParticipant", **more):
        return {"_": kind, "user_id": id, "date": MORNING} | more

    def event(id, kind, **more):
        action = {"_": f"channelAdminLogEventAction{kind}"} | more
        body = {"_": "channelAdminLogEvent", "id": id, "date": MORNING + id, "user_id": ADA, "action": action}
        scribe.record("admin_event", body, chat=club(), id=id)

    def said(text):
        return {"_": "message", "id": 900, "peer_id": peer(club()), "from_id": peer(BORIS), "date": MORNING, "message": text}
    full = {"_": "channelFull", "id": 1, "about": "Every Tuesday at the pier. כל יום שלישי", "slowmode_seconds": 30,
            "participants_count": 40}
    part(club(), "full", answers=[{"full_chat": full}])
    people = [member(BORIS), member(DORA), member(ADA, "channelParticipantAdmin", promoted_by=ME, rank="Keeper of the boards"),
              member(ME, "channelParticipantCreator")]
    part(club(), "participants", answers=[{"participants": people}], shown=4, count=40, partial="NOT_ALL_SHOWN")
    out = {"_": "channelParticipantBanned", "peer": peer(CARLA), "kicked_by": ADA, "date": MORNING,
           "banned_rights": {"view_messages": True}}
    part(club(), "kicked", answers=[{"participants": [out]}])
    part(club(), "banned", unavailable="CHAT_ADMIN_REQUIRED")
    part(club(), "invite_links", answers=[{"invites": [
        {"_": "chatInviteExported", "link": "https://t.me/+summer", "title": "Summer fair", "admin_id": ADA,
         "date": MORNING, "usage": 3, "usage_limit": 50},
        {"_": "chatInviteExported", "link": "https://t.me/+old", "admin_id": ME, "date": MORNING, "revoked": True}]},
        {"link": "https://t.me/+summer", "importers": [
            {"_": "chatInviteImporter", "user_id": BORIS, "date": MORNING + 60, "approved_by": ADA},
            {"_": "chatInviteImporter", "user_id": CARLA, "date": MORNING + 90, "requested": True}]}])
    part(ADA, "read", answers=[{"read_inbox_max_id": 20, "read_outbox_max_id": 20, "unread_count": 0, "unread_mark": True}])
    part(DORA, "read", answers=[{"read_inbox_max_id": 1, "read_outbox_max_id": 1, "unread_count": 1204, "unread_mark": False}])
    liked = [{"_": "messagePeerReaction", "peer_id": peer(one), "date": MORNING, "reaction": {"_": "reactionEmoji", "emoticon": "🎉"}}
             for one in (ADA, CARLA)]
    scribe.record("reactions", {"_": "messages.messageReactionsList", "count": 3, "reactions": liked}, chat=ADA, id=20)
    event(1, "ChangeTitle", prev_value="Draughts", new_value="Chess")
    event(2, "DeleteMessage", message=said("Selling stolen umbrellas"))
    event(3, "EditMessage", prev_message=said("The fair is on Sunday"), new_message=said("The fair is on Monday"))
    event(4, "ParticipantToggleBan", prev_participant=member(CARLA), new_participant=out)
    part(ADA, "full", answers=[{"full_user": {"_": "userFull", "id": ADA, "about": "Plays the tuba"}}])
    part(ME, "saved_dialogs", answers=[{"dialogs": [{"_": "savedDialog", "peer": peer(ADA), "top_message": 1}]}])


def folders():
    """One by kinds of chats, one by names, with a name that reads from right to left."""
    def folder(id, title, pinned=(), included=(), **more):
        user = lambda id: {"_": "inputPeerUser", "user_id": id, "access_hash": 1}
        return {"_": "dialogFilter", "id": id, "title": {"_": "textWithEntities", "text": title, "entities": []},
                "pinned_peers": [user(one) for one in pinned], "include_peers": [user(one) for one in included],
                "exclude_peers": []} | more
    return {"_": "messages.dialogFilters", "filters": [
        {"_": "dialogFilterDefault"}, folder(2, "Rooms & boards", groups=True, bots=True, exclude_muted=True, emoticon="🏠"),
        folder(3, "أصدقاء", pinned=[DORA], included=[ADA]),
        folder(4, "Shared", included=[BORIS, CARLA]) | {"_": "dialogFilterChatlist", "has_my_invites": True}]}


def talk(scribe):
    """Grouping, answers, edits, deletions, formatted text."""
    at = MORNING
    scribe.message(ADA, 10, at, "good morning, have you seen the lighthouse?")
    scribe.message(ADA, 11, at + 60, "it is lit again")
    scribe.message(ADA, 12, at + 120, "not yet", out=True)
    scribe.message(ADA, 13, at + 120 + 16 * 60, "sixteen minutes later", out=True)
    scribe.message(ADA, 14, at + DAY, "answering you", **reply(10))
    scribe.message(ADA, 15, at + DAY + 60, "the boat leaves at nine")
    scribe.message(ADA, 15, at + DAY + 60, "the boat leaves at ten", edit_date=at + DAY + 90, recorded=1_700_000_100)
    scribe.message(ADA, 15, at + DAY + 60, "the big boat leaves at ten", edit_date=at + DAY + 95,
                   recorded=1_700_000_200)
    scribe.message(ADA, 16, at + DAY + 120, "I should not have said this")
    scribe.deleted(ADA, 16, 1_700_000_300)
    text = "bold words, a secret place, a link and let x = 1; then quoted"
    scribe.message(ADA, 17, at + DAY + 180, text, entities=[
        entity("Bold", text, "bold words"), entity("Spoiler", text, "secret place"),
        text_url(text, "a link", "https://example.org/somewhere"),
        entity("Pre", text, "let x = 1;", language="rust"), entity("Blockquote", text, "quoted")])
    long = "\n".join(f"line {n} of a long quotation" for n in range(12))
    scribe.message(ADA, 18, at + DAY + 240, long, entities=[entity("Blockquote", long, long, collapsed=True)])
    scribe.message(ADA, 19, at + DAY + 300, "passing this on", fwd_from={
        "_": "messageFwdHeader", "date": at - DAY, "from_id": peer(BORIS)})
    scribe.message(ADA, 20, at + DAY + 360, "👍 👍 indeed", reactions={"_": "messageReactions", "results": [
        {"_": "reactionCount", "count": 3, "reaction": {"_": "reactionEmoji", "emoticon": "🎉"}}]})
    scribe.message(ADA, 21, at + DAY + 420, "press here", reply_markup={"_": "replyInlineMarkup", "rows": [
        {"_": "keyboardButtonRow", "buttons": [
            {"_": "keyboardButtonUrl", "text": "Timetable", "url": "https://example.org/times"},
            {"_": "keyboardButtonCallback", "text": "Again", "data": ""}]}]})
    answers = [{"_": "pollAnswer", "text": words(text), "option": option} for text, option in
               [("Tea", "MA=="), ("Coffee", "MQ==")]]
    scribe.message(ADA, 22, at + DAY + 480, media={"_": "messageMediaPoll", "poll": {
        "_": "poll", "id": 1, "question": words("What shall we drink?"), "answers": answers, "public_voters": True},
        "results": {"_": "pollResults", "total_voters": 4, "results": [
            {"_": "pollAnswerVoters", "option": "MA==", "voters": 3, "chosen": True},
            {"_": "pollAnswerVoters", "option": "MQ==", "voters": 1}]}})
    page = {"_": "webPage", "id": 9, "url": "https://example.org/tides", "display_url": "example.org/tides", "hash": 0,
            "site_name": "Example", "title": "Tide tables", "description": "When the water comes and goes."}
    scribe.message(ADA, 23, at + DAY + 540, "https://example.org/tides",
                   media={"_": "messageMediaWebPage", "webpage": page})
    scribe.message(ADA, 24, at + DAY + 600, "الفجر جميل اليوم")
    hidden = "the ending: it was https://example.org/gardener all along"
    scribe.message(ADA, 25, at + DAY + 660, hidden, entities=[
        entity("Spoiler", hidden, "it was https://example.org/gardener all along"),
        entity("Url", hidden, "https://example.org/gardener")])


def words(text):
    return {"_": "textWithEntities", "text": text, "entities": []}


def media(scribe):
    """Photos, an album, sounds, films, stickers, files."""
    at = MORNING + 2 * DAY
    for n in range(5):
        scribe.asset(f"photo/{100 + n}/m", f"photo{n}_m.jpg", "image/jpeg")
        scribe.asset(f"photo/{100 + n}/y", f"photo{n}_y.jpg", "image/jpeg")
    scribe.message(ADA, 40, at, "the harbour", media=photo(100))
    for n in range(3):
        scribe.message(ADA, 41 + n, at + 60, "three pictures" if n == 0 else "", grouped_id=7, media=photo(101 + n))
    scribe.message(ADA, 44, at + 120, media=photo(104, spoiler=True))
    for n in range(3):
        scribe.asset(f"document/{200 + n}", "voice.ogg", "audio/ogg")
        voice = {"_": "documentAttributeAudio", "voice": True, "duration": 3, "waveform": "gEAgEAiEQiEQ" * 5}
        scribe.message(ADA, 45 + n, at + 180 + n, media=document(200 + n, "audio/ogg", [voice], voice=True))
    scribe.asset("document/210", "music.mp3", "audio/mpeg")
    song = {"_": "documentAttributeAudio", "duration": 3, "title": "Foghorn", "performer": "The Quay"}
    scribe.message(ADA, 48, at + 240, media=document(210, "audio/mpeg", [song]))
    scribe.file("document/211", a_minute_of_silence(), "audio/wav")
    scribe.message(ADA, 56, at + 840, media=document(211, "audio/wav", [song | {"duration": 60, "title": "Low Tide"}]))
    scribe.asset("document/220", "video.mp4", "video/mp4")
    film = {"_": "documentAttributeVideo", "duration": 2.0, "w": 320, "h": 240}
    scribe.message(ADA, 49, at + 300, media=document(220, "video/mp4", [film], video=True))
    scribe.asset("document/221", "round.mp4", "video/mp4")
    scribe.message(ADA, 50, at + 360, media=document(221, "video/mp4", [film | {"round_message": True}], round=True))
    scribe.asset("document/222", "animation.mp4", "video/mp4")
    scribe.message(ADA, 51, at + 420, media=document(222, "video/mp4", [film, {"_": "documentAttributeAnimated"}]))
    stickers(scribe, at + 480)
    scribe.file("document/240", b"%PDF-1.4 the timetable", "application/pdf")
    name = {"_": "documentAttributeFilename", "file_name": "timetable.pdf"}
    scribe.message(ADA, 60, at + 900, "as asked", media=document(240, "application/pdf", [name], size=22))
    scribe.message(ADA, 61, at + 960, media=document(241, "application/zip", [name | {"file_name": "lost.zip"}]))
    scribe.message(ADA, 62, at + 1020, "a picture that is not held", media=photo(199))
    scribe.message(ADA, 63, at + 1080, media={"_": "messageMediaGeo", "geo": {
        "_": "geoPoint", "long": 10.0, "lat": 54.3, "access_hash": 0}})
    scribe.message(ADA, 64, at + 1140, media={"_": "messageMediaDice", "value": 4, "emoticon": "🎲"})
    scribe.message(ADA, 65, at + 1200, "the last word of all")


def a_minute_of_silence():
    said = io.BytesIO()
    with wave.open(said, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", None))
        sound.writeframes(b"\x80" * 8000 * 60)
    return said.getvalue()


def stickers(scribe, at):
    for n, (file, mime) in enumerate([("sticker.tgs", "application/x-tgsticker"), ("sticker.webm", "video/webm"),
                                      ("cat0.webp", "image/webp")]):
        scribe.asset(f"document/{230 + n}", file, mime)
        sticker = {"_": "documentAttributeSticker", "alt": "😺", "stickerset": {"_": "inputStickerSetEmpty"}}
        size = {"_": "documentAttributeImageSize", "w": 512, "h": 512}
        scribe.message(ADA, 52 + n, at + 60 * n, media=document(230 + n, mime, [size, sticker]))


def group(scribe):
    """Several people, a service message, somebody who had another name."""
    at, chat = MORNING, club()
    scribe.service(chat, 1, at - DAY, {"_": "messageActionChannelCreate", "title": "Chess Club"}, sender=BORIS)
    scribe.message(chat, 2, at, "welcome everybody", sender=BORIS)
    scribe.message(chat, 3, at + 30, "to the club", sender=BORIS)
    scribe.message(chat, 4, at + 60, "glad to be here", sender=CARLA, recorded=1_650_000_000)
    scribe.message(chat, 5, at + 90, "and so am I", sender=ADA)
    scribe.message(chat, 6, at + 120, "mine", sender=ME, out=True)
    scribe.service(chat, 7, at + 150, {"_": "messageActionPinMessage"}, sender=BORIS, **reply(2))
    scribe.message(chat, 8, at + 180, "after the pin", sender=BORIS, **reply(2))
    scribe.message(chat, 9, at + 200, "pinned words", sender=BORIS, pinned=True)
    scribe.message(chat, 10, at + 220, "I am off", sender=EMIL)
    scribe.asset("photo/130/c", "photo1_m.jpg", "image/jpeg")
    scribe.service(chat, 11, at + 240, {"_": "messageActionChatEditPhoto", "photo": photo(130)["photo"]}, sender=BORIS)


def within(topic, answers=None):
    """The header of a message of a topic."""
    header = {"_": "messageReplyHeader", "forum_topic": True, "reply_to_msg_id": answers or topic}
    return {"reply_to": header | ({} if answers is None else {"reply_to_top_id": topic})}


def topics(scribe):
    """Two topics that talk at the same time, one of them renamed, and what is said outside of them."""
    at, chat = MORNING - 30 * DAY, forum()
    for topic, title in ((CRANES, "Cranes"), (TIDES, "Ebb")):
        scribe.service(chat, topic, at - DAY + topic, {"_": "messageActionTopicCreate", "title": title, "icon_color": 7322096},
                       sender=BORIS)
    for n in range(LONG):
        scribe.message(chat, 10 + 2 * n, at + 600 * n, f"crane number {n}", sender=(BORIS, CARLA)[n % 2], **within(CRANES))
        if n < 5:
            scribe.message(chat, 11 + 2 * n, at + 600 * n + 60, f"tide number {n}", sender=ADA, **within(TIDES))
    scribe.asset("photo/120/m", "photo2_m.jpg", "image/jpeg")
    scribe.asset("photo/120/y", "photo2_y.jpg", "image/jpeg")
    end = at + 600 * LONG
    scribe.message(chat, 400, end, "the tallest one", sender=CARLA, media=photo(120), **within(CRANES, answers=10))
    renamed = {"_": "messageActionTopicEdit", "title": "Tides"}
    scribe.service(chat, 401, end + 60, renamed, sender=ADA, **within(TIDES))
    scribe.message(chat, 402, end + 120, "for everybody", sender=ADA, pinned=True)


def small_pictures(scribe):
    """Custom emoji, held in each of their kinds and not held; a photo that moves."""
    at = MORNING - DAY
    for n, (file, mime) in enumerate([("cat0.webp", "image/webp"), ("sticker.tgs", "application/x-tgsticker"),
                                      ("sticker.webm", "video/webm")]):
        scribe.asset(f"document/{260 + n}", file, mime)
    text = "still 😺 drawn 🎈 filmed 🎉 missing 🦊"
    scribe.message(DORA, 10, at, text, entities=[
        custom_emoji(text, emoji, 260 + n) for n, emoji in enumerate(("😺", "🎈", "🎉", "🦊"))])
    scribe.message(DORA, 11, at + 60, "liked", reactions={"_": "messageReactions", "results": [
        {"_": "reactionCount", "count": 2, "reaction": {"_": "reactionCustomEmoji", "document_id": id}} for id in (260, 263)]})
    for id in (110, 111):
        scribe.asset(f"photo/{id}/m", "photo1_m.jpg", "image/jpeg")
        scribe.asset(f"photo/{id}/y", "photo1_y.jpg", "image/jpeg")
    scribe.asset("document/250", "video.mp4", "video/mp4")
    film = {"_": "documentAttributeVideo", "duration": 2.0, "w": 320, "h": 240}
    for n, id in enumerate((110, 111)):
        moving = document(250 + n, "video/mp4", [film])["document"]
        scribe.message(DORA, 12 + n, at + 120 + n, media=photo(id, live_photo=True, video=moving))


def custom_emoji(text, emoji, id):
    """Places count in UTF-16."""
    before, length = (len(part.encode("utf-16-le")) // 2 for part in (text[:text.index(emoji)], emoji))
    return {"_": "messageEntityCustomEmoji", "offset": before, "length": length, "document_id": id}
