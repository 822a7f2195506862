// Entry point. Every page works without it; each module adds one comfort and starts anew on each page
// (see page.js).

import "./page.js";
import "./history.js";
import "./gallery.js";
import "./reveal.js";
import "./chats.js";
import "./copy.js";
import "./keys.js";
import "./player.js";
import "./lightbox.js";
import "./moving.js";
import "./round.js";
