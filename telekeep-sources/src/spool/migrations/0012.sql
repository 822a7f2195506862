-- The supergroup has topics.
ALTER TABLE peer ADD COLUMN forum INTEGER NOT NULL DEFAULT 0;
