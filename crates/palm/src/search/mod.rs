//! Search for the likest of up to millions of templates (1:N), exact and in milliseconds.
//!
//! # Method
//! A level of a template has a high and a low half of four bits. A scan reads only the high halves: 64 bytes a
//! palm, in blocks of 16 palms laid out so that one lane of a vector register is one palm (module `chunk`), and one
//! instruction multiplies and adds four dimensions of all of them (module `kernel`). The scan is as fast as memory.
//!
//! What the low halves can add to a probe's dot product is at most the product of both lengths (Cauchy and
//! Schwarz). So a palm whose high halves, with that added, stay below the worst candidate in hand can't be among the
//! best. The few that don't are scored exactly. **The answer is therefore that of an exhaustive search, always**, and the
//! same bit for bit on every machine and with any number of threads; ties go to the lower id.
//!
//! [`naive::search`] is the reference: tests hold every kernel to it.

mod best;
mod chunk;
mod kernel;
pub mod naive;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::collections::HashMap;
use std::fmt;
use std::thread;

use best::Best;
pub use best::{Candidate, Wanted};
use chunk::{CHUNK_PALMS, Chunk};
pub use kernel::Kernel;
use kernel::{Hit, Query};

use crate::id::PersonId;
use crate::template::Template;

/// The enrolled palms of one side and epoch, in memory. A palm takes about 180 bytes. What is removed is overwritten, and
/// nothing is ever moved in memory except from the last place to one that became free.
pub struct Gallery {
    kernel: Kernel,
    /// All full but the last.
    chunks: Vec<Chunk>,
    /// Where whose palm is. Never iterated: its order is chance.
    places: HashMap<PersonId, usize>,
}

impl Gallery {
    /// An empty gallery that scans as fast as this machine can.
    pub fn new() -> Self {
        Self::with_kernel(Kernel::fastest())
    }

    /// An empty gallery that scans with `kernel`. Answers don't depend on it.
    pub fn with_kernel(kernel: Kernel) -> Self {
        Self { kernel, chunks: Vec::new(), places: HashMap::new() }
    }

    /// How many palms are in it.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether none is in it.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Bytes of memory it takes, up to what the allocator adds.
    pub fn bytes(&self) -> usize {
        // The map keeps a byte beside each entry, and a seventh of its places free.
        let entry = size_of::<(PersonId, usize)>() + 1;
        self.chunks.len() * (Chunk::BYTES + size_of::<Chunk>()) + self.places.capacity() * 8 / 7 * entry
    }

    /// Puts in somebody's template, in place of an earlier one. Whether there was an earlier one.
    pub fn insert(&mut self, person: PersonId, template: &Template) -> bool {
        let place = self.places.get(&person).copied();
        if let Some((chunk, place)) = place.map(split) {
            self.chunks[chunk].replace(place, person, template);
            return true;
        }
        let (chunk, _) = split(self.len());
        if chunk == self.chunks.len() {
            self.chunks.push(Chunk::new());
        }
        self.chunks[chunk].push(person, template);
        self.places.insert(person, self.places.len());
        false
    }

    /// Takes out somebody's template and overwrites it. Whether there was one.
    pub fn remove(&mut self, person: PersonId) -> bool {
        let Some((chunk, place)) = self.places.remove(&person).map(split) else { return false };
        // A palm is in it, so there is a last chunk, and it holds a palm.
        let last = self.chunks.len() - 1;
        let (moved, template) = self.chunks[last].pop();
        if moved != person {
            self.chunks[chunk].replace(place, moved, &template);
            self.places.insert(moved, chunk * CHUNK_PALMS + place);
        }
        if self.chunks[last].len() == 0 {
            self.chunks.pop();
        }
        true
    }

    /// How much somebody's template resembles a probe; none if they have none here.
    pub fn similarity(&self, person: PersonId, probe: &Template) -> Option<f64> {
        let (chunk, place) = self.places.get(&person).copied().map(split)?;
        Some(self.chunks[chunk].template(place).similarity(probe))
    }

    /// The best candidates for a probe, best first.
    pub fn search(&self, probe: &Template, wanted: Wanted) -> Vec<Candidate> {
        self.scan(&self.chunks, &[Query::new(probe)], wanted)
            .pop()
            .map(Best::into_candidates)
            .unwrap_or_default()
    }

    /// The best candidates for each of many probes, on up to `threads` threads. Memory is read once for all probes,
    /// so many at a time cost far less than one after the other.
    pub fn search_many(&self, probes: &[Template], wanted: Wanted, threads: usize) -> Vec<Vec<Candidate>> {
        let queries: Vec<Query> = probes.iter().map(Query::new).collect();
        let share = self.chunks.len().div_ceil(threads.max(1)).max(1);
        let (first, others) = self.chunks.split_at(share.min(self.chunks.len()));
        let mut merged = thread::scope(|scope| {
            let shares = others.chunks(share).map(|share| scope.spawn(|| self.scan(share, &queries, wanted)));
            let threads: Vec<_> = shares.collect();
            let mut merged = self.scan(first, &queries, wanted);
            for thread in threads {
                // A thread that panicked would have left out palms: that must not pass for an answer.
                let of_share = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                merged.iter_mut().zip(of_share).for_each(|(best, other)| best.merge(other));
            }
            merged
        });
        merged.drain(..).map(Best::into_candidates).collect()
    }

    /// The best of some chunks for each query.
    fn scan(&self, chunks: &[Chunk], queries: &[Query], wanted: Wanted) -> Vec<Best> {
        let mut bests = vec![Best::new(wanted); queries.len()];
        let mut hits: Vec<Hit> = Vec::new();
        // A chunk's high halves stay in the processor's cache from one query to the next.
        for chunk in chunks {
            for (query, best) in queries.iter().zip(&mut bests) {
                chunk.search(self.kernel, query, best, &mut hits);
            }
        }
        bests
    }
}

impl Default for Gallery {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Gallery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gallery({} palms, {:?})", self.len(), self.kernel)
    }
}

/// Chunk and place in it of the palm at a place of the gallery.
fn split(place: usize) -> (usize, usize) {
    (place / CHUNK_PALMS, place % CHUNK_PALMS)
}

#[cfg(test)]
mod tests;
