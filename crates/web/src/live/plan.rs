//! What stands still: the floor plan for the script that draws it.

use model::{DVec3, Store};
use serde_json::{Value, json};

/// The plan as JSON, lengths in whole centimetres:
/// `{"box": [x0, y0, x1, y1], "gates": [[id, x, y]], "gondolas": [[id, [plates…]]]}`, each plate
/// `[index, level, x, y, x, y, x, y, x, y]` with its four corners seen from above.
pub(super) fn plan(store: &Store) -> String {
    let mut bounds = Bounds::default();
    let mut gondolas: Vec<(u16, Vec<Value>)> = Vec::new();
    for (index, plate) in (0..).zip(store.plates()) {
        let corners = corners(plate);
        corners.iter().for_each(|corner| bounds.take(*corner));
        let mut row = vec![json!(index), json!(plate.id.shelf)];
        row.extend(corners.iter().flat_map(|corner| [json!(cm(corner.x)), json!(cm(corner.y))]));
        match gondolas.last_mut() {
            Some((gondola, plates)) if *gondola == plate.id.gondola => plates.push(Value::Array(row)),
            _ => gondolas.push((plate.id.gondola, vec![Value::Array(row)])),
        }
    }
    let mut gates = Vec::new();
    for gate in store.gates() {
        let Some([x, y, z]) = gate.position_m else { continue };
        bounds.take(DVec3::new(x, y, z));
        gates.push(json!([gate.id.as_str(), cm(x), cm(y)]));
    }
    json!({ "box": bounds.with_margin(), "gates": gates, "gondolas": gondolas }).to_string()
}

/// Whole centimetres.
pub(super) fn cm(metres: f64) -> i64 {
    (metres * 100.0).round() as i64
}

/// The four corners of a plate, in order around it.
pub(crate) fn corners(plate: &model::Plate) -> [DVec3; 4] {
    let (middle, size) = (plate.centre(), plate.size_m);
    // The plate's own directions, from how it sees points near its middle.
    let origin = plate.local(middle);
    let (right, back) = directions(plate, middle, origin);
    let (w, d) = (right * (size.x / 2.0), back * (size.y / 2.0));
    [middle - w - d, middle + w - d, middle + w + d, middle - w + d]
}

/// The store's directions along a plate's width and depth: the rows of the rotation that `local` applies.
fn directions(plate: &model::Plate, middle: DVec3, origin: DVec3) -> (DVec3, DVec3) {
    let seen = DVec3::AXES.map(|axis| plate.local(middle + axis) - origin);
    let along = |pick: fn(&DVec3) -> f64| DVec3::new(pick(&seen[0]), pick(&seen[1]), pick(&seen[2]));
    (along(|seen| seen.x), along(|seen| seen.y))
}

/// What the plan lies within.
#[derive(Default)]
struct Bounds(Option<(DVec3, DVec3)>);

/// Room around the plan, metres: people stand there.
const MARGIN_M: f64 = 0.6;

impl Bounds {
    fn take(&mut self, point: DVec3) {
        let (low, high) = self.0.unwrap_or((point, point));
        self.0 = Some((low.min(point), high.max(point)));
    }

    fn with_margin(&self) -> [i64; 4] {
        let (low, high) = self.0.unwrap_or((DVec3::ZERO, DVec3::ONE));
        [cm(low.x - MARGIN_M), cm(low.y - MARGIN_M), cm(high.x + MARGIN_M), cm(high.y + MARGIN_M)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_has_all_plates_where_they_are() {
        let toml = r#"
            schema = "saunter-store/1"
            name = "Test"
            currency = "EUR"
            gate = [{ id = "in", position_m = [0.0, -1.0, 0.0] }]
            [[gondola]]
            id = 3
            origin_m = [1.0, 2.0, 0.0]
            rotation_rad = [0.0, 0.0, 1.5707963267948966]
            [[gondola.shelf]]
            id = 1
            origin_m = [0.0, 0.0, 0.5]
            size_m = [1.0, 0.4, 0.3]
            plates = [{ id = 1, origin_m = [0.0, 0.0], size_m = [0.5, 0.4] }]
        "#;
        let store = Store::from_toml(toml).unwrap();
        let expected = r#"{"box":[-60,-160,160,310],"gates":[["in",0,-100]],"gondolas":[[3,[[0,1,100,200,100,250,60,250,60,200]]]]}"#;
        assert_eq!(plan(&store), expected);
    }
}
