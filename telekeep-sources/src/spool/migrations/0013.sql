-- Messages whose rich content pages of a chat show only in part.
CREATE TABLE part (
    chat        INTEGER NOT NULL,
    id          INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,                -- of the message as pages showed it last
    whole       INTEGER NOT NULL,             -- 1 the whole of it is recorded, 0 it is still wanted
    PRIMARY KEY (chat, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX part_waiting ON part (chat, id) WHERE whole = 0;
