//! What every party has in its cart, as far as can be known: several hypotheses, weighed against one
//! another, until the trip settles.
//!
//! Parties whose hands can't have made the same change have nothing to do with one another, so each has its own
//! small set of hypotheses (a *cluster*); a change that either of two may have made joins theirs. The
//! method is multiple hypothesis tracking (Reid, 1979) with carts as the state.

use std::collections::{BTreeMap, BTreeSet};

use model::{ChangeId, HandSeen, ProductIndex, Store, TripId, Who};

use crate::cluster::{Cluster, Considered, has_visit};
use crate::expand::Expansion;
use crate::explain::Shelf;
use crate::meetings::Meeting;
use crate::people::Hands;
use crate::planogram::{Catalogue, Ledger, Lie};
use crate::strays::Strays;

/// All clusters.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beliefs {
    clusters: Vec<Cluster>,
    /// Products that were put where they do not belong.
    strays: Strays,
    catalogue: Catalogue,
    ledger: Ledger,
    /// What the planogram was seen to lie about and was not told yet.
    lies: Vec<Lie>,
}

impl Beliefs {
    pub(crate) fn new(store: &Store) -> Self {
        Self { catalogue: Catalogue::new(store), ..Self::default() }
    }

    /// Weighs a new change against all hypotheses of those who may have made it, and gives the cluster
    /// that now holds it. `is_staff` tells who may fill shelves.
    pub(crate) fn consider(
        &mut self,
        store: &Store,
        mut considered: Considered,
        hands: &Hands,
        is_staff: impl Fn(Who) -> bool,
    ) -> &mut Cluster {
        let mut cluster = self.join(&hands.people());
        cluster.forget_presses(considered.change.moment);
        let in_carts = cluster.products();
        let shelf = Shelf {
            store,
            strays: &self.strays,
            catalogue: &self.catalogue,
            ledger: &self.ledger,
            in_carts: &in_carts,
        };
        let expansion = Expansion {
            shelf: &shelf,
            hands,
            is_staff: &is_staff,
            members: &cluster.members,
            before: &cluster.changes,
        };
        cluster.hypotheses = expansion.expand(&cluster.hypotheses, &mut considered);
        let probabilities = cluster.probabilities(&considered);
        let strays = self.strays.products(&considered.change);
        self.lies.extend(self.ledger.note(store, &considered, &probabilities, &strays));
        self.strays.note(store, &considered, &probabilities);
        self.keep(cluster, considered)
    }

    /// What the planogram was seen to lie about since this was asked last.
    pub(crate) fn take_lies(&mut self) -> Vec<Lie> {
        std::mem::take(&mut self.lies)
    }

    /// Weighs that one of two parties whose hands met gave the other something.
    pub(crate) fn consider_meeting(&mut self, mut considered: Considered, meeting: &Meeting) -> &mut Cluster {
        let trips = meeting.trips.map(Who::Trip);
        let mut cluster = self.join(&trips.into_iter().collect());
        cluster.consider_meeting(&mut considered, meeting);
        self.keep(cluster, considered)
    }

    /// Takes a change's hands as they are seen now instead of as they were; gives the cluster that holds the change.
    pub(crate) fn revise(&mut self, id: ChangeId, hands: Vec<HandSeen>) -> Option<&mut Cluster> {
        let cluster = self.clusters.iter_mut().find(|cluster| cluster.holds(id))?;
        cluster.revise(id, hands);
        Some(cluster)
    }

    fn keep(&mut self, mut cluster: Cluster, considered: Considered) -> &mut Cluster {
        cluster.changes.insert(considered.id, considered);
        self.clusters.push(cluster);
        // Just pushed.
        let last = self.clusters.len() - 1;
        &mut self.clusters[last]
    }

    /// Posterior of the units of each product that a trip has: for each, the probabilities of at least
    /// 1, 2, … units.
    pub(crate) fn cart(&self, trip: TripId) -> BTreeMap<ProductIndex, Vec<f64>> {
        self.cluster_of(Who::Trip(trip)).map(|cluster| cluster.cart(Who::Trip(trip))).unwrap_or_default()
    }

    /// The cluster of a party, if it was ever near a change.
    pub(crate) fn cluster_of(&self, who: Who) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.members.contains(&who))
    }

    /// Forgets a party that has settled, and all that depended on it alone.
    pub(crate) fn forget(&mut self, who: Who) {
        let (theirs, others) = std::mem::take(&mut self.clusters)
            .into_iter()
            .partition(|cluster: &Cluster| cluster.members.contains(&who));
        self.clusters = others;
        for mut cluster in theirs {
            cluster.forget(who);
            self.clusters.extend(cluster.split());
        }
    }

    /// Takes the clusters of all these people out and makes one of them.
    fn join(&mut self, people: &BTreeSet<Who>) -> Cluster {
        let is_theirs = |cluster: &Cluster| !cluster.members.is_disjoint(people);
        let (entangled, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.clusters).into_iter().partition(is_theirs);
        let (theirs, free): (Vec<_>, Vec<_>) =
            entangled.into_iter().flat_map(Cluster::split).partition(is_theirs);
        // Where nobody is on a visit, nothing is left to know once the last change was told.
        let of_use = others.into_iter().filter(|cluster| has_visit(&cluster.members));
        self.clusters = of_use.chain(free).collect();
        let mut joined = Cluster::new(people.clone());
        for cluster in theirs {
            joined.absorb(cluster);
        }
        joined
    }
}
