//! What one camera saw, as a message and back.

use model::{SensorId, View, ViewKeypoint, ViewPerson};
use prost::Message;

use super::{Invalid, check_holding, decode_joint, encode_joint, nanos, proto, time};

pub(super) fn encode(view: &View) -> proto::View {
    let keypoint = |keypoint: &ViewKeypoint| proto::ViewKeypoint {
        joint: encode_joint(keypoint.joint).into(),
        x_px: keypoint.x_px,
        y_px: keypoint.y_px,
        score: keypoint.score,
    };
    let person = |person: &ViewPerson| proto::ViewPerson {
        keypoints: person.keypoints.iter().map(keypoint).collect(),
        left_holding: person.holding[0],
        right_holding: person.holding[1],
    };
    proto::View { time_ns: nanos(view.time), people: view.people.iter().map(person).collect() }
}

pub(super) fn decode(message: &[u8], camera: &SensorId) -> Result<View, Invalid> {
    let view = proto::View::decode(message)?;
    let keypoint = |keypoint: &proto::ViewKeypoint| {
        Ok(ViewKeypoint {
            joint: decode_joint(keypoint.joint)?,
            x_px: keypoint.x_px,
            y_px: keypoint.y_px,
            score: keypoint.score,
        })
    };
    let person = |person: &proto::ViewPerson| {
        let keypoints = person.keypoints.iter().map(keypoint).collect::<Result<_, Invalid>>()?;
        Ok(ViewPerson { keypoints, holding: [person.left_holding, person.right_holding] })
    };
    let people = view.people.iter().map(person).collect::<Result<_, Invalid>>()?;
    Ok(View { camera: camera.clone(), time: time(view.time_ns)?, people })
}

pub(super) fn check(view: &View) -> Result<(), Invalid> {
    for person in &view.people {
        check_holding(&person.holding)?;
        let mut seen = 0_u32;
        for &ViewKeypoint { joint, x_px, y_px, score } in &person.keypoints {
            let bit = 1 << joint as u32;
            if seen & bit != 0 {
                return Err(Invalid::RepeatedViewJoint { joint });
            }
            seen |= bit;
            if !(x_px.is_finite() && y_px.is_finite() && (0.0..=1.0).contains(&score)) {
                return Err(Invalid::ViewKeypoint { joint, x_px, y_px, score });
            }
        }
    }
    Ok(())
}
