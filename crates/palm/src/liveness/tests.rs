use model::Time;
use simulator::Rng;
use simulator::palms::{Attack, Camera, Conditions, Hand, Moment, attack, live};

use super::{Burst, Cue, Cues, Verdict, bands, grid, ground};
use crate::{Picture, Reader};

const CAMERA: Camera = Camera { width: 360, height: 360, focal_px: 0.83 * 480.0 };

fn burst(moments: Vec<Moment>) -> Burst {
    let reader = Reader::new().unwrap();
    let mut burst = Burst::new();
    for Moment { after_ns, frame } in moments {
        let picture = Picture::from_rgb(frame.width, frame.height, frame.rgb).unwrap();
        if let Ok(look) = reader.look(&picture) {
            burst.push(Time::from_nanos(after_ns), &picture, &look);
        }
    }
    burst
}

fn living(number: u64) -> Vec<Moment> {
    let mut rng = Rng::new(number, "tests: liveness");
    live(&Hand::new(31, number), &mut rng, &Conditions::CALM, &CAMERA).collect()
}

fn faked(what: Attack, number: u64) -> Vec<Moment> {
    let mut rng = Rng::new(number, "tests: liveness");
    attack(what, &Hand::new(31, number), &mut rng, &Conditions::CALM, &CAMERA).collect()
}

fn cue(cues: &Cues, cue: Cue) -> f64 {
    cues.values()[cue as usize]
}

#[test]
fn a_living_hand_is_told_from_its_print_by_its_relief() {
    let (hand, print) = (burst(living(3)).cues().unwrap(), burst(faked(Attack::CutOut, 3)).cues().unwrap());
    assert!(cue(&hand, Cue::Relief) > cue(&print, Cue::Relief) + 2.0, "{hand:?} {print:?}");
}

#[test]
fn a_picture_shown_again_and_again_is_an_attack_because_it_never_stirs() {
    let still = living(4).remove(0).frame;
    let again = (0..6).map(|index| Moment { after_ns: index * 125_000_000, frame: still.clone() }).collect();
    let Verdict::Attack { cue, .. } = burst(again).verdict() else { panic!("a still picture lives") };
    assert_eq!(cue, Cue::Stir);
}

#[test]
fn too_few_looks_ask_for_more() {
    assert_eq!(Burst::new().verdict(), Verdict::More);
    let mut moments = living(5);
    moments.truncate(3);
    assert_eq!(burst(moments).verdict(), Verdict::More);
}

#[test]
fn the_same_pictures_give_the_same_score() {
    assert_eq!(burst(living(6)).verdict(), burst(living(6)).verdict());
}

#[test]
fn bands_stand_out_where_strips_share_them() {
    let looks = |is_shared: bool| -> Vec<Vec<bands::Wave>> {
        let part = |look: usize, strip: usize| {
            let turn = if is_shared { 0.0 } else { 1.7 * strip as f64 };
            [libm::sin(2.0 * look as f64 + turn), libm::cos(2.0 * look as f64 + turn)].map(|part| 1e-3 * part)
        };
        (0..6).map(|look| vec![std::array::from_fn(|strip| part(look, strip)); 92]).collect()
    };
    let tilts = [[-0.03, 0.01], [-0.02, 0.0], [-0.01, -0.02], [0.01, 0.0], [0.02, 0.01], [0.03, 0.0]];
    let clearest = |looks: Vec<Vec<bands::Wave>>| {
        bands::clearest(&looks.iter().map(Vec::as_slice).collect::<Vec<_>>(), &tilts)
    };
    assert!(clearest(looks(true)) > 30.0);
    assert!(clearest(looks(false)) < 1.0);
}

#[test]
fn a_beat_of_pixels_stands_out_of_noise() {
    let picture = |depth: f64| {
        let mut rng = Rng::new(1, "tests: grid");
        let pixels = (0..200 * 200).flat_map(|pixel| {
            let (column, row) = (f64::from(pixel % 200), f64::from(pixel / 200));
            let value = 128.0 + depth * libm::sin(1.9 * column + 0.7 * row) + 2.0 * rng.noise();
            [value as u8; 3]
        });
        Picture::from_rgb(200, 200, pixels.collect()).unwrap()
    };
    let peak = |depth| grid::peak(&grid::power(&picture(depth), [100.0, 100.0]));
    assert!(peak(2.0) > 4.0 * peak(0.0), "{} {}", peak(2.0), peak(0.0));
}

#[test]
fn smooth_surfaces_are_found_again() {
    let places: Vec<[f32; 2]> = ground::cells().iter().map(|(_, _, place)| *place).collect();
    let terms = [0.3, -0.1, 0.2, 0.05, -0.4, 0.1];
    let values: Vec<f64> = places.iter().map(|place| ground::value(&terms, *place)).collect();
    for (found, term) in ground::fit(&places, &values).into_iter().zip(terms) {
        assert!((found - term).abs() < 1e-9);
    }
}
