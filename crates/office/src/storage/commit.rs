//! One thread writes, and commits what came in meanwhile together: a disk that takes milliseconds to make
//! sure then does so for many at once.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::migrate::{Dialect, migrate};
use super::postgres::Postgres;
use super::sqlite::Sqlite;
use super::{Database, StorageError};

/// At most so many jobs share a commit, so that the first does not wait for too many others.
const TOGETHER: usize = 256;

/// At most so many jobs wait; whoever comes then waits for room.
const WAITING: usize = 1024;

/// Connections for reading.
const READERS: usize = 4;

/// What a job leaves to be told once it is known whether it was committed.
type Told = Box<dyn FnOnce(Result<(), StorageError>) + Send>;

/// Work inside the transaction: whether to keep it, and what to tell.
type Job = Box<dyn FnOnce(&mut dyn Database) -> (bool, Told) + Send>;

/// A step after which the process may be gone, as far as what is kept is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Written, and not on the disk yet.
    BeforeCommit,
    /// On the disk, and nobody told yet.
    AfterCommit,
    /// The processor is about to be asked.
    BeforeCall,
    /// It answered, and the answer is not written down yet.
    AfterCall,
    /// Paper is about to be sent.
    BeforeMail,
    /// It was sent, and that is not written down yet.
    AfterMail,
}

/// Is told of every step. Tests end the process in one; everybody else has none.
pub type Probe = Arc<dyn Fn(Step) + Send + Sync>;

/// The office's tables. Cheap to clone; the last clone closes them.
#[derive(Clone)]
pub struct Storage {
    jobs: SyncSender<Job>,
    readers: Arc<Vec<Mutex<Box<dyn Database>>>>,
    next_reader: Arc<AtomicUsize>,
    probe: Option<Probe>,
}

impl Storage {
    /// Opens `postgres://…`, or an SQLite file by its path, and brings its tables up to date.
    ///
    /// # Errors
    /// If it can't be opened or is of a later version.
    pub fn open(address: &str) -> Result<Self, StorageError> {
        Self::open_probed(address, None)
    }

    /// As [`Storage::open`], and tells of every step.
    ///
    /// # Errors
    /// As [`Storage::open`].
    pub fn open_probed(address: &str, probe: Option<Probe>) -> Result<Self, StorageError> {
        let mut writer = connect(address)?;
        migrate(writer.as_mut(), dialect(address))?;
        let readers = (0..READERS).map(|_| connect(address).map(Mutex::new)).collect::<Result<_, _>>()?;
        let (jobs, incoming) = sync_channel(WAITING);
        let tell = probe.clone();
        thread::Builder::new()
            .name("office-writer".to_owned())
            .spawn(move || write_all(writer.as_mut(), &incoming, tell.as_ref()))
            .map_err(|error| StorageError::Statement(error.to_string()))?;
        Ok(Self { jobs, readers: Arc::new(readers), next_reader: Arc::default(), probe })
    }

    /// Tells of a step.
    pub(crate) fn probe(&self, step: Step) {
        if let Some(probe) = &self.probe {
            probe(step);
        }
    }

    /// Does `work` in a transaction and comes back when it is on the disk. If `work` fails, nothing of it stays.
    ///
    /// # Errors
    /// What `work` says, or that it could not be committed.
    pub fn write<T, E>(
        &self,
        work: impl FnOnce(&mut dyn Database) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StorageError> + Send + 'static,
    {
        let (tell, told) = sync_channel(1);
        let job: Job = Box::new(move |database| {
            let outcome = work(database);
            let keep = outcome.is_ok();
            // Whoever asked may be gone: then nobody wants to know.
            let tell: Told =
                Box::new(move |committed| drop(tell.send(committed.map_err(E::from).and(outcome))));
            (keep, tell)
        });
        self.jobs.send(job).map_err(|_| StorageError::Closed)?;
        told.recv().map_err(|_| E::from(StorageError::Closed))?
    }

    /// Reads what was committed, all of it as of one moment.
    ///
    /// # Errors
    /// What `work` says, or that the tables can't be read.
    pub fn read<T, E: From<StorageError>>(
        &self,
        work: impl FnOnce(&mut dyn Database) -> Result<T, E>,
    ) -> Result<T, E> {
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        let mut reader = self.readers[turn].lock().unwrap_or_else(PoisonError::into_inner);
        reader.execute("BEGIN", &[])?;
        let outcome = work(reader.as_mut());
        reader.execute("ROLLBACK", &[])?;
        outcome
    }
}

/// Whether the address names a server.
fn is_postgres(address: &str) -> bool {
    address.starts_with("postgres://") || address.starts_with("postgresql://")
}

/// How the database of this address writes its migrations.
fn dialect(address: &str) -> Dialect {
    if is_postgres(address) { Dialect::Postgres } else { Dialect::Sqlite }
}

/// One connection.
fn connect(address: &str) -> Result<Box<dyn Database>, StorageError> {
    if is_postgres(address) {
        Ok(Box::new(Postgres::open(address)?))
    } else if address.is_empty() || address.contains("://") {
        Err(StorageError::Address(address.to_owned()))
    } else {
        Ok(Box::new(Sqlite::open(Path::new(address))?))
    }
}

/// The writing thread: until nobody can ask any more.
fn write_all(database: &mut dyn Database, jobs: &Receiver<Job>, probe: Option<&Probe>) {
    let tell_of = |step| probe.iter().for_each(|probe| probe(step));
    while let Ok(first) = jobs.recv() {
        if let Err(error) = database.begin() {
            let (_, tell) = refuse(first, &error);
            tell(Err(error));
            continue;
        }
        let mut told = vec![run_one(database, first)];
        while told.len() < TOGETHER
            && let Ok(job) = jobs.try_recv()
        {
            told.push(run_one(database, job));
        }
        tell_of(Step::BeforeCommit);
        let committed = database.execute("COMMIT", &[]).map(drop);
        tell_of(Step::AfterCommit);
        if committed.is_err() {
            // Leaves no transaction open; where that fails too, the next begin says so.
            drop(database.run("ROLLBACK"));
        }
        told.into_iter().for_each(|tell| tell(committed.clone()));
    }
}

/// Does one job in a part of the transaction of its own.
fn run_one(database: &mut dyn Database, job: Job) -> Told {
    if let Err(error) = database.execute("SAVEPOINT job", &[]) {
        return refuse(job, &error).1;
    }
    let (keep, tell) = job(database);
    let ended = database.run(if keep {
        "RELEASE SAVEPOINT job"
    } else {
        "ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job"
    });
    match ended {
        Ok(()) => tell,
        Err(error) => Box::new(move |_| tell(Err(error))),
    }
}

/// Tells a job that nothing could be done: it sees a database that refuses everything.
fn refuse(job: Job, error: &StorageError) -> (bool, Told) {
    job(&mut Refusing(error.clone()))
}

/// A database that can't be used.
struct Refusing(StorageError);

impl Database for Refusing {
    fn begin(&mut self) -> Result<(), StorageError> {
        Err(self.0.clone())
    }

    fn run(&mut self, _: &str) -> Result<(), StorageError> {
        Err(self.0.clone())
    }

    fn execute(&mut self, _: &'static str, _: &[super::Param<'_>]) -> Result<u64, StorageError> {
        Err(self.0.clone())
    }

    fn query(&mut self, _: &'static str, _: &[super::Param<'_>]) -> Result<Vec<super::Row>, StorageError> {
        Err(self.0.clone())
    }
}
