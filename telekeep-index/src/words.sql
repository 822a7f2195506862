-- The full-text table, part of the schema: while an index is built anew it is filled in a file of its own.

-- `text`: everything searchable but file names, which are in `file`; `past`: texts edited away.
-- `meta`: chat, sender and kinds as words, so that filters cost like words. Contentless: the texts
-- are in `message` and `version`.
CREATE VIRTUAL TABLE words USING fts5 (
    text, file, past, meta, content = '', contentless_delete = 1, tokenize = 'tg2'
);
