// Entry point. Pages work without it; each module adds one comfort.
