//! The store's layout (`store/Gondolas`, `Shelves`, `Plates`) and its cameras (`store/calibration`).

use std::collections::BTreeMap;

use model::{CameraFile, DVec3, GondolaFile, PlateFile, ShelfFile};
use serde::Deserialize;

use super::source::{GondolaKey, PlateKey, ShelfKey, Source, Vector, tidy};
use super::summary::note;
use super::{ImportError, ImportSummary, METRES_PER_INCH};

const GONDOLAS: &str = "store/Gondolas";
const SHELVES: &str = "store/Shelves";
const PLATES: &str = "store/Plates";
const CAMERAS: &str = "store/calibration";
/// A calibration's axes must be of unit length and square to one another within this.
/// Size of the recorded videos' pictures. Intrinsics are fractions of it, so that another size only scales pixels.
const PICTURE_PX: [u32; 2] = [640, 360];
const ROTATION_TOLERANCE: f64 = 1e-3;

#[derive(Deserialize)]
struct Gondolas {
    gondolas: Vec<Part<GondolaKey>>,
}

#[derive(Deserialize)]
struct Shelves {
    shelves: Vec<Part<ShelfKey>>,
}

#[derive(Deserialize)]
struct Plates {
    plates: Vec<Part<PlateKey>>,
}

/// A piece of shelving: where it is relative to the piece it belongs to, metres.
#[derive(Deserialize)]
struct Part<Id> {
    id: Id,
    coordinates: Coordinates,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Coordinates {
    transform: Transform,
    dim_x: f64,
    dim_y: f64,
    dim_z: f64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Transform {
    translation: Vector,
    rotation: Vector,
}

/// The gondolas with their shelves and plates.
pub(super) fn read_gondolas(
    source: &Source,
    summary: &mut ImportSummary,
) -> Result<Vec<GondolaFile>, ImportError> {
    let Gondolas { gondolas } = source.document(GONDOLAS)?;
    let Shelves { shelves } = source.document(SHELVES)?;
    let Plates { plates } = source.document(PLATES)?;
    let mut files: Vec<GondolaFile> = gondolas.iter().map(gondola_file).collect();
    for shelf in &shelves {
        let file = shelf_file(shelf).map_err(|what| source.wrong(SHELVES, what))?;
        let gondola = files.iter_mut().find(|gondola| gondola.id == shelf.id.gondola_id.id);
        let gondola = gondola.ok_or_else(|| {
            source.wrong(SHELVES, format!("{} stands on no gondola of {GONDOLAS}: add it", name(shelf.id)))
        })?;
        gondola.shelves.push(file);
    }
    for plate in &plates {
        let file = plate_file(plate).map_err(|what| source.wrong(PLATES, what))?;
        let key = plate.id.shelf_id;
        let gondola = files.iter_mut().find(|gondola| gondola.id == key.gondola_id.id);
        let shelf = gondola.and_then(|it| it.shelves.iter_mut().find(|shelf| shelf.id == key.shelf_index));
        let shelf = shelf.ok_or_else(|| {
            let what = format!("plate {} lies on no shelf of {SHELVES}: add {}", file.id, name(key));
            source.wrong(PLATES, what)
        })?;
        shelf.plates.push(file);
    }
    for gondola in &mut files {
        gondola.shelves.sort_by_key(|shelf| shelf.id);
        gondola.shelves.iter_mut().for_each(|shelf| shelf.plates.sort_by_key(|plate| plate.id));
    }
    let counts = (gondolas.len(), shelves.len(), plates.len());
    summary.taken_over.push(format!("{} gondolas, {} shelves, {} plates", counts.0, counts.1, counts.2));
    Ok(files)
}

fn name(shelf: ShelfKey) -> String {
    format!("gondola {}, shelf {}", shelf.gondola_id.id, shelf.shelf_index)
}

fn gondola_file(gondola: &Part<GondolaKey>) -> GondolaFile {
    let transform = &gondola.coordinates.transform;
    GondolaFile {
        id: gondola.id.id,
        origin_m: transform.translation.tidy(),
        rotation_rad: transform.rotation.tidy(),
        shelves: Vec::new(),
    }
}

fn shelf_file(shelf: &Part<ShelfKey>) -> Result<ShelfFile, String> {
    let at = &shelf.coordinates;
    refuse_rotation(at, &name(shelf.id))?;
    Ok(ShelfFile {
        id: shelf.id.shelf_index,
        origin_m: at.transform.translation.tidy(),
        size_m: [tidy(at.dim_x), tidy(at.dim_y), tidy(at.dim_z)],
        plates: Vec::new(),
    })
}

fn plate_file(plate: &Part<PlateKey>) -> Result<PlateFile, String> {
    let at = &plate.coordinates;
    let place = format!("{}, plate {}", name(plate.id.shelf_id), plate.id.plate_index);
    refuse_rotation(at, &place)?;
    let [x, y, z] = at.transform.translation.tidy();
    if z != 0.0 {
        return Err(format!(
            "{place} lies {z} m above its shelf: the store file knows plates on shelves only"
        ));
    }
    Ok(PlateFile { id: plate.id.plate_index, origin_m: [x, y], size_m: [tidy(at.dim_x), tidy(at.dim_y)] })
}

fn refuse_rotation(at: &Coordinates, place: &str) -> Result<(), String> {
    let rotation = at.transform.rotation.tidy();
    if rotation == [0.0; 3] {
        return Ok(());
    }
    Err(format!(
        "{place} is turned by {rotation:?} rad: the store file knows turned gondolas only, so make it one"
    ))
}

#[derive(Deserialize)]
struct Calibration {
    cameras: BTreeMap<String, Camera>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Camera {
    /// Focal lengths and principal point, as fractions of width and height.
    #[serde(rename = "K")]
    intrinsics: Vec<Vec<f64>>,
    /// Camera to store, inches.
    #[serde(rename = "Tw")]
    pose: Vec<Vec<f64>>,
    /// k1, k2, p1, p2, k3.
    dist_coeffs: Vec<f64>,
}

/// The cameras whose calibration says all that the store file needs.
pub(super) fn read_cameras(
    source: &Source,
    summary: &mut ImportSummary,
) -> Result<Vec<CameraFile>, ImportError> {
    let Calibration { cameras } = source.document(CAMERAS)?;
    let mut files = Vec::new();
    for (id, camera) in &cameras {
        match camera_file(id, camera) {
            Ok(file) => files.push(file),
            Err(why) => summary.left_out.push(format!("camera {id}: {why}")),
        }
    }
    summary.cameras = files.len();
    note(&mut summary.taken_over, files.len(), "cameras");
    summary.assumed.push(format!("the calibrations of {CAMERAS} hold: nothing in the source tells how well"));
    Ok(files)
}

fn camera_file(id: &str, camera: &Camera) -> Result<CameraFile, String> {
    let [k0, k1, _] = rows(&camera.intrinsics).ok_or("K is not a matrix of 3 × 3")?;
    let [x, y, z, _]: [[f64; 4]; 4] = rows(&camera.pose).ok_or("Tw is not a matrix of 4 × 4")?;
    let distortion = camera.dist_coeffs.as_slice().try_into().map_err(|_| "dist_coeffs are not five")?;
    let [fx, skew, cx]: [f64; 3] = k0;
    let [_, fy, cy]: [f64; 3] = k1;
    if skew != 0.0 {
        return Err("K has a skew, which the store file does not know".to_owned());
    }
    let rotation = [x, y, z].map(|row| [row[0], row[1], row[2]]);
    let [a, b, c] = rotation.map(DVec3::from_array);
    let is_rotation = a.cross(b).distance(c) < ROTATION_TOLERANCE
        && [a, b, c].iter().all(|row| (row.length() - 1.0).abs() < ROTATION_TOLERANCE);
    if !is_rotation {
        return Err("Tw holds no rotation".to_owned());
    }
    let position_m = [x[3], y[3], z[3]].map(|inches| to_micrometre(inches * METRES_PER_INCH));
    Ok(CameraFile {
        id: id.into(),
        intrinsics: [fx, fy, cx, cy],
        rotation,
        position_m,
        distortion,
        picture_px: PICTURE_PX,
    })
}

/// A matrix of this shape and of finite numbers.
fn rows<const ROWS: usize, const COLUMNS: usize>(matrix: &[Vec<f64>]) -> Option<[[f64; COLUMNS]; ROWS]> {
    let mut rows = [[0.0; COLUMNS]; ROWS];
    if matrix.len() != ROWS || !matrix.iter().flatten().all(|number| number.is_finite()) {
        return None;
    }
    for (row, from) in rows.iter_mut().zip(matrix) {
        *row = from.as_slice().try_into().ok()?;
    }
    Some(rows)
}

fn to_micrometre(metres: f64) -> f64 {
    (metres * 1e6).round() / 1e6
}
