"""The model of languages, mapped from the user's cache."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from py3langid import langid

from monitor.pipeline.readers import own_cache
from monitor.pipeline.readers.language_model import map_language_model, write_language_model
from monitor.pipeline.readers.language_scores import QuickIdentifier
from monitor.text.words.languages import detect_language
from monitor.text.words.languages.detect_language import LANGUAGES

TEXTS = (
    "The council of Leith met on the matter of the quay, and the port has until spring to answer.",
    "Der Rat von Leith hat über den Kai beraten, und der Hafen hat bis zum Frühjahr Zeit für eine Antwort.",
    "Совет города обсудил судьбу причала, и порт должен ответить до весны, сообщил его председатель.",
    "مجلس شهر درباره اسکله بحث کرد و بندر تا بهار فرصت دارد پاسخ دهد",
    "市议会讨论了码头的问题，港口必须在春天之前作出答复。",
    "THE QUAY; " * 60,
    "q",
    "\ud800 \x00\x01",
    "",
)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """What other tests find is what was in use before."""
    before = list(detect_language._RANKERS)
    detect_language._RANKERS.clear()
    yield
    detect_language._RANKERS[:] = before


def rank_unmapped(texts: Iterable[str]) -> list[list[tuple[str, float]]]:
    """As py3langid ranks them by itself."""
    whole = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    whole.set_languages(LANGUAGES)
    return [list(whole.rank(text)) for text in texts]


def test_the_mapped_model_ranks_as_the_library_does_and_is_unpacked_once(tmp_path: Path) -> None:
    map_language_model(tmp_path)
    [folder] = tmp_path.iterdir()
    written = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert [detect_language._rank(text) for text in TEXTS] == rank_unmapped(TEXTS)
    map_language_model(tmp_path)
    assert ({file: file.stat().st_mtime_ns for file in folder.iterdir()}, list(tmp_path.iterdir())) == (
        written,
        [folder],
    )


def test_files_that_are_cut_off_empty_or_missing_are_written_anew(tmp_path: Path) -> None:
    map_language_model(tmp_path)
    [folder] = tmp_path.iterdir()
    sizes = {file.name: file.stat().st_size for file in folder.iterdir()}
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o444}  # nobody cuts one off by mistake
    for file in folder.iterdir():
        file.chmod(0o644)
    (folder / "pc.npy").unlink()
    (folder / "row.npy").write_bytes(b"")
    os.truncate(folder / "nextmove.npy", 5_000_000)
    map_language_model(tmp_path)
    assert {file.name: file.stat().st_size for file in folder.iterdir()} == sizes
    assert list(tmp_path.iterdir()) == [folder]
    assert detect_language.detect_language(TEXTS[1]) == "de"
    written = folder.stat().st_mtime_ns
    write_language_model(folder)  # another process was faster
    assert (list(tmp_path.iterdir()), folder.stat().st_mtime_ns) == ([folder], written)


def test_a_model_that_another_user_wrote_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    map_language_model(tmp_path)
    detect_language._RANKERS.clear()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    map_language_model(tmp_path)
    assert detect_language._RANKERS == []


def test_who_has_no_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> Path:
        raise RuntimeError("Could not determine home directory.")  # as platformdirs does

    monkeypatch.setattr(own_cache, "user_cache_path", fail)
    map_language_model()
    assert detect_language._RANKERS == []


def test_without_a_cache_the_library_keeps_its_model_in_memory(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder is wanted")
    assert "File exists" in (map_language_model(tmp_path / "cache") or "")
    assert detect_language._RANKERS == []
    assert detect_language.detect_language(TEXTS[2]) == "ru"


def test_a_model_whose_weights_are_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Single numbers of half ones are looked up in a list of all there are, which no others have."""
    map_language_model(tmp_path)
    [folder] = tmp_path.iterdir()
    model = {file.stem: np.load(file) for file in folder.iterdir()}
    assert QuickIdentifier(model).rank(TEXTS[0])[0][0] == "en"
    with pytest.raises(ValueError, match=r"^weights of the model are float32$"):
        QuickIdentifier(model | {"ptc": model["ptc"].astype(np.float32)})
