# SPDX-License-Identifier: EUPL-1.2
"""Random forms: questions of every type, groups, repeats, filtered lists, defaults; expressions from `grammar`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from xml.sax.saxutils import quoteattr

from bench.peers.differential.grammar import DEFAULT, Field, Manners, Pick, Sight, number, text, truth

PLACES = (("n", "Namur", "1"), ("l", "Liège", "2"), ("h", "Hainaut", "3"))
TOWNS = tuple((f"{place}{i}", f"Ville {place}{i}", place, str(i)) for place, _, _ in PLACES for i in (1, 2, 3))
COLOURS = ("r", "g", "b")
QUESTIONS = (
    "int",
    "int",
    "decimal",
    "string",
    "string",
    "date",
    "time",
    "dateTime",
    "select1",
    "select",
    "rank",
    "geopoint",
    "geotrace",
    "geoshape",
)
COMPUTED = ("number", "text", "once")  # kinds of fields that hold calculations
_DATA_TYPES = {"select1": "string", "select": "string", "rank": "odk:rank"}
_DAYS = tuple(f"{year}-{month:02}-{day:02}" for year in (2023, 2024) for month in (1, 2, 6, 12) for day in (1, 9, 28))
_ANSWERS = {
    "int": ("", "0", "1", "2", "-5", "7", "49", "50", "99", "120"),
    "decimal": ("", "0.0", "2.5", "-0.125", "3.75", "49.875", "1234.5"),
    "string": ("", "a", "bc", "abc d", "été", "10"),
    "date": ("", *_DAYS, "2024-02-29"),
    "time": ("", "08:30:00.000+01:00", "23:15:00.000+01:00"),
    "dateTime": ("", "2024-01-15T10:00:00.000+01:00", "2024-11-30T23:59:59.000+01:00"),
    "select": ("", "r", "g b", "r g b", "b"),  # in the order of the list, as people see it
    "select1": ("", "r", "g", "b"),
    "rank": ("", "n l h", "h n l"),
    "geopoint": ("", "50.5 4.5 0.0 0.0", "49.75 5.25 100.0 5.0"),
    "geotrace": ("", "50.5 4.5 0.0 0.0; 50.75 5.25 0.0 0.0; 49.5 5.5 0.0 0.0"),
    "geoshape": ("", "50.5 4.5 0.0 0.0; 50.75 5.25 0.0 0.0; 49.5 5.5 0.0 0.0; 50.5 4.5 0.0 0.0"),
}
_NAMESPACES = (
    'xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
    'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms" '
    'xmlns:odk="http://www.opendatakit.org/xforms"'
)


def answers(kind: str) -> Sequence[str]:
    """List answers to a question of that type, "" to clear it."""
    return _ANSWERS[kind]


@dataclass(frozen=True)
class Place:
    """Where a part is written: its parent, the innermost repeat around it ("" = none), how deep."""

    parent: str = "/data"
    repeat: str = ""
    depth: int = 0


@dataclass
class Form:
    """A form as its parts; `fields` in the order of the form."""

    manners: Manners = DEFAULT
    fields: list[Field] = field(default_factory=list)
    binds: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)  # groups and repeats with a condition
    actions: list[str] = field(default_factory=list)
    triggers: dict[str, str] = field(default_factory=dict)  # actions by the path of the question that sets them off
    new: dict[str, str] = field(default_factory=dict)  # actions of new instances, by repeat
    set_first: set[str] = field(default_factory=set)  # what actions set when the form begins
    constrained: set[str] = field(default_factory=set)
    labelled: list[str] = field(default_factory=list)  # questions whose label says something computed
    counter: int = 0

    def name(self, prefix: str) -> str:
        """Make a name not yet used."""
        self.counter += 1
        return f"{prefix}{self.counter}"

    def sight(self, place: Place) -> Sight:
        """Tell what an expression may name from there."""
        return Sight(tuple(self.fields), place.parent, place.repeat, self.manners)

    def add(self, path: str, kind: str, place: Place, choices: tuple[str, ...] = (), relevant: str = "") -> None:
        """Remember a field."""
        conditional = bool(relevant) or self.is_hidden(path)
        repeat = path if kind == "repeat" else place.repeat
        self.fields.append(Field(path, kind, repeat, choices, conditional))

    def is_hidden(self, path: str) -> bool:
        """Tell whether something around a node has a condition."""
        return any(f"{path}/".startswith(f"{hidden}/") for hidden in self.hidden)

    def bind(self, path: str, data_type: str = "", **expressions: str) -> None:
        """Write a bind; expressions that are "" are left out."""
        parts = [f"{name}={quoteattr(value)}" for name, value in expressions.items() if value]
        kind = f' type="{data_type}"' if data_type else ""
        self.binds.append(f'<bind nodeset="{path}"{kind} {" ".join(parts)}/>')


@dataclass
class Written:
    """The instance and the body of a part of the form; `template`: the instance as templates of repeats hold it."""

    instance: str = ""
    body: str = ""
    template: str = ""

    def __post_init__(self) -> None:
        """Take the instance for the template, if that is no other."""
        self.template = self.template or self.instance

    def __iadd__(self, other: Written) -> Written:
        """Put another part after it."""
        self.instance += other.instance
        self.body += other.body
        self.template += other.template
        return self


def _maybe(pick: Pick, often: int, make: str) -> str:
    return make if pick([True] * often + [False] * (4 - often)) else ""


def _condition(pick: Pick, form: Form, place: Place, often: int) -> str:
    return _maybe(pick, often, truth(pick, form.sight(place), 1)) if form.fields else ""


def _question(pick: Pick, form: Form, place: Place) -> Written:
    kind = pick(QUESTIONS)
    name = form.name("q")
    path = f"{place.parent}/{name}"
    relevant = _condition(pick, form, place, 2)
    constraint = ""
    if kind == "int":
        constraint = _maybe(pick, 1, pick((". >= 0", ". < 50 or . = 99", "string-length(.) < 3")))
    elif kind == "string":
        constraint = _maybe(pick, 1, pick((". != 'a'", "string-length(.) < 4", "regex(., '^[a-z ]*$')")))
    if constraint:
        form.constrained.add(path)
    form.bind(path, _DATA_TYPES.get(kind, kind), relevant=relevant, constraint=constraint)
    form.add(path, kind, place, COLOURS if kind in {"select1", "select"} else (), relevant)
    output = _output(pick, form, place, path)
    return Written(
        f"<{name}>{_maybe(pick, 1, pick(answers(kind)))}</{name}>", _control(kind, path, name + output, pick)
    )


def _output(pick: Pick, form: Form, place: Place, path: str) -> str:
    """Write what a label says of the fields before it, now and then."""
    if not pick((True, False, False)):
        return ""
    form.labelled.append(path)
    sight = form.sight(place)
    return f": <output value={quoteattr(text(pick, sight, 1))}/>."


def _control(kind: str, path: str, words: str, pick: Pick | None = None) -> str:
    label = f"<label>{words}</label>"
    if kind in {"select1", "select"}:
        items = "".join(f"<item><label ref=\"jr:itext('{c}')\"/><value>{c}</value></item>" for c in COLOURS)
        return f'<{kind} ref="{path}">{label}{items}</{kind}>'
    if kind == "rank":
        return f'<odk:rank ref="{path}">{label}{_rows("places", "", _seed(pick))}</odk:rank>'
    return f'<input ref="{path}">{label}</input>'


def _seed(pick: Pick | None) -> str:
    """Choose a seed to mix a list with, or "" for its own order."""
    return pick(("", "", "1", "42", "20261122")) if pick is not None else ""


def _rows(instance: str, predicate: str, seed: str = "") -> str:
    rows = f"instance('{instance}')/root/item{predicate}"
    rows = quoteattr(f"randomize({rows}, {seed})" if seed else rows)
    return f'<itemset nodeset={rows}><value ref="name"/><label ref="label"/></itemset>'


def _calculation(pick: Pick, form: Form, place: Place) -> Written:
    name = form.name("c")
    path = f"{place.parent}/{name}"
    source, data_type, holds = _computed(pick, form, place)
    relevant = _condition(pick, form, place, 1) if holds != "once" else ""
    form.bind(path, data_type, calculate=source, relevant=relevant)
    form.add(path, holds, place, (), relevant)
    return Written(f"<{name}/>")


def _computed(pick: Pick, form: Form, place: Place) -> tuple[str, str, str]:
    """Write an expression, the data type of what it gives, and what kind of field holds it."""
    sight = form.sight(place)
    kind = pick(("number", "text", "truth"))
    if kind == "text" and pick((True, False, False, False)):
        return f"once({text(pick, _settled(sight, form), 2)})", "string", "once"
    if kind == "text":
        return text(pick, sight, 2), "string", "text"
    if kind == "truth":
        return f"string({truth(pick, sight, 2)})", "string", "text"
    source = number(pick, sight, 2) + (" + 0" if form.manners.minus_zero else "")
    return source, "string" if form.manners.decimals_with_point else "decimal", "number"


def _settled(sight: Sight, form: Form) -> Sight:
    """Leave to once() what no engine has for a moment only: before the first actions, or until an answer is refused."""
    passing = form.set_first | form.constrained
    plain = tuple(f for f in sight.fields if f.kind not in COMPUTED and f.path not in passing)
    return replace(sight, fields=plain)


def _default(pick: Pick, form: Form, place: Place) -> Written:
    if form.manners.hidden_stays_unset and form.is_hidden(place.parent):
        return _question(pick, form, place)
    return _computed_default(pick, form, place)


def _computed_default(pick: Pick, form: Form, place: Place) -> Written:
    """Write a question with a computed value: set when the form begins, when its instance is made, or by an answer."""
    name = form.name("q")
    path = f"{place.parent}/{name}"
    sight = form.sight(place)
    quiet = form.set_first if form.manners.first_load_sets_off_nothing or form.manners.first_load_comes_first else set()
    askable = [f.path for f in sight.readable("int", "string") if f.repeat == place.repeat and f.path not in quiet]
    askable = [path for path in askable if path not in form.constrained]  # a refused answer sets off nothing elsewhere
    if form.manners.relevance_is_a_change:
        shown = {f.path for f in sight.fields if not f.conditional}
        askable = [path for path in askable if path in shown]
    form.bind(path, "string")
    if askable and pick((True, False)):
        if form.manners.actions_may_see_before:
            sight = replace(sight, fields=tuple(f for f in sight.fields if f.kind not in COMPUTED))
        by, value = pick(askable), quoteattr(text(pick, sight, 1))
        action = f'<setvalue event="xforms-value-changed" ref="{path}" value={value}/>'
        form.triggers[by] = form.triggers.get(by, "") + action
    else:
        form.set_first.add(path)
        plain = [f for f in form.fields if f.kind not in COMPUTED and not f.conditional]
        sight = replace(sight, fields=tuple(f for f in plain if f.repeat in {"", place.repeat}))
        value = quoteattr(text(pick, sight, 1))
        action = f'<setvalue event="odk-instance-first-load" ref="{path}" value={value}/>'
        form.actions.append(action)
        if place.repeat:
            form.new[place.repeat] = form.new.get(place.repeat, "") + action.replace(
                "instance-first-load", "new-repeat"
            )
    form.add(path, "string", place)
    return Written(f"<{name}/>", _control("string", path, name))


def _filtered(pick: Pick, form: Form, place: Place) -> Written:
    """Write a list, and another one filtered by the answer to the first."""
    first, second = form.name("q"), form.name("q")
    narrower = pick(("", " and size > 1", " and size != '2'", "extra"))
    if narrower == "extra":
        outer = Sight(tuple(f for f in form.fields if not f.repeat), manners=form.manners)  # `..` is the row's in here
        narrower = f" and size < {number(pick, outer, 1)}"
    relevant = "" if form.manners.list_forgets_relevance else _condition(pick, form, place, 1)
    form.bind(f"{place.parent}/{first}", "string", relevant=relevant)
    form.bind(f"{place.parent}/{second}", "string")
    form.add(f"{place.parent}/{first}", "select1", place, tuple(n for n, *_ in PLACES), relevant)
    form.add(f"{place.parent}/{second}", "select1", place)
    form.fields[-1] = replace(form.fields[-1], unread=form.manners.clears_silently)
    by = f"current()/../{first}" if place.repeat else f"{place.parent}/{first}"
    written = Written(f"<{first}/><{second}/>")
    for name, rows in (
        (first, _rows("places", "", _seed(pick))),
        (second, _rows("towns", f"[in = {by}{narrower}]", _seed(pick))),
    ):
        written.body += f'<select1 ref="{place.parent}/{name}"><label>{name}</label>{rows}</select1>'
    return written


def _group(pick: Pick, form: Form, place: Place) -> Written:
    name, path, label = _begin(pick, form, place, "g")
    inside = _parts(pick, form, Place(path, place.repeat, place.depth + 1))
    body = f'<group ref="{path}">{label}{inside.body}</group>'
    return Written(f"<{name}>{inside.instance}</{name}>", body, f"<{name}>{inside.template}</{name}>")


def _begin(pick: Pick, form: Form, place: Place, prefix: str) -> tuple[str, str, str]:
    name = form.name(prefix)
    path = f"{place.parent}/{name}"
    relevant = _condition(pick, form, place, 2)
    if relevant:
        form.bind(path, relevant=relevant)
        form.hidden.add(path)
    return name, path, f"<label>{name}</label>"


def _repeat(pick: Pick, form: Form, place: Place) -> Written:
    counts = [] if place.repeat or form.manners.never_fewer else form.sight(place).single("int")
    count = f' jr:count="{pick(counts)}"' if counts and pick((True, False, False)) else ""
    name, path, label = _begin(pick, form, place, "r")
    inside = _parts(pick, form, Place(path, path, place.depth + 1))
    form.add(path, "repeat", place)
    template = f'<{name} jr:template="">{inside.template}</{name}>'
    first = "" if count else f"<{name}>{inside.instance}</{name}>"
    repeat = f'<repeat nodeset="{path}"{count}>{form.new.pop(path, "")}{inside.body}</repeat>'
    body = f'<group ref="{path}">{label}{repeat}</group>'
    return Written((template if not place.repeat or count else "") + first, body, template)


def _parts(pick: Pick, form: Form, place: Place) -> Written:
    written = _question(pick, form, place)
    makers = [*[_question] * 3, *[_calculation] * 4, _filtered, _default]
    if place.depth < 2:
        makers += [_group, *[_repeat] * (2 - place.depth)]
    for _ in range(pick(((3, 4, 6, 8), (1, 2, 3), (1, 2))[place.depth])):
        written += pick(makers)(pick, form, place)
    return written


def build(pick: Pick, manners: Manners) -> tuple[Form, str]:
    """Make a form and its XML."""
    form = Form(manners)
    parts = _parts(pick, form, Place())
    for path, actions in form.triggers.items():
        opening = f'ref="{path}"><label>'
        parts.body = parts.body.replace(opening, f'ref="{path}">{actions}<label>')
    return form, _wrap(form, parts)


def _itext() -> str:
    languages = (("fr", "Couleur"), ("de", "Farbe"))
    texts = {
        language: "".join(f'<text id="{c}"><value>{word} {c}</value></text>' for c in COLOURS)
        for language, word in languages
    }
    return "".join(f'<translation lang="{language}">{inside}</translation>' for language, inside in texts.items())


def _wrap(form: Form, parts: Written) -> str:
    """Write the whole XForm."""
    places = "".join(f"<item><name>{n}</name><label>{t}</label><rank>{r}</rank></item>" for n, t, r in PLACES)
    towns = "".join(
        f"<item><name>{n}</name><label>{t}</label><in>{p}</in><size>{s}</size></item>" for n, t, p, s in TOWNS
    )
    return (
        f"<h:html {_NAMESPACES}><h:head><h:title>Random</h:title><model><itext>{_itext()}</itext>"
        f'<instance><data id="random" version="1">{parts.instance}<orx:meta><orx:instanceID/></orx:meta></data>'
        f"</instance>"
        f'<instance id="places"><root>{places}</root></instance><instance id="towns"><root>{towns}</root></instance>'
        f'{"".join(form.binds)}<bind nodeset="/data/orx:meta/orx:instanceID" type="string" jr:preload="uid"/>'
        f"{''.join(form.actions)}</model></h:head><h:body>{parts.body}</h:body></h:html>"
    )
