//! Draws one moment of the corner shop as each of its cameras sees it.
//!
//! Run `cargo run --release -p simulator --example views -- views.svg`. Grey: the shelves. Thin and blue: where people
//! really are. Red, yellow where the network is not sure: what it says of the picture.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::Context;
use glam::{DQuat, DVec2, DVec3};
use model::{GondolaFile, Joint, Record, Store, View, ViewKeypoint};
use simulator::{Bodies, CameraOptions, Flow, busy_with_cameras, stores};
use tracking::Camera;

const PEOPLE: usize = 10;
const SECONDS: f64 = 75.0;
const SEED: u64 = 4;
const COLUMNS: usize = 3;
/// Pixels of a camera for one of the drawing.
const SHRUNK: f64 = 3.0;
const BONES: [(Joint, Joint); 16] = [
    (Joint::Nose, Joint::LeftEye),
    (Joint::Nose, Joint::RightEye),
    (Joint::LeftEye, Joint::LeftEar),
    (Joint::RightEye, Joint::RightEar),
    (Joint::LeftShoulder, Joint::RightShoulder),
    (Joint::LeftShoulder, Joint::LeftElbow),
    (Joint::LeftElbow, Joint::LeftWrist),
    (Joint::RightShoulder, Joint::RightElbow),
    (Joint::RightElbow, Joint::RightWrist),
    (Joint::LeftShoulder, Joint::LeftHip),
    (Joint::RightShoulder, Joint::RightHip),
    (Joint::LeftHip, Joint::RightHip),
    (Joint::LeftHip, Joint::LeftKnee),
    (Joint::LeftKnee, Joint::LeftAnkle),
    (Joint::RightHip, Joint::RightKnee),
    (Joint::RightKnee, Joint::RightAnkle),
];

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("say where the drawing goes: views -- views.svg")?;
    let store = Arc::new(Store::new(stores::corner_shop())?);
    let mut busy =
        busy_with_cameras(store.clone(), Flow::Inside(PEOPLE), SECONDS, SEED, CameraOptions::default())?;
    let mut views = BTreeMap::new();
    for record in busy.by_ref() {
        if let Record::View(view) = record {
            views.insert(view.camera.clone(), view);
        }
    }
    let drawing = draw(&store, &views.into_values().collect::<Vec<_>>(), &busy.bodies())?;
    std::fs::write(&path, drawing).with_context(|| format!("writing {path}"))
}

/// All pictures, row by row.
fn draw(store: &Store, views: &[View], bodies: &Bodies) -> anyhow::Result<String> {
    let size = DVec2::new(1920.0, 1080.0) / SHRUNK;
    let rows = store.cameras().len().div_ceil(COLUMNS);
    let mut svg = String::new();
    let (width, height) = (size.x * COLUMNS as f64, size.y * rows as f64);
    writeln!(svg, r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">"#)?;
    for (place, file) in store.cameras().iter().enumerate() {
        let camera = Camera::new(file)?;
        let corner = DVec2::new((place % COLUMNS) as f64, (place / COLUMNS) as f64) * size;
        writeln!(svg, r#"<svg x="{}" y="{}" width="{}" height="{}">"#, corner.x, corner.y, size.x, size.y)?;
        writeln!(svg, r##"<rect width="100%" height="100%" fill="#fff" stroke="#000"/>"##)?;
        for gondola in &store.file().gondolas {
            shelves(&mut svg, &camera, gondola)?;
        }
        for body in &bodies.people {
            for (one, other) in BONES {
                line(&mut svg, &camera, body.joint(one), body.joint(other), "#48c", 0.7)?;
            }
        }
        if let Some(view) = views.iter().find(|view| view.camera == file.id) {
            view.people.iter().try_for_each(|person| figure(&mut svg, &person.keypoints))?;
        }
        writeln!(svg, r#"<text x="6" y="16" font-size="14">{}</text></svg>"#, file.id)?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// The outlines of all shelves of a gondola.
fn shelves(svg: &mut String, camera: &Camera, gondola: &GondolaFile) -> anyhow::Result<()> {
    let turn = DQuat::from_scaled_axis(gondola.rotation_rad.into());
    for shelf in &gondola.shelves {
        let (low, size) = (DVec3::from(shelf.origin_m), DVec3::from(shelf.size_m));
        let corner = |x: f64, y: f64| {
            DVec3::from(gondola.origin_m) + turn * (low + DVec3::new(x * size.x, y * size.y, 0.0))
        };
        for [from, to] in
            [[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 1.0], [1.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0]]
                .map(|[x, y, to_x, to_y]| [corner(x, y), corner(to_x, to_y)])
        {
            line(svg, camera, from, to, "#bbb", 0.8)?;
        }
    }
    Ok(())
}

/// A line in the store as the camera sees it, in pieces, because lenses bend it.
fn line(
    svg: &mut String,
    camera: &Camera,
    from: DVec3,
    to: DVec3,
    colour: &str,
    width: f64,
) -> anyhow::Result<()> {
    for step in 0..4 {
        let ends = [step, step + 1].map(|step| from.lerp(to, f64::from(step) / 4.0));
        let near = ends.map(|end| camera.see(end).is_some_and(|seen| seen.at.length() < 2.0));
        if let [Some(one), Some(other)] = ends.map(|end| camera.project(end))
            && near == [true, true]
        {
            stroke(svg, one, other, colour, width)?;
        }
    }
    Ok(())
}

fn figure(svg: &mut String, keypoints: &[ViewKeypoint]) -> anyhow::Result<()> {
    let find = |joint| keypoints.iter().find(|keypoint| keypoint.joint == joint);
    let at = |keypoint: &ViewKeypoint| DVec2::new(keypoint.x_px.into(), keypoint.y_px.into());
    for (one, other) in BONES {
        if let (Some(one), Some(other)) = (find(one), find(other)) {
            let colour = if one.score.min(other.score) < 0.5 { "#ec2" } else { "#d22" };
            stroke(svg, at(one), at(other), colour, 1.6)?;
        }
    }
    for keypoint in keypoints {
        let (at, colour) = (at(keypoint) / SHRUNK, if keypoint.score < 0.5 { "#ec2" } else { "#d22" });
        writeln!(svg, r#"<circle cx="{:.1}" cy="{:.1}" r="1.8" fill="{colour}"/>"#, at.x, at.y)?;
    }
    Ok(())
}

fn stroke(svg: &mut String, one: DVec2, other: DVec2, colour: &str, width: f64) -> anyhow::Result<()> {
    let (one, other) = (one / SHRUNK, other / SHRUNK);
    writeln!(
        svg,
        r#"<path d="M{:.1} {:.1}L{:.1} {:.1}" stroke="{colour}" stroke-width="{width}"/>"#,
        one.x, one.y, other.x, other.y
    )?;
    Ok(())
}
