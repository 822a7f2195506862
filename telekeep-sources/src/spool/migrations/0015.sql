-- The photo that somebody shows beside their name, where it is, and the hash that came with it,
-- which is good for the photo also where it is none to address them with.
ALTER TABLE peer ADD COLUMN photo INTEGER;
ALTER TABLE peer ADD COLUMN photo_dc INTEGER;
ALTER TABLE peer ADD COLUMN photo_hash INTEGER;
