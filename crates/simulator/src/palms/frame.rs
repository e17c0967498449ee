//! Pictures and the cameras that take them.

/// A picture: RGB, a byte each, row by row from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `3 * width * height` bytes.
    pub rgb: Vec<u8>,
}

/// A pinhole camera that looks along z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Focal length, pixels.
    pub focal_px: f32,
}

impl Camera {
    /// A kiosk's camera: the view is 62 degrees wide.
    pub const fn kiosk(width: usize, height: usize) -> Self {
        Self { width, height, focal_px: 0.83 * width as f32 }
    }
}

/// From pixels to places on the palm's plane, millimetres from the palm's middle: a homography.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    pub(super) to_plane: [f32; 9],
    pub(super) to_picture: [f32; 9],
}

impl Plane {
    /// The plane whose places `x`, `y` a homography (row by row) takes to the picture; `None` where it is singular.
    pub fn new(to_picture: [f32; 9]) -> Option<Self> {
        Some(Self { to_plane: inverse(&to_picture)?, to_picture })
    }

    pub(super) fn of_pose(axes: &[[f32; 3]; 3], place: [f32; 3], camera: &Camera) -> Self {
        let focal = camera.focal_px;
        let (cx, cy) = (camera.width as f32 / 2.0, camera.height as f32 / 2.0);
        let mut to_picture = [0.0; 9];
        for (column, vector) in [axes[0], axes[1], place].into_iter().enumerate() {
            to_picture[column] = focal * vector[0] + cx * vector[2];
            to_picture[3 + column] = focal * vector[1] + cy * vector[2];
            to_picture[6 + column] = vector[2];
        }
        // A pose in front of the camera, tilted by less than a right angle, always has an inverse.
        Self { to_plane: inverse(&to_picture).unwrap_or_default(), to_picture }
    }

    /// The plane seen in a picture that a homography (row by row) makes of this one; `None` where that is singular.
    pub fn seen_through(&self, picture: &[f32; 9]) -> Option<Self> {
        Self::new(product(picture, &self.to_picture))
    }

    /// The plane of a hand that a homography moves on this one; `None` where that is singular.
    pub(super) fn after(&self, movement: &[f32; 9]) -> Option<Self> {
        Self::new(product(&self.to_picture, movement))
    }

    /// Where a place on the plane is seen, pixels.
    pub fn project(&self, x: f32, y: f32) -> [f32; 2] {
        apply(&self.to_picture, x, y)
    }

    /// What a pixel sees, mm.
    pub fn lift(&self, x: f32, y: f32) -> [f32; 2] {
        apply(&self.to_plane, x, y)
    }
}

fn apply(h: &[f32; 9], x: f32, y: f32) -> [f32; 2] {
    let depth = 1.0 / (h[6] * x + h[7] * y + h[8]);
    [(h[0] * x + h[1] * y + h[2]) * depth, (h[3] * x + h[4] * y + h[5]) * depth]
}

fn product(a: &[f32; 9], b: &[f32; 9]) -> [f32; 9] {
    let mut result = [0.0; 9];
    for (index, cell) in result.iter_mut().enumerate() {
        let (row, column) = (index / 3 * 3, index % 3);
        *cell = (0..3).map(|inner| a[row + inner] * b[inner * 3 + column]).sum();
    }
    result
}

fn inverse(m: &[f32; 9]) -> Option<[f32; 9]> {
    let cofactor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
    let adjugate = [
        cofactor(4, 5, 7, 8),
        cofactor(2, 1, 8, 7),
        cofactor(1, 2, 4, 5),
        cofactor(5, 3, 8, 6),
        cofactor(0, 2, 6, 8),
        cofactor(2, 0, 5, 3),
        cofactor(3, 4, 6, 7),
        cofactor(1, 0, 7, 6),
        cofactor(0, 1, 3, 4),
    ];
    let determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6];
    (determinant.is_normal()).then(|| adjugate.map(|value| value / determinant))
}
