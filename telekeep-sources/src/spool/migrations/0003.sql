-- What a selection is decided by, and how far it was carried out.

-- Names, kind (0: not known) and what a group became.
ALTER TABLE peer ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE peer ADD COLUMN usernames TEXT NOT NULL DEFAULT '';
ALTER TABLE peer ADD COLUMN sort INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN contact INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN became INTEGER;

ALTER TABLE chat ADD COLUMN top_date INTEGER;                   -- date of `top`, when it was told
ALTER TABLE chat ADD COLUMN archived INTEGER NOT NULL DEFAULT 0; -- in the account's archive folder
ALTER TABLE chat ADD COLUMN successor INTEGER;                  -- the supergroup a group became
ALTER TABLE chat ADD COLUMN scope TEXT;                         -- what of it is selected; NULL: all
ALTER TABLE chat ADD COLUMN scope_listed INTEGER;               -- `top` when the scope was listed

-- What is listed of parts of chats that are no intervals of ids: own messages, topics.
CREATE TABLE strand (
    chat  INTEGER NOT NULL,
    name  TEXT NOT NULL,
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (chat, name, first)
) STRICT, WITHOUT ROWID;

ALTER TABLE file ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE file ADD COLUMN thumb INTEGER NOT NULL DEFAULT 0;   -- a thumbnail of something else
ALTER TABLE file ADD COLUMN main_mime TEXT;                     -- MIME type of what it is a thumbnail of
ALTER TABLE file ADD COLUMN guarded INTEGER NOT NULL DEFAULT 0; -- seen only where saving is forbidden
UPDATE file SET guarded = 1 WHERE error = 'PROTECTED_CONTENT';
