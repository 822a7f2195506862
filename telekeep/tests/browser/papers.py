"""A rich message with one of each kind of block, and what a stranger would make of them."""

from scribe import document, photo

CHAT, PAPER, RTL = 14, 10, 11
PICTURE, FILM, SOUND, FILE = 300, 310, 311, 312


def plain(words):
    return {"_": "textPlain", "text": words}


def concat(*texts):
    return {"_": "textConcat", "texts": [plain(text) if isinstance(text, str) else text for text in texts]}


def inline(kind, words, **more):
    return {"_": f"text{kind}", "text": plain(words)} | more


def block(kind, words=None, **more):
    return {"_": f"pageBlock{kind}"} | ({} if words is None else {"text": plain(words)}) | more


def caption(words="", credit=""):
    return {"_": "pageCaption", "text": plain(words), "credit": plain(credit)}


def item(words, **more):
    return {"_": "pageListItemText", "text": plain(words)} | more


def numbered(words, **more):
    return {"_": "pageListOrderedItemText", "text": plain(words)} | more


def cell(words, **more):
    return {"_": "pageTableCell", "text": plain(words)} | more


def row(*cells):
    return {"_": "pageTableRow", "cells": list(cells)}


def table():
    head = row(cell("Day", header=True), cell("High water", header=True, align_right=True),
               cell("Wind and weather as the harbour master wrote them down", header=True),
               *[cell(f"Quay {n}", header=True, align_right=True) for n in range(1, 6)])
    days = [row(cell(day, header=True), cell(at, align_right=True), cell(wind),
                *[cell(f"{n * 17 % 9}.{n} m", align_right=True) for n in range(1, 6)])
            for day, at, wind in (("Mon", "04:12", "north-west, rain before noon"), ("Tue", "05:03", "calm"))]
    span = row(cell("and so on", colspan=2, align_center=True), cell("…", colspan=6))
    return block("Table", bordered=True, striped=True, title=plain("Tides of the week"), rows=[head, *days, span])


def paper():
    words = concat("Plain, ", inline("Bold", "bold"), ", ", inline("Italic", "slanted"), ", ", inline("Marked", "marked"),
                   ", H", inline("Subscript", "2"), "O, E = mc", inline("Superscript", "2"), ", ",
                   inline("Spoiler", "hidden"), ", ", {"_": "textMath", "source": "a^2+b^2"}, ", ",
                   inline("Url", "a link", url="https://example.org/tides", webpage_id=0), " and ",
                   inline("Url", "the end", url="#the end", webpage_id=0), ", ",
                   {"_": "textDiff", "text": plain("new"), "old_text": plain("old")}, " ",
                   {"_": "textImage", "document_id": 260, "w": 20, "h": 20}, ".")
    tasks = [item("ropes", checkbox=True, checked=True), item("lamps", checkbox=True)]
    inner = {"_": "pageListItemBlocks", "blocks": [block("Paragraph", "with more in it"), block("List", items=[item("inner")])]}
    return [
        block("Title", "How the harbour works"),
        {"_": "pageBlockAuthorDate", "author": plain("Ada Lovelace"), "published_date": 1_699_000_000},
        {"_": "pageBlockParagraph", "text": words},
        block("Heading3", "Lists"),
        block("List", items=[item("cranes"), item("quays"), inner]),
        block("OrderedList", start=3, type="i", items=[numbered("third"), numbered("fourth"), numbered("x", num="7b")]),
        block("List", items=tasks),
        block("Heading4", "Words of others"),
        {"_": "pageBlockBlockquote", "text": plain("The sea gives."), "caption": plain("A sailor")},
        {"_": "pageBlockBlockquoteBlocks", "blocks": [block("Paragraph", "One."), block("Paragraph", "Two.")],
         "caption": plain("")},
        {"_": "pageBlockPullquote", "text": plain("Large and in the middle"), "caption": plain("")},
        block("Preformatted", "fn main() {\n    println!(\"ahoy\");\n}", language="rust"),
        {"_": "pageBlockMath", "source": "\\int_0^1 x^2 dx"},
        table(),
        block("Details", title=plain("What is folded"), blocks=[block("Heading2", "Inside"), block("Paragraph", "kept from view")]),
        block("Thinking", "first the ropes, then the lamps"),
        block("Divider"),
        {"_": "pageBlockCover", "cover": {"_": "pageBlockPhoto", "photo_id": PICTURE, "caption": caption("The quay", "by Boris")}},
        {"_": "pageBlockVideo", "video_id": FILM, "caption": caption("A film")},
        {"_": "pageBlockAudio", "audio_id": SOUND, "caption": caption()},
        {"_": "pageBlockDocument", "document_id": FILE, "caption": caption()},
        {"_": "pageBlockCollage", "items": [{"_": "pageBlockPhoto", "photo_id": PICTURE, "caption": caption()},
                                            {"_": "pageBlockPhoto", "photo_id": 999, "caption": caption()}],
         "caption": caption("Two of them")},
        {"_": "pageBlockMap", "geo": {"_": "geoPoint", "lat": 54.3, "long": 10.1, "access_hash": 0}, "zoom": 9, "w": 9, "h": 9,
         "caption": caption("Here")},
        {"_": "pageBlockEmbed", "url": "https://example.org/player", "caption": caption("A player")},
        {"_": "pageBlockRelatedArticles", "title": plain("Read on"), "articles": [
            {"_": "pageRelatedArticle", "url": "https://example.org/ebb", "webpage_id": 0, "title": "Ebb", "description": "It goes."}]},
        {"_": "pageBlockChannel", "channel": {"_": "channel", "id": 70, "title": "Chess Club"}},
        {"_": "pageBlockButtonRow", "buttons": [{"_": "pageButton", "text": plain("Timetable"), "type": {
            "_": "inlineButtonTypeUrl", "url": "https://example.org/times"}}]},
        {"_": "pageBlockOfTheFuture", "words": plain("said by a later version")},
        {"_": "pageBlockAnchor", "name": "the end"},
        block("Footer", "Small print at the end"),
    ]


