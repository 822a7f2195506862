-- Something waits to be sent in a chat, as its description says.
ALTER TABLE chat ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0;
