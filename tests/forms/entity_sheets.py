# SPDX-License-Identifier: EUPL-1.2
"""Forms with an entities sheet, compiled by pyxform: every variant that it can write."""

from __future__ import annotations

from functools import cache

TREE = "0f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b10"
OTHER = "1f9c9b3e-3b0c-4b57-9d0c-5f3c8d9f4b11"
TREES = f"""name,label,__version,species,__trunkVersion,__branchId
{TREE},Oak,3,oak,3,b-3
{OTHER},Elm,1,elm,,b-0
""".encode()

PLANT = """
| survey | | | | |
| | type | name | label | save_to |
| | text | species | Species | species |
| | integer | height | Height | height |
| entities | | | |
| | list_name | label |
| | trees | ${species} |
"""
PLANT_IF = PLANT.replace("| | list_name | label |", "| | list_name | label | create_if |").replace(
    "| | trees | ${species} |", "| | trees | ${species} | ${height} > 2 |"
)
VISIT = """
| survey | | | | |
| | type | name | label | save_to |
| | select_one_from_file trees.csv | tree | Tree | |
| | integer | height | Height | height |
| entities | | | | | |
| | list_name | label | entity_id |
| | trees | | ${tree} |
"""
EITHER = """
| survey | | | | | |
| | type | name | label | save_to | relevant |
| | csv-external | trees | | | |
| | text | tree | Tree | | |
| | text | species | Species | species | |
| | integer | height | Height | height | ${species} != 'fern' |
| entities | | | | | |
| | list_name | label | entity_id | update_if | create_if |
| | trees | ${species} | coalesce(${tree}, uuid()) | ${tree} != '' | ${tree} = '' |
"""
SEVERAL = """
| survey | | | | |
| | type | name | label | save_to |
| | text | species | Species | trees#species |
| | begin_group | owner | Owner | |
| | text | who | Who | people#fullname |
| | end_group | | | |
| entities | | | |
| | list_name | label |
| | trees | ${species} |
| | people | ${who} |
"""
PLANTATION = """
| survey | | | | | |
| | type | name | label | save_to | relevant |
| | begin_repeat | row | Row | | |
| | begin_group | plant | Plant | | ${kept} != 'no' |
| | text | species | Species | species | |
| | end_group | | | | |
| | text | kept | Kept | | |
| | end_repeat | | | | |
| entities | | | |
| | list_name | label |
| | trees | ${species} |
"""
ROUND = """
| survey | | | | |
| | type | name | label | save_to |
| | begin_repeat | row | Row | |
| | select_one_from_file trees.csv | tree | Tree | |
| | text | health | Health | health |
| | end_repeat | | | |
| entities | | | | |
| | list_name | entity_id | update_if |
| | trees | ${tree} | ${health} != '' |
"""


@cache
def sheet(table: str, form_id: str = "f", version: str = "1") -> bytes:
    """Compile a form; its root element is `f`."""
    from pyxform.xls2xform import convert

    settings = f"| settings | | |\n| | form_id | version |\n| | {form_id} | {version} |"
    return convert(f"{table.strip()}\n{settings}", validate=False, form_name="f").xform.encode()