def arabic():
    return [block("Heading1", "الميناء"), block("List", items=[item("الرافعات"), item("الأرصفة", checkbox=True, checked=True)]),
            block("OrderedList", items=[numbered("أولا"), numbered("ثانيا")]),
            block("Table", bordered=True, title=plain("المد"), rows=[
                row(cell("اليوم", header=True), cell("الوقت", header=True)), row(cell("الاثنين"), cell("04:12"))]),
            {"_": "pageBlockBlockquote", "text": plain("البحر يعطي"), "caption": plain("بحار")}]


def rich(blocks, photos=(), documents=(), **more):
    return {"rich_message": {"_": "richMessage", "blocks": blocks, "photos": list(photos), "documents": list(documents)} | more}


def write(scribe, at):
    scribe.person(CHAT, "Papers")
    scribe.asset(f"photo/{PICTURE}/m", "photo3_m.jpg", "image/jpeg")
    scribe.asset(f"photo/{PICTURE}/y", "photo3_y.jpg", "image/jpeg")
    scribe.asset(f"document/{FILM}", "video.mp4", "video/mp4")
    scribe.asset(f"document/{SOUND}", "music.mp3", "audio/mpeg")
    film = {"_": "documentAttributeVideo", "duration": 2.0, "w": 320, "h": 240}
    song = {"_": "documentAttributeAudio", "duration": 3, "title": "Foghorn", "performer": "The Quay"}
    name = {"_": "documentAttributeFilename", "file_name": "plan.pdf"}
    documents = [document(FILM, "video/mp4", [film]), document(SOUND, "audio/mpeg", [song]),
                 document(FILE, "application/pdf", [name])]
    scribe.message(CHAT, PAPER, at, **rich(paper(), [photo(PICTURE)["photo"]], [one["document"] for one in documents]))
    scribe.message(CHAT, RTL, at + 60, **rich(arabic(), rtl=True, part=True))
    scribe.dialog(CHAT)


def attack(text, url):
    """Every place of a block that a text can be put in."""
    deep = block("Details", text, title=plain(text), blocks=[])
    for _ in range(40):
        deep = block("Details", title=plain(text), blocks=[deep])
    return rich([
        block("Title", text), block("Preformatted", text, language=text), {"_": "pageBlockMath", "source": text},
        {"_": "pageBlockParagraph", "text": concat(
            inline("Url", text, url=url, webpage_id=0), inline("Anchor", text, name=text), inline("Email", text, email=text),
            inline("Url", text, url="#" + text, webpage_id=0), {"_": "textCustomEmoji", "document_id": 1, "alt": text})},
        {"_": "pageBlockAnchor", "name": text},
        block("OrderedList", type=text, items=[numbered(text, num=text, value=2**31 - 1, type=text)]),
        block("Table", title=plain(text), rows=[row(cell(text, colspan=2**31 - 1, rowspan=2**31 - 1, header=True))]),
        {"_": "pageBlockEmbed", "url": url, "html": text, "caption": caption(text, text)},
        {"_": "pageBlockEmbedPost", "url": url, "author": text, "date": 2**31 - 1, "blocks": [], "caption": caption(text)},
        {"_": "pageBlockRelatedArticles", "title": plain(text), "articles": [
            {"_": "pageRelatedArticle", "url": url, "title": text, "description": text, "author": text}]},
        {"_": "pageBlockChannel", "channel": {"_": "channel", "id": 70, "title": text}},
        {"_": "pageBlockButtonRow", "buttons": [{"_": "pageButton", "text": plain(text), "type": {"_": "x", "url": url}}]},
        {"_": "pageBlock" + text, "text": plain(text)}, deep])
