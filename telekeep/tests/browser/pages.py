"""Every page there is, by name, for an archive."""

import cards
import papers
import tale as story


def of_the_tale():
    chat = story.ADA
    return {
        "chats": "/", "folder": "/?folder=archived", "chats-found": "/?name=ches", "chat": f"/chat/{chat}",
        "chat-at": f"/chat/{chat}?at=41#m41", "group": f"/chat/{story.club()}",
        "topic": f"/chat/{story.forum()}/topic/{story.TIDES}",
        "topics": f"/chat/{story.forum()}/topics", "topic-calendar": f"/chat/{story.forum()}/calendar?topic={story.CRANES}",
        "topic-gallery": f"/gallery?chat={story.forum()}&topic={story.CRANES}", "small-pictures": f"/chat/{story.DORA}",
        "papers": f"/chat/{papers.CHAT}", "cards": f"/chat/{cards.CHAT}",
        "calendar": f"/chat/{chat}/calendar",
        "versions": f"/chat/{chat}/15/history", "people": f"/chat/{chat}/20/people",
        "hits-story": "/search?q=ferry", "hits-book": "/search?q=plumber", "search": "/search", "hits": "/search?q=boat",
        "hits-around": "/search?q=boat&around=1", "search-wrong": "/search?q=after:yesterdayish",
        "members": f"/chat/{story.club()}/members", "invite-links": f"/chat/{story.club()}/links",
        "admin-log": f"/chat/{story.club()}/log", "profile-club": f"/profile/{story.club()}",
        "profile": f"/profile/{chat}", "profile-names": f"/profile/{story.CARLA}",
        "statistics": "/statistics", "statistics-chat": f"/statistics?chat={story.club()}", "coverage": "/coverage",
        "account": "/account", "payments": "/payments", "folders": "/folders",
        "notifications": "/notifications", "shelf-gifs": "/shelf/saved_gifs", "shelf-gifs-rest": "/shelf/saved_gifs?after=60",
        "shelf-sounds": "/shelf/ringtones", "shelf-sets": "/shelf/sticker_sets/installed", "shelf-archived": "/shelf/sticker_set/33",
        "shelf-set": "/shelf/sticker_set/31", "shelf-emoji": "/shelf/custom_emoji", "shelf-wallpapers": "/shelf/wallpapers",
        "shelf-recent": "/shelf/recent_stickers/sent", "stories": "/stories", "stories-found": "/stories?q=ferry", "notes": "/notes", "notes-of-a-chat": f"/notes?chat={chat}", "hits-notes": "/search?q=harbour", "settings": "/settings", **gallery(chat),
    }


def gallery(chat=None):
    kinds = ("photos", "videos", "round", "voice", "music", "files", "links", "gifs")
    more = "" if chat is None else f"&chat={chat}"
    return {f"gallery-{kind}": f"/gallery?kind={kind}{more}" for kind in kinds}


def of_a_world(site):
    """The pages of a backup of the cloud: what each kind of chat looks like, and what sums over all."""
    chats = site.chats()
    kinds = {chat["kind"]: chat["id"] for chat in sorted(chats, key=lambda chat: chat["archived"])}
    pages = {f"chat-{kind}": f"/chat/{chat}" for kind, chat in kinds.items()}
    pages |= {f"chat-oldest-{kind}": f"/chat/{chat}?after=0" for kind, chat in kinds.items()}
    busiest = max(chats, key=lambda chat: chat["archived"])["id"]
    return {
        "chats": "/", "calendar": f"/chat/{busiest}/calendar", "hits": "/search?q=lighthouse",
        "hits-photo": "/search?q=has:photo", "profile": f"/profile/{busiest}", "statistics": "/statistics",
        "statistics-chat": f"/statistics?chat={busiest}", "coverage": "/coverage", "account": "/account", "stories": "/stories",
        "folders": "/folders", "notifications": "/notifications", "shelf-gifs": "/shelf/saved_gifs",
        "shelf-sets": "/shelf/sticker_sets/installed", "shelf-music": "/shelf/profile_music",
        "shelf-emoji": "/shelf/custom_emoji", "shelf-wallpapers": "/shelf/wallpapers", **gallery(), **pages,
    }


"""What is not there, each with its status."""
PROBLEMS = {"/nowhere": 404, "/chat/404": 404, "/chat/5?at=x": 400, "/file/photo/404/y": 404, "/profile/404": 404}
