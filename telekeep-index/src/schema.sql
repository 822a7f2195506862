-- The index: everything here is derived from journals and may be deleted at any time.
-- A change of this file is a new format: raise FORMAT in open.rs, and indexes are built anew.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY
) WITHOUT ROWID;

-- Journals and how far they were applied.
CREATE TABLE journal (
    no      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL UNIQUE,
    next    INTEGER NOT NULL DEFAULT 0,   -- first sequence number not yet applied
    account INTEGER,
    server  TEXT,
    by_name INTEGER NOT NULL DEFAULT 0    -- chats were only asked for by name: there may be others
);

-- Chats of a journal, with counters so that no question about a chat counts rows.
CREATE TABLE chat (
    no           INTEGER PRIMARY KEY,
    journal      INTEGER NOT NULL,
    chat         INTEGER NOT NULL,        -- marked id
    server_count INTEGER,                 -- as last told by the server
    inexact      INTEGER NOT NULL DEFAULT 0,
    counted      INTEGER,                 -- told while the chat was listed; NULL once it is to its end
    lost         INTEGER NOT NULL DEFAULT 0, -- counted, and deleted before they could be had
    not_visible  TEXT,                    -- why the account cannot see the chat now
    selection    TEXT,                    -- what of it is selected (telekeep_model::Selected as
                                          -- JSON); NULL: all of it
    guarded      INTEGER NOT NULL DEFAULT 0, -- one of both in a private chat forbids saving
    top          INTEGER,                 -- newest id in the chat list
    folder       INTEGER NOT NULL DEFAULT 0,
    muted        INTEGER NOT NULL DEFAULT 0,  -- when its dialog was seen
    pinned       INTEGER NOT NULL DEFAULT 0,
    pin_run      TEXT,                    -- run and record that first saw it pinned: pinned chats of
    pin_seq      INTEGER,                 -- one run are in its order, later runs come before
    newest_id    INTEGER,                 -- greatest message id held, and its date
    newest_date  INTEGER,
    archived     INTEGER NOT NULL DEFAULT 0,
    explained    INTEGER NOT NULL DEFAULT 0,
    deleted      INTEGER NOT NULL DEFAULT 0,  -- of the messages held: gone at the server
    media_wanted INTEGER NOT NULL DEFAULT 0,
    media_held   INTEGER NOT NULL DEFAULT 0,
    media_ruled  INTEGER NOT NULL DEFAULT 0,  -- left out for good, and not held
    UNIQUE (journal, chat)
);

-- What chats are beyond their messages, part by part.
CREATE TABLE chat_part (
    c           INTEGER NOT NULL,
    part        TEXT NOT NULL,
    time        INTEGER NOT NULL,         -- of the record of `body`, unix milliseconds
    count       INTEGER,                  -- entries of its list
    unavailable TEXT,                     -- why the account cannot have it any more
    body        TEXT,                     -- as it was had last; NULL: never
    PRIMARY KEY (c, part)
) WITHOUT ROWID;

-- Events of admin logs.
CREATE TABLE admin_event (
    c    INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (c, id)
) WITHOUT ROWID;

-- Folders that accounts made, in their order. `rule` is telekeep_model::Folder as JSON.
CREATE TABLE folder (
    journal INTEGER NOT NULL,
    id      INTEGER NOT NULL,
    place   INTEGER NOT NULL,
    rule    TEXT NOT NULL,
    PRIMARY KEY (journal, id)
) WITHOUT ROWID;

-- Parts of the accounts themselves, as their newest records say.
CREATE TABLE account_part (
    journal     INTEGER NOT NULL,
    part        TEXT NOT NULL,
    time        INTEGER NOT NULL,         -- of the record, unix milliseconds
    count       INTEGER,                  -- entries of its lists
    unavailable TEXT,                     -- why the account cannot have it
    body        TEXT NOT NULL,            -- of the record
    PRIMARY KEY (journal, part)
);

-- What parts of the accounts and of their chats say in words, for search.
CREATE TABLE own_text (
    no      INTEGER PRIMARY KEY,
    journal INTEGER NOT NULL,
    part    TEXT NOT NULL,
    chat    INTEGER,                      -- whose part it is (marked id); NULL: the account's
    peer    INTEGER,                      -- whom it is about (marked id)
    date    INTEGER NOT NULL,             -- unix seconds, 0: not told
    text    TEXT NOT NULL
);
CREATE INDEX own_text_part ON own_text (journal, part, chat);

