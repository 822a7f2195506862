-- Messages that are held as pinned.
CREATE TABLE pin (
    chat INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (chat, id)
) STRICT, WITHOUT ROWID;
