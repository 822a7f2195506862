-- Looking again at what is held: what the server has no more.

-- Messages that were recorded and are gone at the server.
CREATE TABLE gone (
    chat INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (chat, id)
) STRICT, WITHOUT ROWID;

ALTER TABLE chat ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;     -- how many of them
ALTER TABLE chat ADD COLUMN reviewed INTEGER NOT NULL DEFAULT 0; -- when it was compared with the server last (unix milliseconds)
ALTER TABLE chat ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0;    -- 1 when the server counted another number then
ALTER TABLE chat ADD COLUMN walked INTEGER NOT NULL DEFAULT 0;   -- number of the walk through the list of chats that saw it last
