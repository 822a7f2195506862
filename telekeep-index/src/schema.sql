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
    server  TEXT
);

-- Chats of a journal, with counters so that no question about a chat counts rows.
CREATE TABLE chat (
    no           INTEGER PRIMARY KEY,
    journal      INTEGER NOT NULL,
    chat         INTEGER NOT NULL,        -- marked id
    server_count INTEGER,                 -- as last told by the server
    inexact      INTEGER NOT NULL DEFAULT 0,
    not_visible  TEXT,                    -- why the account cannot see the chat now
    top          INTEGER,                 -- newest id in the chat list
    folder       INTEGER NOT NULL DEFAULT 0,
    pinned       INTEGER NOT NULL DEFAULT 0,
    archived     INTEGER NOT NULL DEFAULT 0,
    explained    INTEGER NOT NULL DEFAULT 0,
    media_wanted INTEGER NOT NULL DEFAULT 0,
    media_held   INTEGER NOT NULL DEFAULT 0,
    media_ruled  INTEGER NOT NULL DEFAULT 0,  -- left out for good, and not held
    UNIQUE (journal, chat)
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
    text     TEXT NOT NULL,
    detail   TEXT,                        -- the rest of telekeep_model::Message as JSON, if any
    PRIMARY KEY (c, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX message_rid ON message (rid, date);

-- Where in the journal the earlier versions of a message are.
CREATE TABLE version (
    c   INTEGER NOT NULL,
    id  INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (c, id, seq)
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
    protected   INTEGER NOT NULL,
    forum       INTEGER NOT NULL,
    migrated_to INTEGER
);

-- Files that messages of a chat need.
CREATE TABLE wanted (
    file  TEXT NOT NULL,
    c     INTEGER NOT NULL,
    id    INTEGER NOT NULL,
    ruled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (file, c)
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
    PRIMARY KEY (journal, run)
) WITHOUT ROWID;

-- Constructors and bodies this version cannot interpret, counted.
CREATE TABLE odd (
    name  TEXT PRIMARY KEY,
    count INTEGER NOT NULL
) WITHOUT ROWID;

-- `text`: everything searchable. `meta`: chat, sender and kinds as words, so that filters cost
-- like words. Contentless: the texts are in `message`.
CREATE VIRTUAL TABLE words USING fts5 (
    text, meta, content = '', contentless_delete = 1, tokenize = 'tg1'
);
