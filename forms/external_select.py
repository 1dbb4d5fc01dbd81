# SPDX-License-Identifier: EUPL-1.2
"""`select_one_external`: a text control whose choices are in the file itemsets.csv (XLSForm, "External selects").

The compiler of XLSForms writes `<input query="instance('city')/root/item[state = /data/state]">` without declaring the
instance: `city` is the value of the column `list_name` in itemsets.csv, the only list of all these questions.
"""

from __future__ import annotations

import re
from typing import Final

from forms.definition import Itemset, SecondarySource
from forms.document import Element
from forms.parse import Model

FILE: Final = "itemsets.csv"
_SOURCE: Final = f"jr://file-csv/{FILE}"
_LIST: Final = re.compile(r"""\s*instance\(\s*(['"])([^'"]+)\1\s*\)\s*/\s*root\s*/\s*item""")


def external_itemset(model: Model, element: Element) -> Itemset | None:
    """Read the `query` of a text control as an itemset, and declare the file; None if the control has none."""
    query = (element.get("query") or "").strip()
    match = _LIST.match(query)
    if match is None:
        return Itemset(query, "name", "label") if query else None
    name = match[2]
    if name not in model.secondary:
        model.secondary.setdefault(FILE, SecondarySource(FILE, _SOURCE))
        query = f"instance('{FILE}')/root/item[list_name = '{name}']{query[match.end() :]}"
    return Itemset(query, "name", "label")