-- Stories as they were told last.
CREATE TABLE story (
    no       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    chat     INTEGER NOT NULL,            -- whose it is (marked id)
    id       INTEGER NOT NULL,
    date     INTEGER NOT NULL,            -- unix seconds
    seq      INTEGER NOT NULL,
    time     INTEGER NOT NULL,            -- of the record, unix milliseconds
    gone     INTEGER,                     -- when it was seen to be no more, unix milliseconds
    body     TEXT NOT NULL,               -- of the record
    UNIQUE (journal, chat, id)
);
CREATE INDEX story_date ON story (date, no);

-- Earlier versions of stories.
CREATE TABLE story_version (
    no   INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    time INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (no, seq)
) WITHOUT ROWID;

-- People behind the counts of messages, as they were told last.
CREATE TABLE crowd (
    journal INTEGER NOT NULL,
    chat    INTEGER NOT NULL,             -- marked id
    id      INTEGER NOT NULL,
    deed    TEXT NOT NULL,                -- kind of the record: reactions, votes
    unavailable TEXT,                     -- why the account may not know, or may not any more
    body    TEXT,                         -- of the record that told them last; NULL: never
    PRIMARY KEY (chat, id, deed, journal)
) WITHOUT ROWID;

-- Notes: what somebody kept by hand (the table `note` is of ids that are explained).
CREATE TABLE capture (
    no      INTEGER PRIMARY KEY,
    journal INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    chat    INTEGER,                      -- marked id; NULL: a chat that only its title names
    title   TEXT NOT NULL,
    date    INTEGER NOT NULL,             -- when it is from, else when it was archived; unix seconds
    time    INTEGER NOT NULL,             -- of the record, unix milliseconds
    body    TEXT NOT NULL,                -- of the record
    UNIQUE (journal, seq)
);
CREATE INDEX capture_date ON capture (date, no);
CREATE INDEX capture_chat ON capture (chat, title, date, no);

-- Telephone books that Telegram keeps.
CREATE TABLE saved_contact (
    no      INTEGER PRIMARY KEY,
    journal INTEGER NOT NULL,
    phone   TEXT NOT NULL,
    first   TEXT NOT NULL,
    last    TEXT NOT NULL,
    date    INTEGER NOT NULL,
    UNIQUE (journal, phone)
);

-- The latest version of each message. Clustered by chat and id, because that is how people read.
CREATE TABLE message (
    c        INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    rid      INTEGER NOT NULL,            -- row of `words`; ascends with the date
    date     INTEGER NOT NULL,
    sender   INTEGER,
    seq      INTEGER NOT NULL,
    versions INTEGER NOT NULL,
    deleted  INTEGER,                     -- when it was seen to be gone, unix milliseconds
    text     TEXT NOT NULL,
    detail   TEXT,                        -- the rest of telekeep_model::Message as JSON, if any
    PRIMARY KEY (c, id)
) WITHOUT ROWID;

-- Which message a row of `words` is. A table, not an index of `message`: while building, its rows are
-- gathered and stored in order, so that a page of it is not written again for every chat.
CREATE TABLE slot (
    rid  INTEGER PRIMARY KEY,
    date INTEGER NOT NULL,
    c    INTEGER NOT NULL,
    id   INTEGER NOT NULL
);

-- Earlier versions of messages, so that edits show without opening segments. A text or detail that
-- is NULL is that of the next version: most versions change only one of the two.
CREATE TABLE version (
    c        INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    date     INTEGER NOT NULL,            -- of the edit, else of the message; unix seconds
    text     TEXT,
    detail   TEXT,                        -- '' when it had none
    PRIMARY KEY (c, id, seq)
) WITHOUT ROWID;

-- Messages that answer a message of the same chat.
CREATE TABLE reply (
    c      INTEGER NOT NULL,
    target INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    PRIMARY KEY (c, target, id)
) WITHOUT ROWID;

-- Forum topics. What a later message says replaces what an earlier one said: `_at` is its id.
CREATE TABLE topic (
    c         INTEGER NOT NULL,
    id        INTEGER NOT NULL,
    count     INTEGER NOT NULL DEFAULT 0,
    newest    INTEGER NOT NULL DEFAULT 0, -- greatest id of a message in it
    title     TEXT,
    title_at  INTEGER NOT NULL DEFAULT 0,
    icon      INTEGER,
    icon_at   INTEGER NOT NULL DEFAULT 0,
    color     INTEGER,
    closed    INTEGER NOT NULL DEFAULT 0,
    closed_at INTEGER NOT NULL DEFAULT 0,
    hidden    INTEGER NOT NULL DEFAULT 0,
    hidden_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (c, id)
) WITHOUT ROWID;

-- Messages per quarter of an hour of UTC, a week in a row (unix seconds / 604800; see weeks.rs); c = 0:
-- of all chats.
CREATE TABLE activity (
    c      INTEGER NOT NULL,
    week   INTEGER NOT NULL,
    counts BLOB NOT NULL,
    PRIMARY KEY (c, week)
) WITHOUT ROWID;

