-- Stories that were recorded.
CREATE TABLE story (
    chat        INTEGER NOT NULL,             -- whose it is (marked id)
    id          INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,                -- of what was recorded last
    told        INTEGER NOT NULL,             -- when the server told it last (unix milliseconds)
    gone        INTEGER NOT NULL,             -- 1: it was recorded that there is no such story any more
    PRIMARY KEY (chat, id)
) STRICT, WITHOUT ROWID;
