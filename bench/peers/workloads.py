# SPDX-License-Identifier: EUPL-1.2
"""The measured forms, always the same for a name: README.md tells what each stands for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

from bench.peers.diagnostic import diagnostic
from bench.peers.script import Script, number_text

SEED = 20261122
FOLDER = Path(__file__).resolve().parents[2] / "build" / "peers" / "forms"
COLOURS = ("red", "green", "blue", "white", "black")
FLAT = (
    "integer",
    "text",
    "select_one yn",
    "decimal",
    "select_multiple col",
    "integer",
    "date",
    "text",
    "select_one lik",
)
BETWEEN = {"constraint": ". >= 0 and . <= 1000"}


def _random(name: str) -> Random:
    return Random(f"{SEED}-{name}")  # noqa: S311  (not for secrets)


def _answer(kind: str, random: Random) -> tuple[str, str]:
    """Make an answer to a question of a type: the operation's type and the value."""
    if kind == "select_multiple col":
        return "select", " ".join(c for c in COLOURS if random.random() < 0.4) or "blue"
    return {
        "integer": lambda: ("int", str(random.randint(0, 1000))),
        "text": lambda: ("string", f"texte {random.randint(0, 10**6)}"),
        "select_one yn": lambda: ("select1", random.choice(["yes", "no"])),
        "select_one lik": lambda: ("select1", str(random.randint(0, 4))),
        "decimal": lambda: ("decimal", number_text(random.randint(1, 9999) / 8)),
        "date": lambda: ("date", f"20{random.randint(10, 29)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"),
    }[kind]()


def _small_lists(script: Script) -> None:
    for name, label in (("yes", "Oui"), ("no", "Non")):
        script.choice("yn", name, label)
    for colour in COLOURS:
        script.choice("col", colour, colour.title())
    for level in range(5):
        script.choice("lik", str(level), f"Niveau {level}")


def flat(size: int) -> Script:
    """Questions on one level, each relevant when the one before is answered; now and then a wrong answer first."""
    script = Script(f"flat-{size}")
    random = _random(script.name)
    _small_lists(script)
    for place in range(1, size + 1):
        kind = (*FLAT, "integer")[place % 10]
        cells = {"relevant": f"${{q{place - 1}}} != ''"} if place > 1 else {}
        script.question(kind, f"q{place}", f"Question {place}", **cells, **(BETWEEN if place % 5 == 0 else {}))
        ref = f"/data/q{place}"
        if place % 25 == 0:
            script.step("reject")
            script.set(ref, "int", "5000", valid=False)
        script.step("answer")
        script.set(ref, *_answer(kind, random))
        if place < size:
            script.relevant(f"/data/q{place + 1}")
    return script