-- Messages per sender; c = 0: of all chats.
CREATE TABLE said (
    c      INTEGER NOT NULL,
    sender INTEGER NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (c, sender)
) WITHOUT ROWID;

-- Messages and announced bytes per kind of media.
CREATE TABLE kind (
    c     INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    count INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (c, kind)
) WITHOUT ROWID;

-- Ids that are known not to be a readable message, and why. Negative ids: raw objects without id.
CREATE TABLE note (
    c      INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (c, id)
) WITHOUT ROWID;

-- Id intervals listed without a hole, merged.
CREATE TABLE coverage (
    c     INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (c, first)
) WITHOUT ROWID;

CREATE TABLE peer (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    title       TEXT NOT NULL,
    username    TEXT,
    phone       TEXT,
    min         INTEGER NOT NULL,
    gone        INTEGER NOT NULL,
    contact     INTEGER NOT NULL,
    protected   INTEGER NOT NULL,
    forum       INTEGER NOT NULL,
    direct      INTEGER,                  -- of a channel its direct messages, of these their channel
    migrated_to INTEGER,
    photo       INTEGER,                  -- id of the profile photo
    thumb       TEXT,                     -- its tiny preview (stripped JPEG), base64
    journal     INTEGER NOT NULL,         -- which account saw it so last,
    time        INTEGER NOT NULL          -- and when: unix milliseconds
);

CREATE INDEX peer_phone ON peer (phone) WHERE phone IS NOT NULL;

-- What peers were called, and since when: as observed, or as a message of the chat tells.
CREATE TABLE past_name (
    peer     INTEGER NOT NULL,
    time     INTEGER NOT NULL,            -- unix seconds
    title    TEXT NOT NULL,
    username TEXT,
    photo    INTEGER,
    told     INTEGER NOT NULL,            -- 1: only the title is known, from a service message
    PRIMARY KEY (peer, time)
) WITHOUT ROWID;

-- Files that messages of a chat need.
CREATE TABLE wanted (
    file  TEXT NOT NULL,
    c     INTEGER NOT NULL,
    id    INTEGER NOT NULL,
    kind  TEXT NOT NULL,
    ruled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (file, c)
) WITHOUT ROWID;

-- Why files are left out for good.
CREATE TABLE rule (
    file  TEXT PRIMARY KEY,
    error TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE media (
    file   TEXT PRIMARY KEY,
    blob   TEXT NOT NULL,
    size   INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    mime   TEXT,
    name   TEXT
) WITHOUT ROWID;

-- What failed and did not succeed since.
CREATE TABLE failure (
    journal  INTEGER NOT NULL,
    what     TEXT NOT NULL,
    key      TEXT NOT NULL,               -- file key, or marked chat id
    chat     INTEGER,
    id       INTEGER,
    error    TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    last     INTEGER NOT NULL,
    time     INTEGER NOT NULL,
    PRIMARY KEY (journal, what, key)
) WITHOUT ROWID;

CREATE TABLE run (
    journal INTEGER NOT NULL,
    run     TEXT NOT NULL,
    command TEXT NOT NULL,
    started INTEGER,
    ended   INTEGER,
    result  TEXT,
    whole   INTEGER NOT NULL DEFAULT 0,   -- it came to its end, and asked for everything
    rules   TEXT,                         -- what was to be kept: JSON of its start
    PRIMARY KEY (journal, run)
) WITHOUT ROWID;

-- Constructors and bodies this version cannot interpret, counted.
CREATE TABLE odd (
    name  TEXT PRIMARY KEY,
    count INTEGER NOT NULL
) WITHOUT ROWID;

-- Names of peers, now and earlier; rows are marked ids.
CREATE VIRTUAL TABLE names USING fts5 (
    name, content = '', contentless_delete = 1, tokenize = 'tg2'
);

-- Names in telephone books; rows are those of `saved_contact`.
CREATE VIRTUAL TABLE book USING fts5 (
    name, content = '', contentless_delete = 1, tokenize = 'tg2'
);

-- What stories say and said; rows are those of `story`.
CREATE VIRTUAL TABLE story_words USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'tg2'
);

-- Rows are those of `own_text`.
CREATE VIRTUAL TABLE own_words USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'tg2'
);

-- What notes say, are about and are called; rows are those of `capture`.
CREATE VIRTUAL TABLE capture_words USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'tg2'
);

-- `text`: everything searchable but file names, which are in `file`; `past`: texts edited away.
-- `meta`: chat, sender and kinds as words, so that filters cost like words. Contentless: the texts
-- are in `message` and `version`.
CREATE VIRTUAL TABLE words USING fts5 (
    text, file, past, meta, content = '', contentless_delete = 1, tokenize = 'tg2'
);
