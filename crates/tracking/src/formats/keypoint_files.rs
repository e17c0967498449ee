//! Files of keypoints as OpenPose, AlphaPose and COCO's tools write them.

use model::ViewPerson;
use serde::Deserialize;
use thiserror::Error;

use super::{KeypointsError, Skeleton};

/// A file of keypoints that can't be read.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum KeypointFileError {
    /// Not JSON, or not of the form; tells line and column.
    #[error("{why}: give {expected}")]
    Json {
        /// What the parser says.
        why: String,
        /// The form that was expected.
        expected: &'static str,
    },
    /// A person that can't be.
    #[error("entry {entry}: {why}")]
    Person {
        /// Its place in the file, from 1.
        entry: usize,
        /// What is wrong.
        why: KeypointsError,
    },
}

/// The people of one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct ImagePeople {
    /// The picture, as the file names it; a number as its digits.
    pub image: String,
    /// Who was seen in it.
    pub people: Vec<ViewPerson>,
}

/// Reads OpenPose's file of one picture: `{"people":[{"pose_keypoints_2d":[x, y, score, …]}]}`. Other members (hands,
/// faces, 3D) are passed over.
///
/// # Errors
/// [`KeypointFileError`], with line and column, or the person.
pub fn read_openpose(text: &str) -> Result<Vec<ViewPerson>, KeypointFileError> {
    #[derive(Deserialize)]
    struct File {
        people: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        pose_keypoints_2d: Vec<f64>,
    }
    let file: File = serde_json::from_str(text).map_err(|why| KeypointFileError::Json {
        why: why.to_string(),
        expected: "what OpenPose writes: {\"people\":[{\"pose_keypoints_2d\":[x, y, score, …]}]}",
    })?;
    (1..).zip(&file.people).map(|(number, entry)| person(number, &entry.pose_keypoints_2d)).collect()
}

/// Reads COCO's results and AlphaPose's: `[{"image_id": …, "keypoints": [x, y, score, …], …}]`, where the picture is a number
/// or a text. Gives the pictures in the order in which the file names them first.
///
/// # Errors
/// [`KeypointFileError`], with line and column, or the entry.
pub fn read_coco_results(text: &str) -> Result<Vec<ImagePeople>, KeypointFileError> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Image {
        Number(u64),
        Name(String),
    }
    #[derive(Deserialize)]
    struct Entry {
        image_id: Image,
        keypoints: Vec<f64>,
    }
    let entries: Vec<Entry> = serde_json::from_str(text).map_err(|why| KeypointFileError::Json {
        why: why.to_string(),
        expected: "COCO's results: [{\"image_id\": 1, \"keypoints\": [x, y, score, …]}]",
    })?;
    let mut images: Vec<ImagePeople> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (number, entry) in (1..).zip(entries) {
        let person = person(number, &entry.keypoints)?;
        let image = match entry.image_id {
            Image::Number(number) => number.to_string(),
            Image::Name(name) => name,
        };
        let place = *places.entry(image.clone()).or_insert_with(|| {
            images.push(ImagePeople { image, people: Vec::new() });
            images.len() - 1
        });
        images[place].people.push(person);
    }
    Ok(images)
}

fn person(entry: usize, flat: &[f64]) -> Result<ViewPerson, KeypointFileError> {
    Skeleton::of_length(flat.len())
        .and_then(|skeleton| skeleton.person(flat))
        .map_err(|why| KeypointFileError::Person { entry, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(joints: usize) -> String {
        vec!["10.5,20,0.5"; joints].join(",")
    }

    #[test]
    fn openpose_says_who_is_in_one_picture() {
        let text = format!(
            "{{\"version\":1.3,\"people\":[{{\"person_id\":[-1],\"pose_keypoints_2d\":[{}],\"face_keypoints_2d\":[]}}]}}",
            numbers(25)
        );
        let people = read_openpose(&text).unwrap();
        assert_eq!((people.len(), people[0].keypoints.len()), (1, 19));
        assert_eq!(read_openpose("{\"version\":1.3,\"people\":[]}").unwrap(), []);
    }

    #[test]
    fn results_are_gathered_by_picture() {
        let entry = |image: &str, joints| {
            format!(
                "{{\"image_id\":{image},\"category_id\":1,\"keypoints\":[{}],\"score\":2.9}}",
                numbers(joints)
            )
        };
        let text = format!("[{},{},{}]", entry("7", 17), entry("3", 17), entry("7", 17));
        let seen = |images: Vec<ImagePeople>| -> Vec<(String, usize)> {
            images.into_iter().map(|image| (image.image, image.people.len())).collect()
        };
        assert_eq!(seen(read_coco_results(&text).unwrap()), [("7".to_owned(), 2), ("3".to_owned(), 1)]);
        let text = format!("[{}]", entry("\"000001.jpg\"", 26));
        assert_eq!(seen(read_coco_results(&text).unwrap()), [("000001.jpg".to_owned(), 1)]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let openpose = |text: &str| read_openpose(text).unwrap_err().to_string();
        assert!(openpose("{\n\"people\": 3}").contains("line 2 column"));
        let empty = "{\"people\":[{\"pose_keypoints_2d\":[]}]}";
        assert!(openpose(empty).starts_with("entry 1: 0 numbers are no skeleton"));
        let coco = |text: &str| read_coco_results(text).unwrap_err().to_string();
        assert!(coco("[{\"image_id\":1,\"keypoints\":[NaN]}]").contains("line 1 column"));
        assert!(coco("{}").contains("give COCO's results"));
    }
}
