-- The most messages the server counted in a chat while it was being listed, together with those
-- held that were gone by then. NULL when nothing of that is outstanding.
ALTER TABLE chat ADD COLUMN counted INTEGER;
-- Messages of it that were deleted before they could be had.
ALTER TABLE chat ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
