-- Other qualities of a video, which the server made of the file that was sent.
ALTER TABLE file ADD COLUMN alternative INTEGER NOT NULL DEFAULT 0;
