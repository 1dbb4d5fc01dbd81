# SPDX-License-Identifier: EUPL-1.2
"""Packed columns and sorted indexes hold what lists and dictionaries of the same texts hold."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import columns as packed
from forms.columns import (
    CodedColumn,
    GroupedIndex,
    SortedIndex,
    TextColumn,
    from_plain,
    index_of,
    index_of_plain,
    pack,
    plain_index,
    take,
    to_plain,
)
from forms.list_files import read_csv
from forms.secondary import table_of_file

TEXTS = st.lists(st.none() | st.text(max_size=4) | st.sampled_from(["a", "b"]), min_size=8, max_size=60)


@settings(deadline=None)
@given(TEXTS)
def test_a_packed_column_is_the_list_it_was_made_of(texts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "LARGE", 8)
        found = pack(texts)
    assert not isinstance(found, list)
    again = from_plain(to_plain(found))
    for one in (found, again):
        assert list(one) == texts
        assert take(one, range(len(texts))) == [text or "" for text in texts]
        assert [one[row] for row in range(len(one))] == texts


@pytest.mark.parametrize(("several", "kind"), [(3, CodedColumn), (5000, TextColumn)])
def test_the_smallest_way_is_taken(several, kind):
    texts: list[str | None] = [f"text {n % several}" for n in range(5000)]
    found = pack(texts)
    assert isinstance(found, kind)
    assert list(found) == texts


def test_short_columns_stay_lists():
    assert pack(["a", None]) == ["a", None]
    assert from_plain(to_plain(["a", None])) == ["a", None]


@settings(deadline=None)
@given(TEXTS, st.integers(1, 3))
def test_a_packed_index_finds_what_a_dictionary_finds(texts, width):
    columns = [texts, list(reversed(texts)), texts][:width]
    plain = index_of(columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "LARGE", 8)
        packed_columns = [pack(column) for column in columns]
        found = index_of(packed_columns)
    assert isinstance(plain, dict)
    assert isinstance(found, SortedIndex | GroupedIndex)
    kept = plain_index(found)
    assert kept is not None
    for index in (found, index_of_plain(kept, packed_columns)):
        for key, rows in plain.items():
            if None not in key:  # nobody asks for nothing: what is compared is always a text
                assert list(index.get(key, ())) == rows
        assert index.get(("\N{SNOWMAN}",) * width, (-1,)) == (-1,)


@pytest.mark.parametrize(("several", "kind"), [(100, GroupedIndex), (5000, SortedIndex)])
def test_an_index_of_few_keys_is_not_searched(several, kind):
    found = index_of([pack([f"text {n % several}" for n in range(5000)])])
    assert isinstance(found, kind)
    assert list(found.get(("text 7",), ())) == list(range(7, 5000, several))


def test_a_large_file_takes_little_more_than_its_bytes():
    lines = [f"code{n},Commune of {n * 7919 % 99991},prov{n % 11},{n % 400}" for n in range(50_000)]
    data = ("name,label,prov,zone\n" + "\n".join(lines)).encode()
    tracemalloc.start()
    try:
        found = read_csv(data, "big.csv")
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert table_of_file(found, ("root", "item")).text(49_999, "name") == "code49999"
    assert kept < 1.2 * len(data)
