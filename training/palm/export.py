"""Writes a trained network as ONNX, normalisation folded into the convolutions.

    python training/palm/export.py hand|print NETWORK.pt OUT.onnx
"""

import sys

import torch
from torch import nn
from torch.nn.utils import fuse_conv_bn_eval

from networks import HAND_SIDE, PATCH_SIDE, Hand, Print


def fold(module):
    for child in module.children():
        fold(child)
    if not isinstance(module, nn.Sequential):
        return
    names = list(module._modules)
    for name, after in zip(names, names[1:]):
        layer, norm = module[int(name)], module[int(after)]
        if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            module[int(name)], module[int(after)] = fuse_conv_bn_eval(layer, norm), nn.Identity()
        if isinstance(layer, nn.Linear) and isinstance(norm, nn.BatchNorm1d):
            module[int(name)], module[int(after)] = fold_linear(layer, norm), nn.Identity()


def fold_linear(layer, norm):
    """The one that ends the network for palms: its normalisation has no weights of its own."""
    scale = 1 / torch.sqrt(norm.running_var + norm.eps)
    folded = nn.Linear(layer.in_features, layer.out_features)
    folded.weight.data = layer.weight.data * scale[:, None]
    folded.bias.data = -norm.running_mean * scale
    return folded


def main():
    which, source, out = sys.argv[1:4]
    weights = torch.load(source, map_location="cpu")
    if which == "print":
        net, shape, outputs = Print(), (1, 1, PATCH_SIDE, PATCH_SIDE), ["embedding"]
        weights = weights["net"]
    else:
        net, shape, outputs = Hand(), (1, 3, HAND_SIDE, HAND_SIDE), ["landmarks", "kinds"]
    net.load_state_dict(weights)
    net.eval()
    fold(net)
    torch.onnx.export(
        net, torch.zeros(shape), out, input_names=["picture"], output_names=outputs, opset_version=17, dynamo=False
    )


if __name__ == "__main__":
    main()
