# SPDX-License-Identifier: EUPL-1.2
"""What the documentation of XLSForm shows, chapter after chapter, each as a small form of ours."""

from __future__ import annotations

from bench.peers.differential.example import JAVAROSA, Example

_COUNTS_AGAIN = "calculates nothing again when the language changes"

DOCUMENTED = (
    Example(
        "languages, and labels that repeat an answer",
        """| type | name | label::English (en) | label::Français (fr) |
        | text | who | Your name? | Votre nom ? |
        | integer | age | ${who}, your age? | ${who}, votre âge ? |
        | select_one yn | ok | Is it ${age}, ${who}? | Est-ce ${age}, ${who} ? |""",
        (
            ("set", "/data/who", "string", "Ann"),
            ("set", "/data/age", "int", "44"),
            ("set", "/data/ok", "select1", "y"),
            ("lang", "Français (fr)"),
        ),
        {"/data/ok": "y"},
        """| list_name | name | label::English (en) | label::Français (fr) |
        | yn | y | Yes | Oui |
        | yn | n | No | Non |""",
        labels={"/data/age": "Ann, votre âge ?", "/data/ok": "Est-ce 44, Ann ?"},
    ),
    Example(
        "required, read-only, constraint and their messages",
        """| type | name | label | required | required_message | constraint | constraint_message | readonly | default |
        | integer | n | Number | yes | Needed | . > 0 and . < 10 | Between 0 and 10 | | |
        | text | code | Code | ${n} > 5 | | regex(., '[A-Z]{3}') | | | |
        | text | fixed | Fixed | | | | | yes | abc |""",
        (
            ("set", "/data/n", "int", "12"),
            ("set", "/data/n", "int", "7"),
            ("set", "/data/code", "string", "ab"),
            ("set", "/data/code", "string", "ABC"),
        ),
        {"/data/n": "7", "/data/code": "ABC", "/data/fixed": "abc"},
    ),
    Example(
        "none of these",
        """| type | name | label | constraint | relevant |
        | select_multiple s | had | Had | not(selected(., 'none') and count-selected(.) > 1) | |
        | text | which | Which | | selected(${had}, 'other') |
        | note | fine | Fine | | selected(${had}, 'none') |""",
        (
            ("set", "/data/had", "select", "a none"),
            ("set", "/data/had", "select", "a other"),
            ("set", "/data/which", "string", "x"),
            ("set", "/data/had", "select", "none"),
        ),
        {"/data/had": "none"},
        """| list_name | name | label |
        | s | a | A |
        | s | other | Other |
        | s | none | None |""",
    ),
    Example(
        "a repeat as often as was said",
        """| type | name | label | repeat_count | calculation | default |
        | integer | n | How many? | | | 1 |
        | begin repeat | child | Child | ${n} | | |
        | text | name | Name of child | | | |
        | calculate | place | | | position(..) | |
        | end repeat | | | | | |
        | calculate | all | | | join(' ', ${name}) | |
        | begin repeat | twice | Twice | 2 | | |
        | text | said | Said | | | |
        | end repeat | | | | | |""",
        (
            ("set", "/data/child[1]/name", "string", "Eva"),
            ("set", "/data/n", "int", "3"),
            ("set", "/data/child[3]/name", "string", "Tom"),
            ("set", "/data/child[2]/name", "string", "Max"),
        ),
        {"/data/all": "Eva Max Tom", "/data/child[3]/place": "3"},
    ),
    Example(
        "repeats in repeats, and predicates on them",
        """| type | name | label | calculation |
        | begin repeat | house | House | |
        | text | street | Street | |
        | begin repeat | person | Person | |
        | text | first | First name | |
        | integer | age | Age | |
        | end repeat | | | |
        | calculate | people | | count(../person) |
        | calculate | adults | | count(../person[age >= 18]) |
        | end repeat | | | |
        | calculate | everybody | | count(/data/house/person) |
        | calculate | second | | indexed-repeat(${first}, ${house}, 1, ${person}, 2) |""",
        (
            ("set", "/data/house[1]/street", "string", "Main"),
            ("set", "/data/house[1]/person[1]/age", "int", "44"),
            ("add", "/data/house[1]/person"),
            ("set", "/data/house[1]/person[2]/first", "string", "Tom"),
            ("set", "/data/house[1]/person[2]/age", "int", "12"),
            ("add", "/data/house"),
            ("add", "/data/house[2]/person"),
            ("set", "/data/house[2]/person[1]/age", "int", "70"),
            ("remove", "/data/house[1]/person[1]"),
        ),
        {"/data/everybody": "2", "/data/house[1]/people": "1", "/data/house[1]/adults": "0", "/data/second": ""},
    ),
    Example(
        "choices in a mixed order, always the same",
        """| type | name | label | parameters |
        | select_one c | one | One | randomize=true, seed=42 |
        | select_multiple c | more | More | randomize=true, seed=7 |
        | rank c | best | Best | |
        | text | end | End | |""",
        (
            ("set", "/data/one", "select1", "d"),
            ("set", "/data/best", "rank", "d c b a"),
            ("set", "/data/end", "string", "x"),
        ),
        {"/data/one": "d", "/data/best": "d c b a"},
        """| list_name | name | label |
        | c | a | A |
        | c | b | B |
        | c | c | C |
        | c | d | D |""",
    ),
    Example(
        "a list in a file, filtered, with columns of its own",
        """| type | name | label | choice_filter | parameters | calculation |
        | select_one l | state | State | | | |
        | select_one_from_file towns.csv | town | Town | state=${state} and size > 1 | value=code, label=title | |
        | calculate | size | | | | instance('towns')/root/item[code=${town}]/size |
        | calculate | largest | | | | max(instance('towns')/root/item[state=${state}]/size) |""",
        (
            ("set", "/data/state", "select1", "n"),
            ("set", "/data/town", "select1", "n2"),
            ("set", "/data/state", "select1", "l"),
            ("set", "/data/town", "select1", "l1"),
        ),
        {"/data/size": "7", "/data/largest": "7"},
        """| list_name | name | label |
        | l | n | N |
        | l | l | L |""",
        halfway={JAVAROSA: "an answer that is no longer offered goes, but nothing is calculated again"},
        files={"towns.csv": 'code,title,state,size\nn1,"Un, petit",n,1\nn2,Deux,n,5\nl1,Trois,l,7\n'},
    ),
    Example(
        "a value looked up in a file",
        """| type | name | label | calculation |
        | text | code | Code | |
        | calculate | price | | pulldata('goods', 'price', 'code', ${code}) |
        | calculate | twice | | number(${price}) * 2 |""",
        (
            ("set", "/data/code", "string", "b"),
            ("set", "/data/code", "string", "z"),
            ("set", "/data/code", "string", "a"),
        ),
        {"/data/price": "2.5", "/data/twice": "5"},
        files={"goods.csv": "code,price\na,2.5\nb,4\n"},
        unlike={JAVAROSA: "pulldata() is a function of Collect, not of its engine"},
    ),
    Example(
        "choices from the answers of a repeat",
        """| type | name | label | choice_filter |
        | begin repeat | person | Person | |
        | text | first | First name | |
        | integer | age | Age | |
        | end repeat | | | |
        | select_one ${first} | head | Head | ${age} > 17 |""",
        (
            ("set", "/data/person[1]/first", "string", "Ann"),
            ("set", "/data/person[1]/age", "int", "44"),
            ("add", "/data/person"),
            ("set", "/data/person[2]/first", "string", "Tom"),
            ("set", "/data/person[2]/age", "int", "12"),
            ("set", "/data/head", "select1", "Ann"),
            ("set", "/data/person[2]/age", "int", "18"),
        ),
        {"/data/head": "Ann"},
    ),
    Example(
        "choices of several at once",
        """| type | name | label | choice_filter | calculation |
        | select_multiple s | states | States | | |
        | select_one t | town | Town | selected(${states}, state) | |
        | calculate | named | | | jr:choice-name(${town}, '${town}') |
        | calculate | first | | | selected-at(${states}, 0) |
        | calculate | known | | | count-selected(${states}) |""",
        (
            ("set", "/data/states", "select", "a b"),
            ("set", "/data/town", "select1", "t2"),
            ("set", "/data/states", "select", "b"),
        ),
        {"/data/named": "Two", "/data/first": "b", "/data/known": "1"},
        """| list_name | name | label | state |
        | s | a | A | |
        | s | b | B | |
        | t | t1 | One | a |
        | t | t2 | Two | b |""",
    ),
    Example(
        "defaults that are computed, and computed again",
        """| type | name | label | default | trigger | calculation |
        | date | day | Day | date('2026-01-31') | | |
        | text | year | Year | format-date('2026-01-31', '%Y') | | |
        | begin repeat | r | R | | | |
        | text | made | Made | concat('n', 1 + 1) | | |
        | end repeat | | | | | |
        | integer | qty | Quantity | 3 | | |
        | text | told | Told | | ${qty} | concat('Now ', ${qty}) |""",
        (
            ("add", "/data/r"),
            ("set", "/data/r[1]/made", "string", "mine"),
            ("set", "/data/qty", "int", "4"),
            ("set", "/data/told", "string", "edited"),
            ("set", "/data/qty", "int", "5"),
        ),
        {"/data/year": "2026", "/data/told": "Now 5", "/data/r[1]/made": "mine", "/data/r[2]/made": "n2"},
        unlike={JAVAROSA: "date() gives a time as well, see declared.py"},
    ),
    Example(
        "days between dates, and hours",
        """| type | name | label | calculation | constraint |
        | date | born | Born | | . <= today() |
        | date | seen | Seen | | . >= ${born} |
        | calculate | days | | decimal-date-time(${seen}) - decimal-date-time(${born}) | |
        | calculate | weekday | | format-date(${seen}, '%a') | |
        | dateTime | at | At | | |
        | calculate | hour | | format-date-time(${at}, '%H') | |
        | time | from | From | | |
        | calculate | share | | round(decimal-time(${from}), 4) | |""",
        (
            ("set", "/data/born", "date", "2980-01-01"),
            ("set", "/data/born", "date", "2024-02-28"),
            ("set", "/data/seen", "date", "2024-02-27"),
            ("set", "/data/seen", "date", "2024-03-01"),
            ("set", "/data/at", "dateTime", "2024-01-15T10:00:00.000+01:00"),
            ("set", "/data/from", "time", "18:00:00.000+01:00"),
        ),
        {"/data/days": "2", "/data/hour": "10", "/data/share": "0.75"},
    ),
    Example(
        "the length of a fence and the surface of a field",
        """| type | name | label | calculation |
        | geoshape | field | Field | |
        | calculate | surface | | if(${field} != '', round(area(${field}) div 10000, 2), 0) |
        | calculate | fence | | if(${field} != '', round(distance(${field}), 0), 0) |
        | geotrace | path | Path | |
        | calculate | walked | | if(${path} != '', round(distance(${path}), 0), 0) |""",
        (
            (
                "set",
                "/data/field",
                "geoshape",
                "50.5 4.5 0.0 0.0; 50.501 4.5 0.0 0.0; 50.501 4.502 0.0 0.0; 50.5 4.502 0.0 0.0; 50.5 4.5 0.0 0.0",
            ),
            ("set", "/data/path", "geotrace", "50.5 4.5 0.0 0.0; 50.501 4.5 0.0 0.0"),
        ),
        {"/data/walked": "111", "/data/fence": "506"},
    ),
    Example(
        "steps on a scale, a promise, and what each is worth",
        """| type | name | label | parameters | calculation |
        | range | rate | Rate | start=0 end=5 step=1 | |
        | acknowledge | sure | Sure? | | |
        | calculate | worth | | | instance('scale')/root/item[name = string(${rate})]/points |
        | calculate | told | | | coalesce(${worth}, 'nothing') |
        | select_one scale | again | Again | | |""",
        (
            ("set", "/data/rate", "int", "2"),
            ("set", "/data/sure", "string", "OK"),
            ("set", "/data/again", "select1", "1"),
            ("set", "/data/rate", "int", "4"),
        ),
        {"/data/worth": "", "/data/told": "nothing", "/data/sure": "OK"},
        """| list_name | name | label | points |
        | scale | 1 | Bad | 0 |
        | scale | 2 | Good | 50 |""",
    ),
    Example(
        "choices in words of the language",
        """| type | name | label::English (en) | label::Français (fr) | calculation |
        | select_one yn | ok | Fine? | Bien ? | |
        | calculate | said | | | jr:choice-name(${ok}, '${ok}') |
        | note | told | You said ${said} | Vous avez dit ${said} | |""",
        (("set", "/data/ok", "select1", "y"), ("lang", "Français (fr)")),
        {"/data/said": "Oui"},
        """| list_name | name | label::English (en) | label::Français (fr) |
        | yn | y | Yes | Oui |
        | yn | n | No | Non |""",
        labels={"/data/told": "Vous avez dit Oui"},
        unlike={JAVAROSA: _COUNTS_AGAIN},
    ),
)
