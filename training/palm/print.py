"""Trains the network that tells palms apart.

    cargo build --release -p palm --example patches
    python training/palm/print.py target/release/examples/patches print.pt --hands 8000 --minutes 80
    python training/palm/export.py print print.pt crates/palm/networks/print.onnx

Two losses together. Looks at one palm come in pairs, and each is to be nearer to its fellow than to all others of the batch
(normalised temperature-scaled cross entropy, Chen et al. 2020): this starts the training. A margin of 0.35 in the cosine to each
hand's own direction against those of all hands (CosFace, Wang et al. 2018) ends it.
"""

import argparse
import math
import queue
import subprocess
import threading
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from networks import PATCH_SIDE, Print

RECORD = 4 + PATCH_SIDE * PATCH_SIDE
BATCH = 128
SCALE = 32.0
MARGIN = 0.35
PAIR_SCALE = 24.0
# How much farther a hand's direction goes along its slope than a weight's learning rate: one batch turns it by a few degrees.
DIRECTION_RATE = 1000.0
CHECK_SEED = 990001


def stream(command, batches):
    """Puts batches of what `command` writes into a queue, and None at its end."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    while len(data := process.stdout.read(RECORD * BATCH)) == RECORD * BATCH:
        records = np.frombuffer(data, np.uint8).reshape(BATCH, RECORD)
        labels = records[:, :4].copy().view(np.uint32)[:, 0].astype(np.int64)
        pixels = (torch.from_numpy(records[:, 4:].astype(np.float32)) - 128) / 127
        x = pixels.view(-1, 1, PATCH_SIDE, PATCH_SIDE).contiguous(memory_format=torch.channels_last)
        batches.put((torch.from_numpy(labels), x))
    batches.put(None)


def batches_of(command, depth):
    batches = queue.Queue(depth)
    threading.Thread(target=stream, args=(command, batches), daemon=True).start()
    return batches


def check(net, patches, hands, looks=8):
    """TAR at several FAR on hands never trained with."""
    hand, found = embed(net, [patches, str(CHECK_SEED), str(hands), "0", str(looks)])
    same = hand[:, None] == hand[None]
    upper = torch.triu(torch.ones_like(same), 1)
    scores = found @ found.T
    genuine, impostor = scores[same & upper], scores[~same & upper].sort(descending=True)[0]
    for rate in (1e-4, 1e-5, 1e-6):
        threshold = impostor[int(rate * len(impostor))]
        print(f"FAR {rate:g}: TAR {100 * (genuine > threshold).float().mean():.2f} % at {threshold:.3f}", end=", ")
    print(f"genuine mean {genuine.mean():.3f}, impostors' deviation {impostor.std():.3f}", flush=True)


def embed(net, command):
    """Numbers of hands and what the network says of the looks that `command` writes."""
    batches = batches_of(command, 8)
    net.eval()
    hands, found = [], []
    with torch.no_grad():
        while (batch := batches.get()) is not None:
            hands.append(batch[0])
            found.append(F.normalize(net(batch[1])))
    net.train()
    return torch.cat(hands), torch.cat(found)


def first_directions(net, patches, seed, count):
    """A direction for each hand that a trained network has not learned one for: the mean of two looks."""
    hands, found = embed(net, [patches, str(seed), str(count), "1", "2"])
    return F.normalize(torch.zeros(count, found.shape[1]).index_add_(0, hands, found) + 1e-3)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("patches", help="the program that draws patches")
    parser.add_argument("out")
    parser.add_argument("--hands", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1, help="of the population trained with")
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate")
    parser.add_argument("--start", help="go on from this network, at the full margin")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    net = Print().to(memory_format=torch.channels_last)
    directions = nn.Parameter(torch.randn(options.hands, 128) * 0.1)
    if options.start:
        kept = torch.load(options.start)
        net.load_state_dict(kept["net"])
        if kept["W"].shape == directions.shape:
            directions.data = kept["W"]
        else:
            directions.data = first_directions(net, options.patches, options.seed, options.hands)
    decayed = [weight for weight in net.parameters() if weight.ndim > 1]
    others = [weight for weight in net.parameters() if weight.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": others, "weight_decay": 0}], betas=(0.9, 0.98)
    )
    # A hand comes once in a few hundred batches; Adam would make a whole step of every other batch's faint push on its direction.
    turner = torch.optim.SGD([directions])
    command = [options.patches, str(options.seed), str(options.hands), str(int(time.time()) & 0xFFFF)]
    batches = batches_of(command, 64)
    batches.get()
    begin, step, sums = time.time(), 0, np.zeros(2)
    while (part := (time.time() - begin) / (60 * options.minutes)) < 1:
        rate = options.rate * min(1, step / 300) * (0.495 * (1 + math.cos(math.pi * part)) + 0.01)
        for group in optimiser.param_groups:
            group["lr"] = rate
        turner.param_groups[0]["lr"] = DIRECTION_RATE * rate
        margin = MARGIN if options.start else MARGIN * min(1, max(0, part - 0.04) / 0.15)
        labels, x = batches.get()
        found = F.normalize(net(x))
        own = F.one_hot(labels, options.hands)
        class_loss = F.cross_entropy(SCALE * (found @ F.normalize(directions).T - margin * own), labels)
        one, other = found[0::2], found[1::2]
        pairs = PAIR_SCALE * (one @ other.T - 0.6 * margin * torch.eye(len(one)))
        fellows = torch.arange(len(one))
        pair_loss = 0.5 * (F.cross_entropy(pairs, fellows) + F.cross_entropy(pairs.T, fellows))
        optimiser.zero_grad(set_to_none=True)
        turner.zero_grad(set_to_none=True)
        (class_loss + pair_loss).backward()
        optimiser.step()
        turner.step()
        step += 1
        sums += class_loss.item(), pair_loss.item()
        if step % 100 == 0:
            print(step, f"{time.time() - begin:.0f} s, class and pair:", (sums / 100).round(3), flush=True)
            sums[:] = 0
        if step % 2000 == 0:
            torch.save({"net": net.state_dict(), "W": directions.data}, options.out)
            check(net, options.patches, 600)
    torch.save({"net": net.state_dict(), "W": directions.data}, options.out)
    check(net, options.patches, 1500)


if __name__ == "__main__":
    main()
