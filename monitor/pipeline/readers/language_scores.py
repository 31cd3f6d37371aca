"""py3langid's scores of a text, made of all its bytes at once; they are those of the library to the last bit.

The library walks an automaton from byte to byte in Python. Here every byte's state is guessed, and each is made anew
from the one before it until none changes: then they are the states of that walk, whatever the automaton. A state tells
of the last few bytes only, so that five rounds do. What the states tell of is counted without a look at each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from py3langid.langid import LanguageIdentifier


class QuickIdentifier(LanguageIdentifier):  # type: ignore[misc]  # the library has no types
    """An identifier on the arrays of the library's model, by their names; ValueError where its weights are others."""

    __slots__ = ("_bases", "_drafts", "_moves", "_outputs", "_packed", "_plain")

    def __init__(self, model: Mapping[str, Any]) -> None:
        # Without the automaton, of which the library makes lists.
        super().__init__(model["ptc"], np.array(model["pc"]), model["classes"].tolist(), (), (), tk_row=())
        if model["ptc"].dtype != np.float16:
            raise ValueError(f"weights of the model are {model['ptc'].dtype}")
        self._moves = np.asarray(model["nextmove"])
        self._outputs = np.asarray(model["output"])
        self._bases = np.asarray(model["row"]).astype(np.int64) << 8
        # numpy makes single numbers of half ones slowly: they are looked up in the list of all there are.
        self._packed = np.asarray(model["ptc"]).view(np.uint16)
        self._plain = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
        self._drafts: list[Any] = []  # arrays with room for each feature: a thread that counts takes one

    def _raw_score(self, text: bytes) -> Any:
        found = self._outputs.take(self._walk(text))
        features, counts = self._count(found[found >= 0])
        if not len(features):
            return super()._raw_score(b"")
        return np.log1p(counts) @ self._plain.take(self._packed.take(features, axis=0)) + self.nb_pc

    def _count(self, found: Any) -> tuple[Any, Any]:
        """Each feature once, and how often it was found, in the order of the text: sums of floats depend on it."""
        try:
            draft = self._drafts.pop()
        except IndexError:
            draft = np.empty(len(self._packed), dtype=np.int32)
        places = np.arange(len(found), dtype=np.int32)
        draft[found[::-1]] = places[::-1]  # of a place that is written to several times the last stays: the first
        first = draft.take(found)
        self._drafts.append(draft)
        counts = np.bincount(first, minlength=len(found))
        new = first == places
        return found[new], counts[new].astype(np.float32)

    def _walk(self, text: bytes) -> Any:
        """The automaton's state after each byte."""
        letters = np.frombuffer(text, dtype=np.uint8).astype(np.int64)
        bases = np.full(len(letters), self._bases[0])
        states = self._moves.take(letters + bases)
        while True:
            bases[1:] = self._bases.take(states[:-1])
            after = self._moves.take(letters + bases)
            if after.tobytes() == states.tobytes():  # a fifth of the time of comparing arrays
                return states
            states = after
