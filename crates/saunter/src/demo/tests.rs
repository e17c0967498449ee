//! Whole visits to the demo, with a clock that stands still unless it is told.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use model::{CredentialKind, EventKind, PlateId, ProductId, Store, Time};
use office::{Clock, ConsentText, Entry, Shown, Trip, TripKey, TripState};
use payments::{Card, CardToken};
use receipts::MailAddress;
use simulator::stores;
use tempfile::TempDir;

use super::clerk::{Clerk, Word};
use super::world::{Moment, World};
use super::{Folder, Premises, Refused};
use web::Command;

const START_NS: i64 = 1_800_000_000_000_000_000;

/// The demo without its threads.
struct Stage {
    world: World,
    clerk: Clerk,
    words: Receiver<Word>,
    premises: Premises,
    store: Arc<Store>,
    clock: Arc<AtomicI64>,
    told: Arc<Mutex<Vec<EventKind>>>,
    _folder: Folder,
    _temporary: TempDir,
}

impl Stage {
    fn open(shoppers: usize) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::take(temporary.path().to_owned()).unwrap();
        let store = Arc::new(Store::new(stores::nanostore_like()).unwrap());
        let clock = Arc::new(AtomicI64::new(START_NS));
        let reads = Arc::clone(&clock);
        let now: Clock = Arc::new(move || Time::from_nanos(reads.load(Ordering::SeqCst)));
        let premises = Premises::open(&folder, &store, "http://127.0.0.1:8080", &now).unwrap();
        let clerk = Clerk::new(&premises, &store).unwrap();
        let (word, words) = channel();
        let told = Arc::new(Mutex::new(Vec::new()));
        let hears = Arc::clone(&told);
        let observer = move |moment: &Moment<'_>| {
            assert!(moment.events.iter().all(|event| event.time <= moment.truth.now()));
            hears.lock().unwrap().extend(moment.events.iter().map(|event| event.kind.clone()));
        };
        let world = World::open(Arc::clone(&store), now(), 1, shoppers, word, Box::new(observer)).unwrap();
        Self { world, clerk, words, premises, store, clock, told, _folder: folder, _temporary: temporary }
    }

    fn now(&self) -> Time {
        Time::from_nanos(self.clock.load(Ordering::SeqCst))
    }

    /// Lets the world and the office go on.
    fn go_on(&mut self, seconds: f64) {
        let end_s = self.world.now_s() + seconds;
        while self.world.now_s() < end_s {
            self.world.go_on_until(self.world.now_s() + 0.11);
            self.clock.store(self.world.live().now().nanos(), Ordering::SeqCst);
            while let Ok(word) = self.words.try_recv() {
                if let Some(admission) = self.clerk.take(word, self.now()) {
                    self.world.admit(admission);
                }
            }
        }
        let office = &self.premises.office;
        while let due @ [_, ..] = office.due(self.now(), 100).unwrap().as_slice() {
            for errand in due {
                office.run_errand(errand, self.now()).unwrap();
            }
        }
    }

    fn card(&self, name: &str) -> Card {
        let token = CardToken::try_from(format!("tok_visa_ok/{name}")).unwrap();
        self.premises.bank.acquirer().card(&token).unwrap()
    }

    /// A gate lets somebody in on a card.
    fn tap(&self, name: &str) -> TripKey {
        let shown = Shown::Card(self.card(name));
        match self.premises.office.enter("gate-in".into(), shown, self.now()).unwrap() {
            Entry::Admitted(trip) | Entry::Joined(trip) => trip,
            other => panic!("{other:?}"),
        }
    }

    /// A visitor comes with a card.
    fn come(&mut self, name: &str) -> TripKey {
        let trip = self.tap(name);
        let (name, kind) = (name.to_owned(), CredentialKind::Card);
        self.world.obey(Command::Enter { name, trip, kind, with: None }).unwrap();
        trip
    }

    fn take(&mut self, name: &str, (plate, product): &(PlateId, ProductId)) {
        let (name, product) = (name.to_owned(), product.clone());
        self.world.obey(Command::Take { name, plate: *plate, product }).unwrap();
    }

    fn leave(&mut self, name: &str) {
        self.world.obey(Command::Leave { name: name.to_owned() }).unwrap();
    }

    /// Something that stands on a plate of this gondola.
    fn goods(&self, gondola: u16) -> (PlateId, ProductId) {
        let plates = self.store.plates().iter().map(|plate| plate.id).filter(|id| id.gondola == gondola);
        let mut stocked = plates.filter_map(|plate| {
            let (product, units) = self.world.live().stock(plate).into_iter().next()?;
            (plate.shelf == 4 && units > 3).then_some((plate, product))
        });
        stocked.next().unwrap()
    }

    /// How a visit ended, and what was charged: product and units.
    fn end(&self, trip: TripKey) -> (Trip, Vec<(ProductId, u32)>) {
        let trip = self.premises.office.trip(trip).unwrap();
        let (_, cart) = trip.cart.as_ref().unwrap();
        assert!(cart.doubtful.is_empty(), "{:?}", cart.doubtful);
        let units = |item: &pricing::Item| match item.quantity {
            pricing::Quantity::Units(units) => units,
            pricing::Quantity::Grams(_) => 0,
        };
        let lines = cart.sure.iter().map(|item| (item.product.clone(), units(item))).collect();
        (trip, lines)
    }

    fn price(&self, product: &ProductId) -> i64 {
        let index = self.store.product_index(product).unwrap();
        self.store.product(index).price.unwrap().minor
    }

    /// The mails in the outbox.
    fn mails(&self) -> Vec<String> {
        let files = self.premises.mails.read_dir().unwrap();
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

#[test]
fn a_visitor_pays_for_what_they_keep() {
    let mut stage = Stage::open(0);
    let address = MailAddress::parse("you@shopper.example").unwrap();
    let agreed = ConsentText { version: "1", language: "en", words: "Receipts by mail." };
    stage.premises.office.link_email(Shown::Card(stage.card("you")), address, &agreed, stage.now()).unwrap();
    let (kept, returned) = (stage.goods(1), stage.goods(3));
    let trip = stage.come("you");
    stage.go_on(8.0);
    stage.take("you", &kept);
    stage.take("you", &returned);
    stage.go_on(20.0);
    let (plate, product) = returned;
    let back = Command::PutBack { name: "you".to_owned(), plate, product: product.clone() };
    stage.world.obey(back).unwrap();
    stage.leave("you");
    stage.go_on(40.0);
    let (trip, lines) = stage.end(trip);
    assert_eq!((trip.state(), lines), (TripState::Paid, vec![(kept.1.clone(), 1)]));
    assert_eq!(trip.taken_minor(), stage.price(&kept.1));
    let mails = stage.mails();
    let [mail] = mails.as_slice() else { panic!("{} mails", mails.len()) };
    assert!(mail.contains("you@shopper.example"));
    let told = stage.told.lock().unwrap();
    let put_back =
        |kind: &&EventKind| matches!(kind, EventKind::PutBack(handled) if handled.product == product);
    assert!(told.iter().any(|kind| put_back(&kind)), "the page sees it too");
    stage.premises.office.audit().unwrap().unwrap();
}

#[test]
fn a_party_pays_together_among_others() {
    let mut stage = Stage::open(3);
    stage.go_on(20.0);
    let trip = stage.come("you");
    let with = Some("you".to_owned());
    let friend = Command::Enter { name: "friend".to_owned(), trip, kind: CredentialKind::Card, with };
    stage.world.obey(friend.clone()).unwrap();
    assert_eq!(stage.world.obey(friend), Err(Refused::NameTaken("friend".to_owned())));
    let (mine, theirs) = (stage.goods(1), stage.goods(4));
    stage.take("you", &mine);
    stage.take("friend", &theirs);
    stage.go_on(60.0);
    let late = Command::Enter {
        name: "late".to_owned(),
        trip,
        kind: CredentialKind::Card,
        with: Some("you".to_owned()),
    };
    // Whoever comes later shows the same credential again, and belongs to them.
    stage.world.obey(late).unwrap();
    let last = stage.goods(2);
    stage.take("late", &last);
    stage.go_on(60.0);
    stage.leave("you");
    stage.leave("friend");
    stage.leave("late");
    stage.go_on(60.0);
    let (trip, mut lines) = stage.end(trip);
    lines.sort();
    let mut expected = vec![(mine.1, 1), (theirs.1, 1), (last.1, 1)];
    expected.sort();
    assert_eq!((trip.state(), lines), (TripState::Paid, expected));
    assert_eq!(trip.cart.as_ref().map(|(_, cart)| cart.people), Some(3));
    // The others have come, shopped and paid by themselves.
    stage.world.obey(Command::Crowd { people: 0 }).unwrap();
    stage.go_on(240.0);
    assert_eq!(stage.world.live().people(), []);
    let truth = stage.world.live().truth();
    assert!(truth.trips.len() > 3, "{} trips", truth.trips.len());
    for visit in &truth.trips {
        let key: TripKey = visit.token.as_deref().unwrap().parse().unwrap();
        let state = stage.premises.office.trip(key).unwrap().state();
        assert!(
            matches!(state, TripState::Paid | TripState::Empty | TripState::InReview),
            "{key}: {state:?}"
        );
    }
    stage.premises.office.audit().unwrap().unwrap();
}

#[test]
fn a_visitor_hands_something_to_another() {
    let mut stage = Stage::open(0);
    stage.come("you");
    stage.come("friend");
    let goods = stage.goods(1);
    stage.take("you", &goods);
    let (from, to) = ("you".to_owned(), "friend".to_owned());
    stage.world.obey(Command::Give { from, to, product: goods.1.clone() }).unwrap();
    stage.go_on(60.0);
    let carries = |name: &str| {
        let people = stage.world.live().people();
        people.into_iter().find(|person| person.name == name).unwrap().carries
    };
    assert_eq!((carries("you"), carries("friend")), (vec![], vec![(goods.1, 1)]));
}

#[test]
fn what_can_not_be_is_refused() {
    let mut stage = Stage::open(0);
    let (plate, product) = stage.goods(1);
    let name = || "you".to_owned();
    let leave = stage.world.obey(Command::Leave { name: name() });
    assert_eq!(leave, Err(Refused::NotHere(name())));
    stage.come("you");
    let nowhere = PlateId::new(99, 1, 1);
    let take = stage.world.obey(Command::Take { name: name(), plate: nowhere, product: product.clone() });
    assert!(matches!(take, Err(Refused::NothingThere { .. })));
    let put = stage.world.obey(Command::PutBack { name: name(), plate: nowhere, product });
    assert!(matches!(put, Err(Refused::Impossible(_))));
    assert!(stage.world.obey(Command::Plate { plate: nowhere, dead: true }).is_err());
    stage.world.obey(Command::Plate { plate, dead: true }).unwrap();
    stage.world.obey(Command::Camera { on: false }).unwrap();
    stage.world.obey(Command::Clock { late: true }).unwrap();
}

#[test]
fn the_threads_begin_and_end() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Folder::take(temporary.path().to_owned()).unwrap();
    let store = Arc::new(Store::new(stores::nanostore_like()).unwrap());
    let clock: Clock = Arc::new(crate::office_file::now);
    let premises = Premises::open(&folder, &store, "http://127.0.0.1:8080", &clock).unwrap();
    let (see, seen) = channel();
    let observer = move |moment: &Moment<'_>| {
        let _ = see.send(moment.records.len());
    };
    let demo = super::Demo::start(&premises, store, 1, 1, &clock, Box::new(observer)).unwrap();
    let commands = demo.commands();
    commands.give(Command::Crowd { people: 2 }).unwrap();
    assert!(seen.iter().any(|records| records > 0), "the sensors speak");
    let leave = Command::Leave { name: "nobody".to_owned() };
    assert_eq!(commands.give(leave.clone()), Err(Refused::NotHere("nobody".to_owned())));
    drop(demo);
    assert_eq!(commands.give(leave), Err(Refused::Closed));
}
