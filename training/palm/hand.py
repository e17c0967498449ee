"""Trains the network that finds hands.

    cargo run --release -p palm --example hands -- 21 60000 > hands.bin
    python training/palm/hand.py hands.bin hand.pt --minutes 30
    python training/palm/export.py hand hand.pt crates/palm/networks/hand.onnx
"""

import argparse
import math
import time

import numpy as np
import torch
from torch.nn import functional as F

from networks import CELLS, HAND_SIDE, Hand

RECORD = 4 + 64 + HAND_SIDE * HAND_SIDE * 3
CHECKED = 3000  # records kept for checking
BATCH = 64
STEP = HAND_SIDE // CELLS

rows, columns = torch.meshgrid(torch.arange(CELLS).float(), torch.arange(CELLS).float(), indexing="ij")
rows, columns = rows.flatten(), columns.flatten()


def batch(records, index, is_training):
    chosen = records[np.sort(index)]
    labels = torch.from_numpy(chosen[:, :4].astype(np.int64))
    marks = torch.from_numpy(chosen[:, 4:68].copy().view(np.float32).reshape(-1, 8, 2))
    x = torch.from_numpy(chosen[:, 68:].reshape(-1, HAND_SIDE, HAND_SIDE, 3).astype(np.float32)) / 255
    if is_training:
        count = len(x)
        gain = torch.exp(0.25 * torch.randn(count, 1, 1, 1))
        tint = 1 + 0.08 * torch.randn(count, 1, 1, 3)
        gamma = torch.exp(0.2 * torch.randn(count, 1, 1, 1))
        x = (x.clamp_min(1e-4) ** gamma * gain * tint).clamp(0, 1)
        if np.random.rand() < 0.5:  # a mirrored left hand is a right one
            x, marks, labels = x.flip(2), marks.clone(), labels.clone()
            marks[..., 0] = HAND_SIDE - marks[..., 0]
            labels[:, 1] = 1 - labels[:, 1]
    x = x.permute(0, 3, 1, 2).sub(0.5).mul(4).contiguous(memory_format=torch.channels_last)
    return x, labels, marks / STEP - 0.5


def losses(maps, kinds, labels, marks):
    """Landmarks in the picture, kind of picture, and side; the first as a map and as a place."""
    is_hand = labels[:, 0] == 1
    weight = (((marks >= 0) & (marks <= CELLS - 1)).all(-1) & is_hand[:, None]).float()
    flat = maps.flatten(2)
    mass = flat.softmax(-1)
    off = ((mass * columns).sum(-1) - marks[..., 0]).abs() + ((mass * rows).sum(-1) - marks[..., 1]).abs()
    squares = (columns - marks[..., 0:1]) ** 2 + (rows - marks[..., 1:2]) ** 2
    target = torch.exp(-squares / 2 / 0.8**2)
    target = target / target.sum(-1, keepdim=True).clamp_min(1e-6)
    entropy = -(target * flat.log_softmax(-1)).sum(-1)
    count = weight.sum().clamp_min(1)
    kind = F.cross_entropy(kinds[:, :4], labels[:, 0])
    side = F.binary_cross_entropy_with_logits(kinds[is_hand, 4], labels[is_hand, 1].float())
    return (entropy * weight).sum() / count, (off * weight).sum() / count, kind, side


def check(net, records):
    """How far landmarks lie off, pixels of 128, and how often kind and side are right."""
    net.eval()
    off, kinds, sides = {0: [], 1: []}, torch.zeros(4, 4, dtype=torch.int), []
    with torch.no_grad():
        for start in range(0, CHECKED, 250):
            x, labels, marks = batch(records, np.arange(start, start + 250), False)
            maps, kind = net(x)
            flat = maps.flatten(2)
            top = flat.argmax(-1)
            near = ((columns - (top % CELLS)[..., None]).abs() <= 2) & ((rows - (top // CELLS)[..., None]).abs() <= 2)
            mass = flat.masked_fill(~near, -1e9).softmax(-1)
            error = STEP * torch.hypot(
                (mass * columns).sum(-1) - marks[..., 0], (mass * rows).sum(-1) - marks[..., 1]
            )
            is_hand = labels[:, 0] == 1
            is_in = ((marks >= 0) & (marks <= CELLS - 1)).all(-1).all(-1) & is_hand
            for first in (0, 1):
                off[first].append(error[is_in & (labels[:, 2] == first)])
            for truth, said in zip(labels[:, 0], kind[:, :4].argmax(1)):
                kinds[truth, said] += 1
            sides.append(((kind[is_hand, 4] > 0).long() == labels[is_hand, 1]).float())
    net.train()
    for first, name in ((0, "close look"), (1, "first look")):
        error = torch.cat(off[first]).flatten()
        print(f"{name}: mean {error.mean():.2f} px, median {error.median():.2f}, p95 {error.quantile(0.95):.2f}")
    print(f"side right {100 * torch.cat(sides).mean():.2f} %, kinds (true by said) {kinds.tolist()}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records")
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--start", help="go on from this network")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(2)
    data = np.memmap(options.records, np.uint8, mode="r")
    records = data[: len(data) // RECORD * RECORD].reshape(-1, RECORD)
    net = Hand().to(memory_format=torch.channels_last)
    if options.start:
        net.load_state_dict(torch.load(options.start))
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.01)
    begin, step, sums = time.time(), 0, np.zeros(4)
    while (part := (time.time() - begin) / (60 * options.minutes)) < 1:
        rate = options.rate * min(1, step / 200) * (0.495 * (1 + math.cos(math.pi * part)) + 0.01)
        for group in optimiser.param_groups:
            group["lr"] = rate
        x, labels, marks = batch(records, np.random.randint(CHECKED, len(records), BATCH), True)
        parts = losses(*net(x), labels, marks)
        loss = 0.5 * parts[0] + parts[1] + parts[2] + parts[3]
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        step += 1
        sums += [part.item() for part in parts]
        if step % 200 == 0:
            print(step, f"{time.time() - begin:.0f} s, map, place, kind, side:", (sums / 200).round(3), flush=True)
            sums[:] = 0
        if step % 1000 == 0:
            torch.save(net.state_dict(), options.out)
            check(net, records)
    torch.save(net.state_dict(), options.out)
    check(net, records)


if __name__ == "__main__":
    main()
