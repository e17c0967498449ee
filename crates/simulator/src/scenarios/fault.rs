//! Faults that any scene can be played with, on request.

use model::{PlateId, ProductId};

use super::draft::Draft;
use super::faulty;
use crate::{Action, Rng};

/// What goes wrong in a scene beside what its scenario holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A plate in use gives no number, or the same one for ever.
    DeadPlate,
    /// Nothing comes from the tracker for 4 to 10 seconds.
    CameraLoss,
    /// The tracker's clock is 50 to 300 ms fast or slow.
    ClockSkew,
    /// All messages of one scale controller are lost for 0.5 to 3 seconds.
    LostMessages,
    /// Four of five load cells drift, and the temperature steps.
    Drift,
    /// The engine is told that two products, one of them in use, lie where the other one does.
    WrongPlanogram,
}

impl Fault {
    /// All that there are.
    pub const ALL: [Self; 6] = [
        Self::DeadPlate,
        Self::CameraLoss,
        Self::ClockSkew,
        Self::LostMessages,
        Self::Drift,
        Self::WrongPlanogram,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::DeadPlate => "dead-plate",
            Self::CameraLoss => "camera-loss",
            Self::ClockSkew => "clock-skew",
            Self::LostMessages => "lost-messages",
            Self::Drift => "drift",
            Self::WrongPlanogram => "wrong-planogram",
        }
    }

    /// The fault of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// Spoils a scene that is written, by chance of its own: what people do stays.
    pub(super) fn spoil(self, draft: &mut Draft, rng: Rng) {
        draft.rng = rng;
        match self {
            Self::DeadPlate => {
                let plate = used_plate(draft);
                faulty::break_plate(draft, plate);
            }
            Self::CameraLoss => faulty::black_out(draft),
            Self::ClockSkew => faulty::skew_clock(draft),
            Self::LostMessages => {
                let plate = used_plate(draft);
                faulty::lose_messages(draft, plate);
            }
            Self::Drift => faulty::let_cells_drift(draft),
            Self::WrongPlanogram => {
                let plate = used_plate(draft);
                let one = product_on(draft, plate);
                let other = draft.pick_where(|_, pick| pick.product != one).product;
                faulty::misplace(draft, &one, &other, true);
            }
        }
    }
}

/// One of the plates where somebody takes or puts something; any if nobody does.
fn used_plate(draft: &mut Draft) -> PlateId {
    let works = draft.script.steps.iter().filter_map(|step| match &step.action {
        Action::Handle { works } => Some(works),
        _ => None,
    });
    let plates: Vec<PlateId> = works.flatten().map(|work| work.plate).collect();
    match plates.len() {
        0 => draft.pick().plate,
        count => plates[draft.rng.whole(0, count as u32 - 1) as usize],
    }
}

/// The product that belongs on a plate; any if none does.
fn product_on(draft: &mut Draft, plate: PlateId) -> ProductId {
    let store = &draft.store;
    let products = store.plate_index(plate).map(|plate| &store.plate(plate).products);
    let product = products.and_then(|products| products.first());
    product.map(|product| store.product(*product).id.clone()).unwrap_or_else(|| draft.pick().product)
}
