"""The two networks: one finds a hand, one tells palms apart. Dense 3x3 convolutions, which the product's runtime is fast at."""

from torch import nn
from torch.nn import functional as F

HAND_SIDE = 128
CELLS = 32
PATCH_SIDE = 112


def conv(inputs, outputs, kernel=3, stride=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.a = conv(channels, channels)
        self.b = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        return F.relu(x + self.b(self.a(x)))


class Print(nn.Module):
    """A patch (1 x 112 x 112, -1 to 1) to 128 numbers; their direction says whose palm it is."""

    def __init__(self, width=32):
        super().__init__()
        self.body = nn.Sequential(
            conv(1, 16, 5, 2),
            conv(16, width, 3, 2),
            Residual(width),
            conv(width, 2 * width, 3, 2),
            Residual(2 * width),
            conv(2 * width, 4 * width, 3, 2),
            Residual(4 * width),
            conv(4 * width, 64, 1),
        )
        self.head = nn.Sequential(
            nn.Flatten(), nn.Linear(64 * 49, 128, bias=False), nn.BatchNorm1d(128, affine=False)
        )

    def forward(self, x):
        return self.head(self.body(x))


class Hand(nn.Module):
    """A picture (3 x 128 x 128, -2 to 2) to eight maps of landmarks (32 x 32, logarithms) and five numbers: logits of no hand, a
    hand, two hands, a covered one, and of the hand being a left one."""

    def __init__(self):
        super().__init__()
        self.d1 = nn.Sequential(conv(3, 16, 5, 2), conv(16, 32, 3, 2))
        self.d2 = nn.Sequential(conv(32, 32), conv(32, 64, 3, 2))
        self.d3 = nn.Sequential(conv(64, 64), conv(64, 96, 3, 2), conv(96, 96))
        self.kind = nn.Sequential(conv(96, 96, 3, 2), nn.Flatten(), nn.Linear(96 * 16, 5))
        self.u3 = conv(96, 64, 1)
        self.m2 = conv(64, 64)
        self.u2 = conv(64, 32, 1)
        self.m1 = conv(32, 32)
        self.out = nn.Conv2d(32, 8, 1)

    def forward(self, x):
        fine = self.d1(x)
        middle = self.d2(fine)
        coarse = self.d3(middle)
        middle = self.m2(middle + F.interpolate(self.u3(coarse), scale_factor=2, mode="nearest"))
        fine = self.m1(fine + F.interpolate(self.u2(middle), scale_factor=2, mode="nearest"))
        return self.out(fine), self.kind(coarse)
