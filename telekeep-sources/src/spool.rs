//! The local, durable tail of a journal: records not yet sealed, cursors, the download queue and
//! the Telegram session.
