# SPDX-License-Identifier: EUPL-1.2
"""Files that are whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from fieldkit.durable import file_errors, write_whole
from fieldkit.errors import FieldkitError, FolderNotWritable, StoreFull, StoreUnreadable


def test_a_file_is_replaced_whole_and_nothing_is_left_beside(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for content in (b"one", b"", b"two" * 100_000):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_beside(tmp_path: Path) -> None:
    folder = tmp_path / "a.json"
    (folder / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="irectory"):
        write_whole(folder, b"content")
    assert list(tmp_path.iterdir()) == [folder]
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "b", b"content")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StoreFull),
        (getattr(errno, "EDQUOT", errno.ENOSPC), StoreFull),
        (errno.EFBIG, StoreFull),
        (errno.EROFS, FolderNotWritable),
        (errno.EACCES, FolderNotWritable),
        (errno.EIO, StoreUnreadable),
    ],
)
def test_the_refusals_of_the_disk_have_names(tmp_path: Path, number: int, kind: type[FieldkitError]) -> None:
    with pytest.raises(kind) as error, file_errors(tmp_path / "x"):
        raise OSError(number, "refused")
    assert isinstance(error.value.__cause__, OSError)
