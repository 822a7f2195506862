-- What belongs to the account itself, by part.
CREATE TABLE account_part (
    part        TEXT PRIMARY KEY,
    fingerprint BLOB NOT NULL,                -- of what was recorded last
    hash        INTEGER NOT NULL,             -- the server's word for that state, 0 for none
    told        INTEGER NOT NULL,             -- when the server told it last (unix milliseconds)
    asked       INTEGER NOT NULL              -- when it was asked for last, be it that nothing changed
) STRICT, WITHOUT ROWID;

-- Sticker sets of the account's lists. Those recorded are parts of the account.
CREATE TABLE sticker_set (
    list        TEXT NOT NULL,                -- the part that lists it
    id          INTEGER NOT NULL,
    access_hash INTEGER NOT NULL,
    hash        INTEGER NOT NULL,             -- the server's word for its state
    PRIMARY KEY (list, id)
) STRICT, WITHOUT ROWID;

-- Custom emoji met in messages and names: 0 to be asked for, 1 told.
CREATE TABLE custom_emoji (
    id   INTEGER PRIMARY KEY,
    told INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX custom_emoji_waiting ON custom_emoji (id) WHERE told = 0;
