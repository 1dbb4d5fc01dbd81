# SPDX-License-Identifier: EUPL-1.2
"""Forms as people write them: tables, what is answered, and what must come out."""

from __future__ import annotations

from bench.peers.differential.example import WEB_FORMS, Example

EXAMPLES = (
    Example(
        "skip logic over several questions",
        """| type | name | label | relevant | constraint |
        | integer | age | Age | | . >= 0 and . < 130 |
        | select_one yn | works | Works? | ${age} >= 16 | |
        | text | job | Job | ${works} = 'y' and ${age} < 67 | |
        | note | thanks | Thank you | ${job} != '' | |""",
        (
            ("set", "/data/age", "int", "200"),
            ("set", "/data/age", "int", "40"),
            ("set", "/data/works", "select1", "y"),
            ("set", "/data/job", "string", "Smith"),
            ("set", "/data/age", "int", "12"),
            ("set", "/data/age", "int", "41"),
        ),
        {"/data/age": "41", "/data/job": "Smith"},
        """| list_name | name | label |
        | yn | y | Yes |
        | yn | n | No |""",
    ),
    Example(
        "cascade of three lists",
        """| type | name | label | choice_filter |
        | select_one state | state | State | |
        | select_one county | county | County | state=${state} |
        | select_one city | city | City | state=${state} and county=${county} |""",
        (
            ("set", "/data/state", "select1", "s1"),
            ("set", "/data/county", "select1", "c1"),
            ("set", "/data/city", "select1", "v2"),
        ),
        {"/data/city": "v2"},
        """| list_name | name | label | state | county |
        | state | s1 | One | | |
        | state | s2 | Two | | |
        | county | c1 | First | s1 | |
        | county | c2 | Second | s2 | |
        | city | v1 | Alpha | s1 | c1 |
        | city | v2 | Beta | s1 | c1 |
        | city | v3 | Gamma | s2 | c2 |""",
    ),
    Example(
        "household with totals, positions and names of the one before",
        """| type | name | label | calculation | relevant |
        | begin repeat | person | Person | | |
        | text | name | Name | | |
        | integer | age | Age | | |
        | calculate | place | | position(..) | |
        | calculate | before | | if(position(..) > 1, indexed-repeat(${name}, ${person}, position(..) - 1), '') | |
        | begin group | adult | Adult | | ${age} >= 18 |
        | decimal | income | Income | | |
        | end group | | | | |
        | end repeat | | | | |
        | calculate | total | | sum(${income}) | |
        | calculate | people | | count(${person}) | |
        | calculate | names | | join(', ', ${name}) | |
        | calculate | oldest | | max(${age}) | |""",
        (
            ("set", "/data/person[1]/name", "string", "Ann"),
            ("set", "/data/person[1]/age", "int", "44"),
            ("set", "/data/person[1]/adult/income", "decimal", "1200.5"),
            ("add", "/data/person"),
            ("set", "/data/person[2]/name", "string", "Bob"),
            ("set", "/data/person[2]/age", "int", "50"),
            ("set", "/data/person[2]/adult/income", "decimal", "800.25"),
            ("set", "/data/person[1]/age", "int", "10"),
            ("set", "/data/person[1]/age", "int", "45"),
        ),
        {"/data/total": "2000.75", "/data/names": "Ann, Bob", "/data/person[2]/before": "Ann"},
        halfway={WEB_FORMS: "an unanswered line makes the sums not a number there"},
    ),
    Example(
        "other, several choices and how many",
        """| type | name | label | calculation | constraint |
        | select_multiple colours | liked | Liked | | count-selected(.) <= 2 |
        | calculate | number | | count-selected(${liked}) | |
        | calculate | first | | selected-at(${liked}, 0) | |
        | calculate | red | | if(selected(${liked}, 'r'), 'red', 'not red') | |
        | select_one colours or_other | best | Best | | |""",
        (
            ("set", "/data/liked", "select", "r g b"),
            ("set", "/data/liked", "select", "g b"),
            ("set", "/data/best", "select1", "other"),
            ("set", "/data/best_other", "string", "Mauve"),
        ),
        {"/data/number": "2", "/data/first": "g", "/data/red": "not red", "/data/best_other": "Mauve"},
        """| list_name | name | label |
        | colours | r | Red |
        | colours | g | Green |
        | colours | b | Blue |""",
    ),
    Example(
        "dates",
        """| type | name | label | calculation |
        | date | born | Born | |
        | date | seen | Seen | |
        | calculate | days | | decimal-date-time(${seen}) - decimal-date-time(${born}) |
        | calculate | years | | int(${days} div 365.25) |
        | calculate | shown | | format-date(${born}, '%e/%n/%Y') |""",
        (
            ("set", "/data/born", "date", "1980-02-29"),
            ("set", "/data/seen", "date", "2026-02-28"),
            ("set", "/data/born", "date", "1980-03-01"),
        ),
        {"/data/days": "16800", "/data/years": "45", "/data/shown": "1/3/1980"},
    ),
    Example(
        "a default that an answer sets again",
        """| type | name | label | default | trigger | calculation |
        | text | first | First | | | |
        | text | last | Last | Dupont | | |
        | text | both | Both | | ${first} | concat(${first}, ' ', ${last}) |""",
        (
            ("set", "/data/first", "string", "Jean"),
            ("set", "/data/both", "string", "J. Dupont"),
            ("set", "/data/last", "string", "Durand"),
            ("set", "/data/first", "string", "Luc"),
        ),
        {"/data/both": "Luc Durand"},
    ),
    Example(
        "a budget with conditions on lines",
        """| type | name | label | calculation | relevant |
        | begin repeat | line | Line | | |
        | integer | qty | Quantity | | |
        | decimal | price | Price | | |
        | calculate | amount | | ${qty} * ${price} | |
        | text | why | Why so much? | | ${amount} > 1000 |
        | end repeat | | | | |
        | calculate | total | | sum(${amount}) | |
        | calculate | level | | if(${total} > 5000, 'high', if(${total} > 1000, 'middle', 'low')) | |
        | decimal | own | Own part | | ${total} > 1000 |
        | calculate | share | | round(${own} div ${total} * 100, 1) | ${own} != '' |""",
        (
            ("set", "/data/line[1]/qty", "int", "3"),
            ("set", "/data/line[1]/price", "decimal", "400.5"),
            ("set", "/data/line[1]/why", "string", "Wood"),
            ("add", "/data/line"),
            ("set", "/data/line[2]/qty", "int", "10"),
            ("set", "/data/line[2]/price", "decimal", "500.0"),
            ("set", "/data/own", "decimal", "1000.0"),
            ("remove", "/data/line[1]"),
        ),
        {"/data/total": "5000", "/data/level": "middle", "/data/share": "20"},
        halfway={WEB_FORMS: "an unanswered line makes the sums not a number there"},
    ),
)
