-- Messages that count what people did without naming all of them.
CREATE TABLE crowd (
    chat        INTEGER NOT NULL,
    id          INTEGER NOT NULL,
    deed        INTEGER NOT NULL,             -- 0 reacted, 1 voted
    fingerprint BLOB NOT NULL,                -- of the counts as the message told them last
    told        BLOB,                         -- what it was when the server answered; NULL for never
    refused     TEXT,                         -- why it told nobody then
    asked       INTEGER NOT NULL DEFAULT 0,   -- when it answered (unix milliseconds)
    date        INTEGER NOT NULL,             -- of the message, unix seconds
    PRIMARY KEY (chat, id, deed)
) STRICT, WITHOUT ROWID;

CREATE INDEX crowd_waiting ON crowd (date DESC, chat, id, deed)
    WHERE told IS NULL OR told <> fingerprint;

CREATE INDEX crowd_refused ON crowd (asked) WHERE refused IS NOT NULL;
