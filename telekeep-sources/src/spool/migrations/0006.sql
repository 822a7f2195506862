-- What a chat is beyond its messages, by part.
CREATE TABLE chat_part (
    chat        INTEGER NOT NULL,
    part        TEXT NOT NULL,
    fingerprint BLOB NOT NULL,                -- of what was recorded last
    top         INTEGER NOT NULL,             -- its newest message when it was asked for
    asked       INTEGER NOT NULL,             -- when it was asked for last with an answer (unix milliseconds)
    PRIMARY KEY (chat, part)
) STRICT, WITHOUT ROWID;

-- Events of admin logs that are recorded, above the one up to which all are.
CREATE TABLE admin_event (
    chat INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (chat, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE admin_log (
    chat INTEGER PRIMARY KEY,
    last INTEGER NOT NULL                     -- every event up to this one is recorded
) STRICT;

-- One of both in a private chat forbids saving.
ALTER TABLE chat ADD COLUMN guarded INTEGER NOT NULL DEFAULT 0;
-- What the account is there: 0 a member or not told yet, 1 an administrator, 2 its owner.
ALTER TABLE peer ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
