"""The fast search beside FAISS: same vectors, one thread each, in turn, in one run.

Recipe: `cargo build --release -p palm --example compare`, then
`python crates/palm/benches/compare_faiss.py target/release/examples/compare` with faiss-cpu and numpy installed.
Options: number of palms (1000000), number of probes (10000).

Searches for single probes alternate between the three, and times are those of the processor in the searching thread, so
that whatever else the machine does counts little, and for all of them alike.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import faiss
import numpy

DIMENSIONS = 128
ROUNDS = 60
TOGETHER = 100


def read(folder, name, kind):
    return numpy.fromfile(folder / name, dtype=kind).reshape(-1, DIMENSIONS)


def timed(index, probes):
    start = time.thread_time_ns()
    _, best = index.search(probes, 1)
    return (time.thread_time_ns() - start) / 1e6, best[:, 0]


def best_of_all(index, probes):
    return numpy.concatenate([timed(index, part)[1] for part in numpy.array_split(probes, max(1, len(probes) // 1000))])


def main():
    program, palm_count, probe_count = sys.argv[1], *(int(text) for text in (sys.argv[2:] + ["1000000", "10000"])[:2])
    faiss.omp_set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        command = [program, str(folder), str(palm_count), str(probe_count)]
        ours = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def ask(question):
            ours.stdin.write(question + "\n")
            ours.stdin.flush()
            return [int(word) for word in ours.stdout.readline().split()]

        assert ours.stdout.readline() == "ready\n"
        palms, probes = read(folder, "palms.f32", "<f4"), read(folder, "probes.f32", "<f4")
        flat = faiss.IndexFlatIP(DIMENSIONS)
        flat.add(palms)
        eight = faiss.IndexScalarQuantizer(DIMENSIONS, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        eight.train(palms[:100000])
        eight.add(palms)

        print(f"{palm_count} palms, {probe_count} probes, one thread, faiss {faiss.__version__}")
        single = {"ours": [], "flat": [], "SQ8": []}
        for probe in numpy.linspace(0, probe_count - 1, ROUNDS).astype(int):
            single["ours"].append(ask(f"one {probe}")[0] / 1e6)
            single["flat"].append(timed(flat, probes[probe : probe + 1])[0])
            single["SQ8"].append(timed(eight, probes[probe : probe + 1])[0])
        report("one probe", single)
        together = {"ours": [], "flat": [], "SQ8": []}
        for first in numpy.linspace(0, probe_count - TOGETHER, 5).astype(int):
            together["ours"].append(ask(f"many {first} {TOGETHER}")[0] / 1e6 / TOGETHER)
            together["flat"].append(timed(flat, probes[first : first + TOGETHER])[0] / TOGETHER)
            together["SQ8"].append(timed(eight, probes[first : first + TOGETHER])[0] / TOGETHER)
        report(f"{TOGETHER} probes at once, each", together)

        memory = {"ours": ask("memory")[0], "flat": palms.nbytes, "SQ8": palms.nbytes // 4}
        print("memory, MB:", ", ".join(f"{name} {size / 1e6:.0f}" for name, size in memory.items()))
        median, high = ask(f"people {palm_count // 10}")
        print(f"{palm_count // 10} people, two palms each: median {median / 1e6:.2f} ms, 99 of 100 within {high / 1e6:.2f} ms")

        best = numpy.array(ask(f"many 0 {probe_count}")[1:])
        naive = [(probe, ask(f"naive {probe}")[0]) for probe in range(0, probe_count, max(1, probe_count // 100))]
        print(f"same best as our own exhaustive search: {sum(best[probe] == one for probe, one in naive)} of {len(naive)}")
        exhaustive = best_of_all(flat, probes)
        mated = probe_count // 5 * 4
        same = exhaustive == best
        print(f"same best as FAISS flat over the embeddings: {same[:mated].sum()} of {mated} probes with a palm here,")
        print(f"  {same[mated:].sum()} of {probe_count - mated} strangers (8 bits against 32: near ties differ)")
        del flat, eight, palms, probes
        levels, probe_levels = (read(folder, f"{name}.i8", "i1").astype("<f4") for name in ("palms", "probes"))
        faiss.normalize_L2(levels)
        faiss.normalize_L2(probe_levels)
        templates = faiss.IndexFlatIP(DIMENSIONS)
        templates.add(levels)
        same = best_of_all(templates, probe_levels) == best
        print(f"same best as FAISS flat over the templates: {same.sum()} of {probe_count}")
        ours.stdin.close()
        ours.wait()


def report(what, times):
    median = {name: float(numpy.median(each)) for name, each in times.items()}
    ratios = {name: float(numpy.median(numpy.array(times[name]) / numpy.array(times["ours"]))) for name in ("flat", "SQ8")}
    print(f"{what}, median ms:", ", ".join(f"{name} {each:.2f}" for name, each in median.items()))
    print(f"  faster than flat {ratios['flat']:.1f} times, than SQ8 {ratios['SQ8']:.1f} times (median of ratios in turn)")


main()
