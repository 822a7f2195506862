-- The local tail of one journal. Everything but the session can be rebuilt from the journal.

-- Single values: journal head, session, how far the other tables account for the journal.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Records not yet sealed: the lines of one transaction, or about 1 MiB of them, per row.
CREATE TABLE tail (
    first INTEGER PRIMARY KEY,
    last  INTEGER NOT NULL,
    size  INTEGER NOT NULL,                   -- bytes of the lines
    lines BLOB NOT NULL                       -- the lines in a zstd frame
) STRICT;

-- Stored blob files that unsealed records are the first to refer to.
CREATE TABLE tail_file (
    seq    INTEGER NOT NULL,
    file   TEXT NOT NULL,
    size   INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (seq, file)
) STRICT, WITHOUT ROWID;

-- Users, groups and channels met so far: how to address them, and what was recorded of them.
CREATE TABLE peer (
    chat        INTEGER PRIMARY KEY,
    access_hash INTEGER,
    is_self     INTEGER NOT NULL DEFAULT 0,
    protected   INTEGER NOT NULL DEFAULT 0,
    min         INTEGER NOT NULL,
    fingerprint BLOB
) STRICT;

-- Chats to back up.
CREATE TABLE chat (
    chat        INTEGER PRIMARY KEY,
    top         INTEGER,                      -- newest id the dialog list named
    listed      INTEGER NOT NULL DEFAULT 0,   -- `top` when the chat was last listed to its end
    done        INTEGER NOT NULL DEFAULT 0,   -- 1 when listed to its end at least once
    held        INTEGER NOT NULL DEFAULT 0,   -- messages recorded
    explained   INTEGER NOT NULL DEFAULT 0,   -- places in the list without a message, with a reason
    server      INTEGER,                      -- the server's own count when last listed
    inexact     INTEGER NOT NULL DEFAULT 0,   -- the server said that its count is inexact
    fingerprint BLOB                          -- of the dialog last recorded
) STRICT;

CREATE TABLE coverage (
    chat  INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (chat, first)
) STRICT, WITHOUT ROWID;

-- Fingerprints of recorded messages, a page at a time: (id, fingerprint) pairs, ascending.
CREATE TABLE seen (
    chat    INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (chat, last)
) STRICT, WITHOUT ROWID;

-- Files of messages: waiting, held, given up for now, or left out by a rule.
CREATE TABLE file (
    key         TEXT PRIMARY KEY,
    state       INTEGER NOT NULL,
    dc          INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    access_hash INTEGER NOT NULL,
    reference   BLOB NOT NULL,
    origins     TEXT NOT NULL,                -- "chat:id" pairs, the first one first
    mime        TEXT,
    name        TEXT,
    attempts    INTEGER NOT NULL DEFAULT 0,
    error       TEXT,
    blob        TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX file_waiting ON file (key) WHERE state = 0;

-- What could not be had, as last recorded.
CREATE TABLE failure (
    what  TEXT NOT NULL,
    key   TEXT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (what, key)
) STRICT, WITHOUT ROWID;
