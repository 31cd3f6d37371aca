"""The model that tells languages, unpacked once into the user's cache and mapped into memory from there.

py3langid unpacks its 4.6 MB at every start of a process: .8 s of CPU time and 90 MB, of which a text touches little. A
file that is mapped costs neither: the kernel loads what is looked at and shares it among processes.
"""

from __future__ import annotations

import io
import logging
import mmap
import os
import shutil
import tempfile
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from monitor.pipeline.readers.own_cache import READ_ONLY, check_owner, locate_cache
from monitor.pipeline.readers.run_apart import run_apart
from monitor.text.words.languages.detect_language import LANGUAGES, install_language_ranker

log = logging.getLogger(__name__)

_DRAFT = "languages-draft-"  # what a kill leaves behind is removed like another release's
_ARRAYS = ("ptc", "pc", "classes", "nextmove", "row", "output")  # in the order of py3langid's own loader


def map_language_model(cache: Path | None = None) -> str | None:
    """Have `detect_language` use the model below `cache`, by default the user's own; unpack it there first.

    Where nothing can be written, the model stays in memory, as py3langid has it: the answer is why.
    """
    try:
        model = _load(locate_cache(cache) / name_language_model())
    except Exception as error:  # whatever stands there in place of arrays
        return str(error)
    install_language_ranker(model.rank)
    return None


def _load(folder: Path) -> Any:
    try:
        return _map(folder)
    except Exception as error:  # not there yet, cut off, empty: numpy has an exception for each
        log.debug("event=language-model-unpacked folder=%s reason=%r", folder, str(error))
        run_apart(f"{__name__}:write_language_model", folder)
        return _map(folder)


def name_language_model() -> str:
    """What the model of this release, for these languages, is called."""
    languages = sha256(" ".join(LANGUAGES).encode()).hexdigest()[:8]
    return f"languages-{version('py3langid')}-{languages}"


def _map(folder: Path) -> Any:
    """The identifier on mapped arrays; raises an exception where one is missing or is not whole."""
    from monitor.pipeline.readers.language_scores import QuickIdentifier

    check_owner(folder)
    return QuickIdentifier(
        {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS}
    )


def write_language_model(folder: Path) -> None:
    """Write the model's arrays, those of our languages alone, whole or not at all; raises OSError."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=_DRAFT, ignore_cleanup_errors=True) as temporary:
        whole = LanguageIdentifier.from_model_file(MODEL_DIR / MODEL_FILE)
        whole.set_languages(LANGUAGES)
        arrays = (
            whole.nb_ptc,
            whole.nb_pc,
            np.array(whole.nb_classes),
            np.array(whole.tk_nextmove),
            np.array(whole.tk_row),
            np.array(whole.tk_output, dtype=np.int32),
        )
        for name, array in zip(_ARRAYS, arrays, strict=True):
            _write_array(Path(temporary) / f"{name}.npy", array)
        try:
            Path(temporary).rename(folder)
        except OSError:
            try:
                _map(folder)  # another process was faster
            except Exception:  # it is not whole
                shutil.rmtree(folder)
                Path(temporary).rename(folder)


def _write_array(path: Path, array: Any) -> None:
    """Write an array page by page: Linux maps a file in the pieces it was written in, and whole pieces of megabytes at
    the first look at one of their bytes."""
    packed = io.BytesIO()
    np.save(packed, np.ascontiguousarray(array), allow_pickle=False)
    content = packed.getbuffer()
    with open(path, "wb", buffering=0) as file:
        for start in range(0, len(content), mmap.PAGESIZE):
            file.write(content[start : start + mmap.PAGESIZE])
        os.fchmod(file.fileno(), READ_ONLY)
        os.fsync(file.fileno())  # the folder is renamed next, and shall not outlive what stands in it
