//! Who of those who were lost is who of those who were found.

/// If there are more ways than these to give the lost to the found, nobody is told apart.
const WAYS_MAX: usize = 2000;
/// What it weighs that somebody is new where nobody can have come in (a logarithm): nothing, beside any likeness.
const NEW: f64 = -1e3;

/// How somebody who was found fits those who were lost: logarithms of likelihoods, up to a constant.
pub(crate) struct Fits {
    /// By number of the lost; nothing if they can't be the same.
    pub(crate) lost: Vec<Option<f64>>,
    /// And somebody who came in meanwhile; nothing if nobody can have.
    pub(crate) new: Option<f64>,
}

impl Fits {
    /// Those who can be the same, and how well.
    pub(crate) fn can_be(&self) -> impl Iterator<Item = (usize, f64)> {
        self.lost.iter().enumerate().filter_map(|(lost, fit)| Some((lost, (*fit)?)))
    }
}

/// How probable each of those lost is to be each of those found, of all ways to give them out: nobody is two people. Noughts where
/// there are too many ways.
pub(crate) fn shares(found: &[Fits]) -> Vec<Vec<f64>> {
    let mut shares: Vec<Vec<f64>> = found.iter().map(|fits| vec![0.0; fits.lost.len()]).collect();
    if found.iter().map(|fits| 1 + fits.can_be().count()).product::<usize>() > WAYS_MAX {
        return shares;
    }
    let mut ways = Vec::new();
    give_out(found, &mut Vec::new(), 0.0, &mut ways);
    let most = ways.iter().map(|(_, weight)| *weight).fold(f64::MIN, f64::max);
    let sum: f64 = ways.iter().map(|(_, weight)| libm::exp(weight - most)).sum();
    for (way, weight) in &ways {
        for (share, lost) in shares.iter_mut().zip(way) {
            if let Some(lost) = lost {
                share[*lost] += libm::exp(weight - most) / sum;
            }
        }
    }
    shares
}

/// One of the lost for each of those found, or none, and the logarithm of its weight.
type Way = (Vec<Option<usize>>, f64);

/// All ways to go on with those found who are not in `way` yet.
fn give_out(found: &[Fits], way: &mut Vec<Option<usize>>, weight: f64, ways: &mut Vec<Way>) {
    let Some(fits) = found.get(way.len()) else {
        ways.push((way.clone(), weight));
        return;
    };
    let lost = fits.can_be().map(|(lost, fit)| (Some(lost), fit));
    for (lost, fit) in lost.chain([(None, fits.new.unwrap_or(NEW))]) {
        if lost.is_none() || !way.contains(&lost) {
            way.push(lost);
            give_out(found, way, weight + fit, ways);
            way.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(lost: &[Option<f64>], new: Option<f64>) -> Fits {
        Fits { lost: lost.to_vec(), new }
    }

    #[test]
    fn two_who_were_lost_are_told_apart_together() {
        // The first may be either; the second fits one of them better, which leaves the other.
        let shares = shares(&[fits(&[Some(1.0), Some(1.0)], None), fits(&[Some(6.0), Some(0.0)], None)]);
        assert!(shares[0][1] > 0.99 && shares[1][0] > 0.99, "{shares:?}");
    }

    #[test]
    fn who_may_have_come_in_meanwhile_is_weighed_against_who_was_lost() {
        let new = shares(&[fits(&[Some(1.0)], Some(1.0))]);
        assert!((new[0][0] - 0.5).abs() < 1e-9);
        let nobody_came = shares(&[fits(&[Some(-20.0)], None)]);
        assert!(nobody_came[0][0] > 0.999);
    }

    #[test]
    fn nobody_is_told_apart_in_a_crowd() {
        let crowd: Vec<Fits> = (0..8).map(|_| fits(&[Some(0.0); 8], None)).collect();
        assert!(shares(&crowd).into_iter().flatten().all(|share| share == 0.0));
    }
}
