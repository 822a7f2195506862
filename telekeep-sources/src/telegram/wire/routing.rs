//! Which connection a call takes: one to the home data centre for requests, several to each data
//! centre for files, so that downloads never hold up the history.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::connection::{Common, Connection};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Lane {
    /// Requests of the account.
    Requests,
    /// Files.
    Files,
}

/// All connections of a client.
pub(crate) struct Routes {
    common: Arc<Common>,
    /// Connections to each data centre for files.
    file_connections: usize,
    pools: Mutex<HashMap<(i32, Lane), Vec<Connection>>>,
}

impl Routes {
    pub fn new(common: Arc<Common>, file_connections: usize) -> Routes {
        Routes {
            common,
            file_connections: file_connections.max(1),
            pools: Mutex::default(),
        }
    }

    /// The least busy connection; another one is added while all are busy and there may be more.
    pub fn connection(&self, dc: i32, lane: Lane) -> Connection {
        let most = match lane {
            Lane::Requests => 1,
            Lane::Files => self.file_connections,
        };
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = pools.entry((dc, lane)).or_default();
        pool.retain(|connection| !connection.is_dead());
        let idlest = pool.iter().min_by_key(|connection| connection.load());
        match idlest {
            Some(idlest) if idlest.load() == 0 || pool.len() >= most => idlest.clone(),
            _ => {
                let connection = Connection::spawn(self.common.clone(), dc);
                pool.push(connection.clone());
                connection
            }
        }
    }

    /// Lets all connections end.
    pub fn close(&self) {
        self.pools
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
