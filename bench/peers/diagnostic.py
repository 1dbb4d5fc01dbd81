# SPDX-License-Identifier: EUPL-1.2
"""The workload nearest to the kit's own use: 201 questions, eight themes, weighted scores, six languages."""

from __future__ import annotations

from random import Random

from bench.peers.script import Script, number_text

LANGUAGES = {
    "fr": "Français (fr)",
    "nl": "Nederlands (nl)",
    "de": "Deutsch (de)",
    "en": "English (en)",
    "wa": "Walon (wa)",
    "lb": "Lëtzebuergesch (lb)",
}
BRAKES = ("budget", "people", "skills", "network", "data", "other")
LEVELS = ("initial", "emergent", "structured", "advanced")
THEMES = range(1, 9)
ASKED = range(1, 24)  # questions on a scale in each theme; every sixth follows the one before


def _in_all(french: str) -> dict[str, str]:
    return {name: french if code == "fr" else f"[{code}] {french}" for code, name in LANGUAGES.items()}


class _Diagnostic:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.script = Script("diag-200", default_language=LANGUAGES["fr"])
        self.weights = {(t, j): random.choice((1, 1, 1, 2, 3)) for t in THEMES for j in ASKED}
        self.theme_weights = {t: random.choice((1, 2)) for t in THEMES}
        self.answers: dict[tuple[int, int], str] = {}
        self.labels: list[tuple[str, str]] = []

    # --- the form ---

    def write_form(self) -> None:
        script = self.script
        for value, label in enumerate(("Pas du tout", "Un peu", "En partie", "Largement", "Tout à fait")):
            script.choice("lik", str(value), _in_all(label))
        script.choice("lik", "na", _in_all("Sans objet"))
        for theme in THEMES:
            script.choice("themes", f"t{theme}", _in_all(f"Thème {theme}"))
        for brake in BRAKES:
            script.choice("brake", brake, _in_all(f"Frein {brake}"))
        self._ask("select_multiple themes", "themes", "Quels thèmes évaluer ?", "/data", required="yes")
        for theme in THEMES:
            self._write_theme(theme)
        scores = [(f"${{score{t}}}", self.theme_weights[t]) for t in THEMES]
        script.question("calculate", "onum", calculation=" + ".join(f"if({s} != '', {w} * {s}, 0)" for s, w in scores))
        script.question("calculate", "oden", calculation=" + ".join(f"if({s} != '', {w}, 0)" for s, w in scores))
        script.question("calculate", "overall", calculation="if(${oden} > 0, ${onum} div ${oden}, '')")
        level = "'advanced'"
        for limit, name in ((3, "structured"), (2, "emergent"), (1, "initial")):
            level = f"if(${{overall}} < {limit}, '{name}', {level})"
        script.question("calculate", "level", calculation=f"if(${{overall}} = '', '', {level})")
        script.question("note", "result", _in_all("Niveau global : ${level}"))

    def _ask(self, kind: str, name: str, label: str, parent: str, **cells: str) -> None:
        self.script.question(kind, name, _in_all(label), **cells)
        self.labels.append((f"{parent}/{name}", label))

    def _write_theme(self, theme: int) -> None:
        group = f"/data/g{theme}"
        asked = f"selected(${{themes}}, 't{theme}')"
        self.script.question("begin group", f"g{theme}", _in_all(f"Thème {theme}"), relevant=asked)
        for j in ASKED:
            before = f"${{t{theme}q{j - 1}}}"
            cells = {"relevant": f"{before} != 'na' and {before} >= 2"} if j % 6 == 0 else {}
            label = f"Thème {theme}, question {j} : votre territoire dispose-t-il de ce qui est décrit ici ?"
            self._ask("select_one lik", f"t{theme}q{j}", label, group, required="yes", **cells)
        most = {"constraint": "count-selected(.) <= 3", "constraint_message": "Trois au plus"}
        self._ask("select_multiple brake", f"t{theme}brake", f"Freins rencontrés pour le thème {theme}", group, **most)
        short = {"constraint": "string-length(.) <= 500", "constraint_message": "500 caractères au plus"}
        self._ask("text", f"t{theme}note", f"Commentaire sur le thème {theme}", group, **short)
        self.script.question("end group", f"g{theme}")
        scored = [(f"${{t{theme}q{j}}}", self.weights[theme, j]) for j in ASKED]
        answered = [(f"{q} != '' and {q} != 'na'", f"{w} * {q}", w) for q, w in scored]
        sums = {
            "num": " + ".join(f"if({is_answered}, {weighted}, 0)" for is_answered, weighted, _ in answered),
            "den": " + ".join(f"if({is_answered}, {weight}, 0)" for is_answered, _, weight in answered),
        }
        for name, expression in sums.items():
            self.script.question("calculate", f"{name}{theme}", calculation=expression)
        score = f"if(${{den{theme}}} > 0, ${{num{theme}}} div ${{den{theme}}}, '')"
        self.script.question("calculate", f"score{theme}", calculation=score)

    # --- what must come out ---

    def score(self, theme: int) -> tuple[int, int, float | None]:
        """Numerator, denominator and quotient of a theme."""
        given = [(self.weights[t, j], int(v)) for (t, j), v in self.answers.items() if t == theme and v != "na"]
        numerator, denominator = sum(w * v for w, v in given), sum(w for w, _ in given)
        return numerator, denominator, numerator / denominator if denominator else None

    def overall(self, themes: list[int]) -> tuple[float, int, float]:
        """Numerator, denominator and quotient of all themes."""
        scored = [(self.theme_weights[t], score) for t in themes if (score := self.score(t)[2]) is not None]
        numerator, denominator = sum(w * s for w, s in scored), sum(w for w, _ in scored)
        return numerator, denominator, numerator / denominator

    # --- the operations ---

    def answer(self) -> None:
        script, themes = self.script, list(THEMES)
        script.step("answer")
        script.set("/data/themes", "select", " ".join(f"t{t}" for t in themes))
        for theme in themes:
            script.relevant(f"/data/g{theme}/t{theme}q1")
        for theme in themes:
            self._answer_theme(theme)
        script.step("final")
        level = LEVELS[min(3, int(self.overall(themes)[2]))]
        script.get("/data/level", level)
        script.label("/data/result", f"Niveau global : {level}")
        for chosen in ([1, *themes[2:]], themes):  # without the second theme, then with it: its answers come back
            script.step("theme-toggle")
            script.set("/data/themes", "select", " ".join(f"t{t}" for t in chosen))
            script.get("/data/overall", number_text(self.overall(chosen)[2]))
            script.relevant("/data/g2/t2q1", relevant=2 in chosen)
        for code in ("nl", "de", "en", "wa", "lb", "fr"):
            script.step("language")
            script.language(LANGUAGES[code])
            for ref, label in self.labels:
                script.label(ref, label if code == "fr" else f"[{code}] {label}")
        self._expect_scores(themes)

    def _answer_theme(self, theme: int) -> None:
        script, random, group = self.script, self.random, f"/data/g{theme}"
        for j in ASKED:
            ref = f"{group}/t{theme}q{j}"
            follows = j % 6 == 0
            if follows and self.answers[theme, j - 1] in {"na", "0", "1"}:
                script.step("skip")
                script.relevant(ref, relevant=False)
                continue
            value = random.choice("012342" if j == 1 else ("0", "1", "2", "3", "4", "2", "3", "na"))
            self.answers[theme, j] = value
            script.step("answer")
            if follows:
                script.relevant(ref)
            script.set(ref, "select1", value)
            script.get(f"/data/score{theme}", number_text(self.score(theme)[2] or 0.0))
            script.get("/data/overall", number_text(self.overall(list(THEMES))[2]))
        brakes = [brake for brake in BRAKES if random.random() < 0.5] or ["other"]
        if len(brakes) > 3:
            script.step("reject")
            script.set(f"{group}/t{theme}brake", "select", " ".join(brakes), valid=False)
        script.step("answer")
        script.set(f"{group}/t{theme}brake", "select", " ".join(brakes[:3]))
        script.step("answer")
        script.set(f"{group}/t{theme}note", "string", f"Commentaire libre {random.randint(0, 10**6)} sur ce thème.")

    def _expect_scores(self, themes: list[int]) -> None:
        for theme in themes:
            numerator, denominator, score = self.score(theme)
            self.script.expected[f"/data/num{theme}"] = str(numerator)
            self.script.expected[f"/data/den{theme}"] = str(denominator)
            self.script.expected[f"/data/score{theme}"] = number_text(score or 0.0)
        numerator, denominator, score = self.overall(themes)
        for name, value in (("onum", numerator), ("oden", denominator), ("overall", score)):
            self.script.expected[f"/data/{name}"] = number_text(value)


def diagnostic(random: Random) -> Script:
    """Write the workload."""
    made = _Diagnostic(random)
    made.write_form()
    made.answer()
    return made.script
