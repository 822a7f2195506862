"""One message for each kind of media that is told in a few lines."""

from scribe import peer, photo

CHAT, CHANNEL, WINNERS = 13, 74, (5, 6, 8)
TODO, GIVEAWAY, RESULTS, INVOICE, GAME, PAID, STORY, GONE, CONTACT, LARGE, SMALL, BELOW = range(1, 13)


def words(text):
    return {"_": "textWithEntities", "text": text, "entities": []}


def write(scribe, at):
    scribe.person(CHAT, "Notice Board")
    channel = scribe.group(CHANNEL, "Harbour News")
    scribe.dialog(CHAT)
    scribe.asset("photo/320/m", "photo4_m.jpg", "image/jpeg")
    scribe.asset("photo/320/y", "photo4_y.jpg", "image/jpeg")
    tasks = [{"_": "todoItem", "id": n, "title": words(text)} for n, text in enumerate(("Ropes", "Lamps", "Sails"))]
    ticked = [{"_": "todoCompletion", "id": n, "completed_by": peer(5 + n), "date": at - 600 * n} for n in (0, 1)]
    messages = {
        TODO: {"_": "messageMediaToDo", "completions": ticked, "todo": {
            "_": "todoList", "others_can_complete": True, "title": words("Before the storm"), "list": tasks}},
        GIVEAWAY: {"_": "messageMediaGiveaway", "channels": [CHANNEL], "countries_iso2": ["DE", "PL"], "quantity": 3,
                   "months": 6, "until_date": at + 86_400, "only_new_subscribers": True, "winners_are_visible": True,
                   "prize_description": "A very good umbrella"},
        RESULTS: {"_": "messageMediaGiveawayResults", "channel_id": CHANNEL, "launch_msg_id": 7, "winners_count": 12,
                  "unclaimed_count": 2, "winners": list(WINNERS), "stars": 500, "until_date": at, "additional_peers_count": 1},
        INVOICE: {"_": "messageMediaInvoice", "title": "Concert ticket", "description": "Row four", "currency": "EUR",
                  "total_amount": 123_450, "test": True, "receipt_msg_id": 3, "start_param": ""},
        GAME: {"_": "messageMediaGame", "game": {"_": "game", "id": 1, "access_hash": 0, "short_name": "boats",
                                                 "title": "Paper Boats", "description": "Fold, launch, drift.",
                                                 "photo": photo(320)["photo"]}},
        PAID: {"_": "messageMediaPaidMedia", "stars_amount": 50, "extended_media": [
            {"_": "messageExtendedMediaPreview", "w": 9, "h": 9}, {"_": "messageExtendedMedia", "media": photo(320)}]},
        STORY: {"_": "messageMediaStory", "peer": peer(5), "id": 3, "story": {
            "_": "storyItem", "id": 3, "date": at - 9000, "expire_date": at, "caption": "The sea at noon",
            "media": photo(320)}},
        GONE: {"_": "messageMediaStory", "peer": peer(6), "id": 4, "story": {"_": "storyItemDeleted", "id": 4}},
        CONTACT: {"_": "messageMediaContact", "phone_number": "493012345", "first_name": "Erik", "last_name": "Strand",
                  "user_id": 0, "vcard": "BEGIN:VCARD\nFN:Erik\nTEL:+49 30 12345\nEMAIL:erik@example.org\n"
                                         "ADR:;;12 Harbour Lane;Kiel;;24103;\nEND:VCARD"},
    }
    for id, media in messages.items():
        scribe.message(CHAT, id, at + 60 * id, media=media)
    page = {"_": "webPage", "id": 9, "url": "https://example.org/tides", "display_url": "example.org/tides", "hash": 0,
            "site_name": "Example", "title": "Tide tables", "description": "When the water comes and goes.",
            "photo": photo(320)["photo"]}
    link = {"_": "messageMediaWebPage", "webpage": page}
    scribe.message(CHAT, LARGE, at + 900, "see above: https://example.org/tides", invert_media=True,
                   media=link | {"force_large_media": True})
    scribe.message(CHAT, SMALL, at + 960, "see below: https://example.org/tides", media=link | {"force_small_media": True})
    scribe.message(CHAT, BELOW, at + 1020, "what you see below", invert_media=True, media=photo(320))
    scribe.message(channel, 7, at - 86_400, "something to be won", media=messages[GIVEAWAY])
