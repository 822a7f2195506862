//! Empty values of the big structures of the schema, to be filled with struct update syntax:
//! they have dozens of optional fields, and no `Default`.

mod messages;
mod peers;

pub(crate) use messages::*;
pub(crate) use peers::*;
