# SPDX-License-Identifier: EUPL-1.2
"""Which widget shows which node: by control, data type, appearance and length of the list.

An appearance that nothing here knows gives the default widget of its control and type.
"""

from __future__ import annotations

from forms.views import NodeView
from ui.entry.choice_controls import AgreeControl, TilesControl
from ui.entry.control import Control, Setting
from ui.entry.file_control import FileControl
from ui.entry.likert import LikertControl
from ui.entry.moment_controls import DateControl, DateTimeControl, TimeControl
from ui.entry.order_controls import RangeControl, RankControl
from ui.entry.point_control import PointControl
from ui.entry.search_choice import SearchControl, SearchManyControl
from ui.entry.shown_value import ShownControl
from ui.entry.text_controls import AreaControl, LineControl, NumberControl, PointsControl

LIST_LIMIT = 15
LIKERT_LIMIT = 7
_SEARCHED = {"minimal", "autocomplete", "search"}
_BY_TYPE: dict[str, type[Control]] = {
    "int": NumberControl,
    "decimal": NumberControl,
    "date": DateControl,
    "time": TimeControl,
    "dateTime": DateTimeControl,
    "geopoint": PointControl,
    "geotrace": PointsControl,
    "geoshape": PointsControl,
    "binary": FileControl,
}


def control_class(node: NodeView, setting: Setting) -> type[Control]:
    """Return the class that shows this node as it stands now (a filter may shorten its list)."""
    if node.readonly:
        return ShownControl
    if node.control in ("select1", "select"):
        return _choice_class(node, len(setting.choices(node.ref)))
    if node.control == "trigger":
        return AgreeControl
    if node.control == "upload":
        return FileControl
    if node.control == "range":
        return RangeControl
    if node.control in ("rank", "odk:rank"):
        return RankControl
    if node.data_type == "string" and ("multiline" in node.appearance or "rows" in node.parameters):
        return AreaControl
    return _BY_TYPE.get(node.data_type, LineControl)


def make_control(node: NodeView, setting: Setting) -> Control:
    """Return the widget of a node."""
    return control_class(node, setting)(node, setting)


def _choice_class(node: NodeView, count: int) -> type[Control]:
    searched = count > LIST_LIMIT or bool(_SEARCHED & set(node.appearance))
    if node.control == "select":
        return SearchManyControl if searched else TilesControl
    if searched:
        return SearchControl
    if "likert" in node.appearance and count <= LIKERT_LIMIT:
        return LikertControl
    return TilesControl
