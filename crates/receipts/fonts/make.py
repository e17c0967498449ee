"""Makes the fonts of the PDF receipt small: python make.py INTER_FOLDER DEJAVU_FOLDER (needs fonttools).

Keeps Latin, Greek and Cyrillic of Inter and Hebrew and Arabic of DejaVu Sans. Inter's figures of equal width
(feature tnum) take the place of the plain ones, so that amounts stand below one another.
"""
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

LATIN = [(0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x2BC, 0x2BC), (0x300, 0x304), (0x306, 0x30C), (0x323, 0x323),
         (0x327, 0x328), (0x386, 0x3CE), (0x400, 0x45F), (0x490, 0x491), (0x1E80, 0x1E85), (0x1E9E, 0x1E9E),
         (0x1EA0, 0x1EF9), (0x2010, 0x2015), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030),
         (0x2039, 0x203A), (0x20A9, 0x20AC), (0x20B1, 0x20BF), (0x2122, 0x2122), (0x2190, 0x2193), (0x2212, 0x2212),
         (0x25A1, 0x25A1), (0x2713, 0x2713)]
RIGHT_TO_LEFT = [(0x20, 0x22), (0x25, 0x3A), (0xA0, 0xA0), (0x5B0, 0x5C3), (0x5D0, 0x5EA), (0x5F3, 0x5F4), (0x60C, 0x60C),
                 (0x61B, 0x61B), (0x61F, 0x61F), (0x621, 0x63A), (0x640, 0x652), (0x660, 0x66C), (0x670, 0x671),
                 (0x679, 0x679), (0x67E, 0x67E), (0x686, 0x686), (0x688, 0x688), (0x691, 0x691), (0x698, 0x698),
                 (0x6A9, 0x6A9), (0x6AF, 0x6AF), (0x6BA, 0x6BA), (0x6BE, 0x6BE), (0x6C1, 0x6C1), (0x6CC, 0x6CC),
                 (0x6D2, 0x6D2), (0x6F0, 0x6F9)]


def small(source, target, ranges, features):
    font = TTFont(source)
    equal = {}
    if "GSUB" in font:
        table = font["GSUB"].table
        for record in table.FeatureList.FeatureRecord:
            if record.FeatureTag == "tnum":
                for index in record.Feature.LookupListIndex:
                    for part in table.LookupList.Lookup[index].SubTable:
                        equal.update(getattr(getattr(part, "ExtSubTable", part), "mapping", {}))
    if "tnum" not in features:
        for part in font["cmap"].tables:
            for code, glyph in list(part.cmap.items()):
                if 0x30 <= code <= 0x39 and glyph in equal:
                    part.cmap[code] = equal[glyph]
    options = subset.Options(layout_features=features, hinting=False, desubroutinize=False, name_IDs=[0, 1, 2, 4, 6, 13, 14],
                             notdef_outline=True, drop_tables=subset.Options._drop_tables_default + ["DSIG", "STAT", "meta"])
    cut = subset.Subsetter(options)
    cut.populate(unicodes=[code for low, high in ranges for code in range(low, high + 1)])
    cut.subset(font)
    font.save(target)
    print(target, Path(target).stat().st_size)


inter, dejavu = map(Path, sys.argv[1:])
small(inter / "Inter-Regular.otf", "Inter-Regular.otf", LATIN, ["kern", "mark", "mkmk", "ccmp"])
small(inter / "Inter-SemiBold.otf", "Inter-SemiBold.otf", LATIN, ["kern", "mark", "mkmk", "ccmp"])
small(dejavu / "DejaVuSans.ttf", "DejaVuSans.ttf", RIGHT_TO_LEFT,
      ["kern", "mark", "mkmk", "ccmp", "init", "medi", "fina", "isol", "rlig"])
