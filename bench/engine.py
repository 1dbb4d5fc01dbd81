# SPDX-License-Identifier: EUPL-1.2
"""How fast the engine is, and how it grows: forms of several shapes and sizes, made here, filled by a script.

    flat      N questions, each relevant when the one before is answered; answered one after the other
    sections  N questions in sections of 20, opened by the first of each; the ordinary large form
    chain     N calculations, each of the one before; the root is changed
    repeat    N instances of 10 questions with an amount, and a total over all
    list      N rows filtered by two questions; listing the choices
    diagnostic  8 themes of 25 questions with weighted scores; an answer and the two scores it decides

`keep` writes the compiled form, `from kept` loads it, `first` is the first step of a session on it.
Each figure is the best of some repetitions, in milliseconds of processor time of this process, so that a busy machine
tells nearly the same as a quiet one. `per step` is a median; `steps` says how many. `--json` prints one line.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from forms import FormSession, load_compiled, load_form, to_bytes
from forms.xpath import parser

XMLNS = 'xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
JR = 'xmlns:jr="http://openrosa.org/javarosa"'
CHOICES = "".join(f"<item><name>{code}</name><label>Level {code}</label></item>" for code in ("0", "1", "2", "3", "na"))

Made = TypeVar("Made")


@dataclass(frozen=True)
class Workload:
    """A form, and the steps to do on a session of it."""

    name: str
    size: int
    xml: bytes
    steps: Callable[[FormSession], Iterator[Callable[[], object]]]


@dataclass(frozen=True)
class Figures:
    """Times in milliseconds."""

    name: str
    size: int
    kilobytes: int
    load: float
    keep: float  # writing the compiled form
    kept_kilobytes: int
    load_kept: float  # from the compiled form
    first_kept: float  # the first step of a session on it
    session: float
    steps: int
    step_median: float
    step_p95: float
    all_steps: float
    draft: float


def form(instance: str, binds: str, body: str, extra: str = "") -> bytes:
    """Write an XForm."""
    return (
        f'<h:html {XMLNS} {JR}><h:head><h:title>bench</h:title><model><instance><data id="bench">{instance}<meta>'
        f'<instanceID/></meta></data></instance>{extra}{binds}<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>'
        f"</model></h:head><h:body>{body}</h:body></h:html>"
    ).encode()


def question(path: str, kind: str = "input") -> str:
    """Write a control with a label."""
    inner = '<itemset nodeset="instance(\'l\')/root/item"><value ref="name"/><label ref="label"/></itemset>'
    return f'<{kind} ref="{path}"><label>Question {path}</label>{inner if kind == "select1" else ""}</{kind}>'


def flat(size: int) -> Workload:
    """Each question relevant by the one before."""
    names = [f"q{n}" for n in range(size)]
    binds = "".join(
        f'<bind nodeset="/data/{name}" type="int" constraint=". &gt;= 0"'
        + (f" relevant=\" /data/{names[n - 1]}  != ''\"/>" if n else "/>")
        for n, name in enumerate(names)
    )

    def steps(session: FormSession) -> Iterator[Callable[[], object]]:
        for n, name in enumerate(names):
            yield lambda name=name, n=n: session.answer(f"/data/{name}", str(n))

    body = "".join(question(f"/data/{name}") for name in names)
    return Workload("flat", size, form("".join(f"<{n}/>" for n in names), binds, body), steps)


def sections(size: int) -> Workload:
    """Sections of 20; the first question opens the others; a count for each section."""
    instance = binds = body = ""
    refs: list[str] = []
    for s in range(size // 20):
        inside = [f"/data/s{s}/s{s}q{n}" for n in range(20)]
        refs.extend(inside)
        instance += f"<s{s}>" + "".join(f"<s{s}q{n}/>" for n in range(20)) + f"</s{s}><n{s}/>"
        binds += "".join(f'<bind nodeset="{ref}" type="int" relevant=" {inside[0]} = 1"/>' for ref in inside[1:])
        total = " + ".join(f"if( {ref} != '', 1, 0)" for ref in inside[1:])
        binds += f'<bind nodeset="/data/n{s}" calculate="{total}"/>'
        body += f'<group ref="/data/s{s}"><label>S</label>' + "".join(map(question, inside)) + "</group>"

    def steps(session: FormSession) -> Iterator[Callable[[], object]]:
        for ref in refs:
            yield lambda ref=ref: session.answer(ref, "1")

    return Workload("sections", size, form(instance, binds, body), steps)


def chain(size: int) -> Workload:
    """Chain calculations one after the other."""
    binds = "".join(f'<bind nodeset="/data/c{n}" calculate=" /data/c{n - 1}  + 1"/>' for n in range(1, size + 1))

    def steps(session: FormSession) -> Iterator[Callable[[], object]]:
        for value in range(20):
            yield lambda value=value: session.answer("/data/c0", str(value * 7))

    instance = "".join(f"<c{n}/>" for n in range(size + 1))
    return Workload("chain", size, form(instance, binds, question("/data/c0")), steps)


def repeat(size: int) -> Workload:
    """Instances added, filled, and changed: three steps each."""
    fields = ["qty", "price", *[f"f{n}" for n in range(8)]]
    instance = "<item>" + "".join(f"<{name}/>" for name in fields) + "<amount/></item><total/>"
    binds = (
        '<bind nodeset="/data/item/qty" type="int"/>'
        '<bind nodeset="/data/item/amount" calculate=" ../qty  *  ../price "/>'
        '<bind nodeset="/data/total" calculate="sum( /data/item/amount )"/>'
    )
    body = '<repeat nodeset="/data/item">' + "".join(question(f"/data/item/{name}") for name in fields) + "</repeat>"

    def steps(session: FormSession) -> Iterator[Callable[[], object]]:
        for n in range(1, size + 1):
            if n > 1:
                yield lambda: session.add_repeat("/data/item")
            yield lambda n=n: session.answer(f"/data/item[{n}]/price", f"{n}.25")
            yield lambda n=n: session.answer(f"/data/item[{n}]/qty", str(n))
        for n in range(1, size + 1):
            yield lambda n=n: session.answer(f"/data/item[{n}]/qty", str(n + 1))

    return Workload("repeat", size, form(instance, binds, body), steps)


def rows(size: int) -> Workload:
    """Filter a list by two questions."""
    places = [(p, c) for p in range(10) for c in range(10)]
    items = "".join(
        f"<item><name>i{n}</name><label>Row {n}</label><p>p{places[n % 100][0]}</p><c>c{places[n % 100][1]}</c></item>"
        for n in range(size)
    )
    body = (
        question("/data/p")
        + question("/data/c")
        + (
            '<select1 ref="/data/i"><itemset nodeset="instance(\'big\')/root/item[p = /data/p and c = /data/c]">'
            '<value ref="name"/><label ref="label"/></itemset></select1>'
        )
    )

    def steps(session: FormSession) -> Iterator[Callable[[], object]]:
        draw = random.Random(1)  # noqa: S311  (a script, not a secret)

        def pick() -> None:
            session.answer("/data/p", f"p{draw.randrange(10)}")
            session.answer("/data/c", f"c{draw.randrange(10)}")
            session.choices("/data/i")

        for _ in range(30):
            yield pick

    extra = f'<instance id="big"><root>{items}</root></instance>'
    return Workload("list", size, form("<p/><c/><i/>", "", body, extra), steps)


def diagnostic(size: int) -> Workload:
    """Themes of 25 questions with weighted scores; `size` questions."""
    themes = range(size // 25)
    instance = binds = body = ""
    refs: list[tuple[str, str]] = []
    for t in themes:
        inside = [f"/data/g{t}/t{t}q{n}" for n in range(25)]
        refs.extend((ref, f"/data/score{t}") for ref in inside)
        instance += f"<g{t}>" + "".join(f"<t{t}q{n}/>" for n in range(25)) + f"</g{t}><num{t}/><den{t}/><score{t}/>"
        binds += "".join(f'<bind nodeset="{ref}" type="string" required="true()"/>' for ref in inside)
        known = [f" {ref}  != '' and  {ref}  != 'na'" for ref in inside]
        num = " + ".join(
            f"if({test}, {n % 3 + 1} *  {ref} , 0)" for n, (test, ref) in enumerate(zip(known, inside, strict=True))
        )
        den = " + ".join(f"if({test}, {n % 3 + 1}, 0)" for n, test in enumerate(known))
        binds += f'<bind nodeset="/data/num{t}" calculate="{num}"/><bind nodeset="/data/den{t}" calculate="{den}"/>'
        ratio = f"if( /data/den{t}  &gt; 0,  /data/num{t}  div  /data/den{t} , '')"
        binds += f'<bind nodeset="/data/score{t}" calculate="{ratio}"/>'
        body += f'<group ref="/data/g{t}"><label>Theme</label>' + "".join(question(r, "select1") for r in inside)
        body += "</group>"
    total = " + ".join(f"coalesce( /data/score{t} , 0)" for t in themes)
    binds += f'<bind nodeset="/data/all" calculate="{total}"/>'

    def steps(session: FormSession) -> Iterator[Callable[[], object]]:
        for n, (ref, score) in enumerate(refs):

            def step(ref: str = ref, score: str = score, n: int = n) -> None:
                session.answer(ref, ("0", "1", "2", "3", "na")[n % 5])
                session.value(score)
                session.value("/data/all")
                session.progress()

            yield step

    extra = f'<instance id="l"><root>{CHOICES}</root></instance>'
    return Workload("diagnostic", size, form(instance + "<all/>", binds, body, extra), steps)


def clock() -> float:
    return time.process_time() * 1000


def measure(workload: Workload, repetitions: int) -> Figures:
    """Take the best of some repetitions, each from the bytes."""
    found: list[Figures] = []
    for _ in range(repetitions):
        parser.parse.cache_clear()
        load, loaded = timed(lambda: load_form(workload.xml))
        session_time, session = timed(lambda loaded=loaded: FormSession(loaded))
        times = [timed(step)[0] for step in workload.steps(session)]
        draft, _ = timed(session.draft_xml)
        keep, kept = timed(lambda loaded=loaded: to_bytes(loaded))
        load_kept, again = timed(lambda kept=kept: load_compiled(kept))
        first_kept, _ = timed(next(workload.steps(FormSession(again))))
        ordered = sorted(times)
        found.append(
            Figures(
                workload.name,
                workload.size,
                len(workload.xml) // 1024,
                load,
                keep,
                len(kept) // 1024,
                load_kept,
                first_kept,
                session_time,
                len(times),
                statistics.median(times),
                ordered[int(0.95 * (len(ordered) - 1))],
                sum(times),
                draft,
            )
        )
    return min(found, key=lambda one: one.load + one.all_steps)


def timed(work: Callable[[], Made]) -> tuple[float, Made]:
    """Do something, and tell how long it took."""
    start = clock()
    made = work()
    return clock() - start, made


WORKLOADS: tuple[tuple[Callable[[int], Workload], tuple[int, ...]], ...] = (
    (flat, (100, 1000, 5000)),
    (sections, (1000, 5000)),
    (chain, (100, 1000)),
    (repeat, (50, 200, 1000)),
    (rows, (1000, 10000, 50000)),
    (diagnostic, (100, 200, 300)),
)


def main() -> int:
    parser_ = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser_.add_argument("--json", action="store_true", help="print one line of JSON instead of the table")
    parser_.add_argument("--quick", action="store_true", help="the smallest size of each, once")
    options = parser_.parse_args()
    results: list[Figures] = []
    for make, sizes in WORKLOADS:
        results.extend(
            measure(make(size), 1 if options.quick else 3) for size in (sizes[:1] if options.quick else sizes)
        )
    if options.json:
        print(json.dumps([asdict(result) for result in results]))
        return 0
    print(
        f"{'form':<12}{'size':>7}{'kB':>7}{'load':>10}{'keep':>10}{'kept kB':>9}{'from kept':>11}{'first':>9}"
        f"{'session':>10}{'steps':>8}{'median':>10}{'p95':>10}{'all':>10}{'draft':>9}"
    )
    for one in results:
        print(
            f"{one.name:<12}{one.size:>7}{one.kilobytes:>7}{one.load:>10.1f}{one.keep:>10.1f}{one.kept_kilobytes:>9}"
            f"{one.load_kept:>11.2f}{one.first_kept:>9.2f}{one.session:>10.1f}{one.steps:>8}"
            f"{one.step_median:>10.3f}{one.step_p95:>10.3f}{one.all_steps:>10.1f}{one.draft:>9.2f}"
        )
    print("milliseconds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