def sections(size: int) -> Script:
    """Sections of 20, the first question opens the others; a count of answers for each: the usual large form."""
    script = Script(f"sect-{size}")
    random = _random(script.name)
    _small_lists(script)
    for section in range(1, size // 20 + 1):
        concerned = section % 7 != 0
        head, count = f"s{section}q1", f"/data/n{section}"
        script.question("begin group", f"s{section}", f"Section {section}")
        script.question("select_one yn", head, f"Section {section} : concerné ?")
        script.step("answer")
        script.set(f"/data/s{section}/{head}", "select1", "yes" if concerned else "no")
        script.relevant(f"/data/s{section}/s{section}q2", relevant=concerned)
        names = [f"s{section}q{place}" for place in range(2, 21)]
        for place, name in enumerate(names, 2):
            kind = ("integer", "text", "select_one lik", "decimal")[place % 4] if place % 5 else "integer"
            cells = {"relevant": f"${{{head}}} = 'yes'", **(BETWEEN if place % 5 == 0 else {})}
            script.question(kind, name, f"Question {section}.{place}", **cells)
            if concerned:
                script.step("answer")
                script.set(f"/data/s{section}/{name}", *_answer(kind, random))
                script.get(count, str(place - 1))
        script.question("end group", f"s{section}")
        answered = " + ".join(f"if(${{{name}}} != '', 1, 0)" for name in names)
        script.question("calculate", f"n{section}", calculation=answered)
        script.expected[count] = "19" if concerned else "0"
    return script


def chain(size: int) -> Script:
    """Chain calculations, each of the one before; the root changes 100 times."""
    script = Script(f"chain-{size}")
    script.question("integer", "a", "Racine")
    for place in range(1, size + 1):
        script.question("calculate", f"c{place}", calculation=f"${{{'a' if place == 1 else f'c{place - 1}'}}} + 1")
    for turn in range(1, 101):
        script.step("root")
        script.set("/data/a", "int", str(turn * 7))
        script.get(f"/data/c{size}", str(turn * 7 + size))
    script.expected.update({f"/data/c{place}": str(700 + place) for place in range(1, size + 1)})
    return script


ITEM = (
    ("integer", "qty", "Quantité", {"constraint": ". >= 0"}),
    ("decimal", "price", "Prix unitaire", {}),
    ("text", "what", "Libellé", {"relevant": "${qty} > 0"}),
    ("select_one cat", "cat", "Catégorie", {}),
    ("date", "when", "Date", {}),
    ("integer", "months", "Durée (mois)", {}),
    ("text", "who", "Fournisseur", {}),
    ("select_multiple cat", "tags", "Étiquettes", {}),
    ("decimal", "share", "Part propre", {}),
    ("text", "remark", "Remarque", {}),
)


def repeat(size: int) -> Script:
    """Write a budget: lines of ten questions and an amount, their sum; lines are added, filled, then changed."""
    script = Script(f"repeat-{size}")
    random = _random(script.name)
    for level in range(5):
        script.choice("cat", f"k{level}", f"Catégorie {level}")
    script.question("begin repeat", "item", "Poste de dépense")
    for kind, name, label, cells in ITEM:
        script.question(kind, name, label, **cells)
    script.question("calculate", "amount", calculation="${qty} * ${price}")
    script.question("end repeat", "item")
    script.question("calculate", "total", calculation="sum(${amount})")
    script.question("note", "n_total", "Total : ${total}")
    quantities: dict[int, int] = {}
    prices: dict[int, float] = {}  # multiples of 1/8: sums are exact

    def read(line: int) -> None:
        script.get(f"/data/item[{line}]/amount", number_text(quantities[line] * prices[line]))

    def read_total() -> None:
        script.get("/data/total", number_text(sum(quantities[line] * prices[line] for line in quantities)))

    for line in range(1, size + 1):
        if line > 1:
            script.step("add")
            script.add("/data/item")
        quantities[line], prices[line] = random.randint(1, 20), random.randint(8, 4000) / 8
        script.step("fill")
        script.set(f"/data/item[{line}]/price", "decimal", number_text(prices[line]))
        script.set(f"/data/item[{line}]/qty", "int", quantities[line])
        read(line)
        script.relevant(f"/data/item[{line}]/what")
        read_total()
    for line in range(1, size + 1):
        quantities[line] += random.randint(1, 5)
        script.step("change")
        script.set(f"/data/item[{line}]/qty", "int", quantities[line])
        read(line)
        read_total()
    return script


def select(size: int) -> Script:
    """Provinces, communes, and `size` streets filtered by both; 30 times another province and commune."""
    script = Script(f"select-{size}")
    random = _random(script.name)
    pairs = [(p, c) for p in range(10) for c in range(10)]
    for p in range(10):
        script.choice("prov", f"p{p}", f"Province {p}")
    for p, c in pairs:
        script.choice("comm", f"p{p}c{c}", f"Commune {p}.{c}", prov=f"p{p}")
    rows = [(p, c, i) for p, c in pairs for i in range(size // 100)]
    random.shuffle(rows)
    offered: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for p, c, i in rows:
        row = (f"p{p}c{c}i{i}", f"Rue {i} de la commune {p}.{c}")
        script.choice("item", *row, prov=f"p{p}", comm=f"p{p}c{c}")
        offered.setdefault((p, c), []).append(row)
    script.question("select_one prov", "prov", "Province")
    script.question("select_one comm", "comm", "Commune", choice_filter="prov=${prov}")
    script.question("select_one item", "item", "Rue", choice_filter="prov=${prov} and comm=${comm}")
    p = -1
    for turn in range(30):
        p, c = random.choice([x for x in range(10) if x != p]), random.randrange(10)
        script.step("parent1")
        script.set("/data/prov", "select1", f"p{p}")
        script.choices("/data/comm", [(f"p{p}c{x}", f"Commune {p}.{x}") for x in range(10)])
        script.step("parent2" if turn else "parent2-first")
        script.set("/data/comm", "select1", f"p{p}c{c}")
        script.choices("/data/item", offered[p, c])
        script.step("pick")
        script.set("/data/item", "select1", random.choice(offered[p, c])[0])
    return script


WORKLOADS: dict[str, Callable[[], Script]] = {
    **{f"flat-{n}": partial(flat, n) for n in (100, 1000, 5000)},
    **{f"sect-{n}": partial(sections, n) for n in (1000, 5000)},
    **{f"chain-{n}": partial(chain, n) for n in (100, 1000)},
    **{f"repeat-{n}": partial(repeat, n) for n in (50, 200, 1000)},
    **{f"select-{n}": partial(select, n) for n in (1000, 10000, 50000)},
    "diag-200": lambda: diagnostic(_random("diag-200")),
}


def prepare(name: str) -> Path:
    """Write a workload's files unless they are there; returns their path without ending."""
    if not (FOLDER / f"{name}.ops").exists():
        WORKLOADS[name]().save(FOLDER)
    return FOLDER / name
