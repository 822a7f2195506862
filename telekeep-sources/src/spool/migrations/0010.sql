-- The channel whose direct messages a chat holds (marked id).
ALTER TABLE peer ADD COLUMN direct_of INTEGER;
