//! The files of the source: where they are, what their lines hold, and the shapes they have in common.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use model::PlateId;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::ImportError;

/// A folder of AutoCheckout data.
pub(super) struct Source {
    folder: PathBuf,
}

impl Source {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The one document of a file such as `store/Plates`.
    pub(super) fn document<T: DeserializeOwned>(&self, name: &str) -> Result<T, ImportError> {
        let (path, mut reader) = self.open(name)?;
        let place = path.display().to_string();
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|error| unreadable(place.clone(), &error))?;
        serde_json::from_slice(&text)
            .map_err(|error| wrong_json(format!("{place}, line {}", error.line()), &error))
    }

    /// Hands each document of a file such as `benchmark-1/products` to `each`, with the number of its
    /// line. What `each` finds wrong is reported with file and line.
    pub(super) fn lines<T: DeserializeOwned>(
        &self,
        name: &str,
        mut each: impl FnMut(usize, T) -> Result<(), String>,
    ) -> Result<(), ImportError> {
        let (path, mut reader) = self.open(name)?;
        let mut text = Vec::new();
        for line in 1.. {
            let place = format!("{}, line {line}", path.display());
            text.clear();
            let length =
                reader.read_until(b'\n', &mut text).map_err(|error| unreadable(place.clone(), &error))?;
            if length == 0 && line == 1 {
                let what = "the file is empty: copy it again".to_owned();
                return Err(ImportError::Document { place, what });
            }
            if length == 0 {
                break;
            }
            if text.trim_ascii().is_empty() {
                continue;
            }
            let document =
                serde_json::from_slice(&text).map_err(|error| wrong_json(place.clone(), &error))?;
            each(line, document).map_err(|what| ImportError::Document { place, what })?;
        }
        Ok(())
    }

    /// The file of this name without `.json` or `.json.gz`.
    fn path(&self, name: &str) -> Result<PathBuf, ImportError> {
        let plain = self.folder.join(format!("{name}.json"));
        let packed = self.folder.join(format!("{name}.json.gz"));
        let path = [packed, plain.clone()].into_iter().find(|path| path.exists());
        path.ok_or(ImportError::Missing { file: plain })
    }

    fn open(&self, name: &str) -> Result<(PathBuf, Box<dyn BufRead>), ImportError> {
        let path = self.path(name)?;
        let file = File::open(&path).map_err(|error| unreadable(path.display().to_string(), &error))?;
        let reader = BufReader::new(file);
        let is_packed = path.extension().is_some_and(|extension| extension == "gz");
        let reader: Box<dyn BufRead> =
            if is_packed { Box::new(BufReader::new(MultiGzDecoder::new(reader))) } else { Box::new(reader) };
        Ok((path, reader))
    }

    /// What is wrong with a file, where no line can be told.
    pub(super) fn wrong(&self, name: &str, what: String) -> ImportError {
        match self.path(name) {
            Ok(path) => ImportError::Document { place: path.display().to_string(), what },
            Err(missing) => missing,
        }
    }
}

fn unreadable(place: String, error: &std::io::Error) -> ImportError {
    ImportError::Document { place, what: format!("can't be read: {error}: copy the file again") }
}

fn wrong_json(place: String, error: &serde_json::Error) -> ImportError {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    ImportError::Document {
        place: format!("{place}, column {}", error.column()),
        what: format!("{what}: copy the file again, or correct the document"),
    }
}

/// `{"id": …}`, as the source wraps its numbers and names. Absent means 0 or nothing, as everywhere in
/// JSON made of protocol buffers.
#[derive(Deserialize)]
pub(super) struct Wrapped<T> {
    pub(super) id: T,
}

/// A shelf's name.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct ShelfKey {
    pub(super) gondola_id: GondolaKey,
    #[serde(default)]
    pub(super) shelf_index: u16,
}

/// A gondola's name.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct GondolaKey {
    #[serde(default)]
    pub(super) id: u16,
}

/// A plate's name.
#[derive(Clone, Copy, Deserialize)]
pub(super) struct PlateKey {
    pub(super) shelf_id: ShelfKey,
    #[serde(default)]
    pub(super) plate_index: u16,
}

impl From<PlateKey> for PlateId {
    fn from(key: PlateKey) -> Self {
        Self::new(key.shelf_id.gondola_id.id, key.shelf_id.shelf_index, key.plate_index)
    }
}

/// A vector; an absent coordinate is zero.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(super) struct Vector {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) z: f64,
}

impl Vector {
    pub(super) fn tidy(self) -> [f64; 3] {
        [tidy(self.x), tidy(self.y), tidy(self.z)]
    }
}

/// A number that was a single-precision one before it was written, as the decimal that it stood for:
/// 0.1016 for 0.10159999877214432. Others stay as they are.
pub(super) fn tidy(number: f64) -> f64 {
    let single = number as f32;
    if f64::from(single) == number { single.to_string().parse().unwrap_or(number) } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lose_the_noise_of_single_precision_only() {
        assert_eq!(tidy(0.101_599_998_772_144_32), 0.1016);
        assert_eq!(tidy(0.914_399_981_498_718_3), 0.9144);
        assert_eq!(tidy(0.1), 0.1);
        assert_eq!(tidy(0.799_148_437_5), 0.799_148_437_5);
    }
}
