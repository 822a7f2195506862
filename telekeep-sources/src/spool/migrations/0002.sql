-- What an export of the account shows beside its chats.

-- 0 in the account's list; 1 left, what the account wrote there is to be listed; 2 left and listed.
ALTER TABLE chat ADD COLUMN departed INTEGER NOT NULL DEFAULT 0;

-- Saved telephone contacts as last recorded.
CREATE TABLE saved_contact (
    phone       TEXT PRIMARY KEY,
    fingerprint BLOB NOT NULL
) STRICT, WITHOUT ROWID;
