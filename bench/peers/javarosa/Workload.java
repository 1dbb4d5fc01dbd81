// SPDX-License-Identifier: EUPL-1.2
// The measured conversation: load, do the steps of an .ops file against the clock, serialize.

import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.TreeElement;

final class Workload {
    private final Engine engine;
    private final List<String> bad = new ArrayList<>();
    private int checks;
    private int mismatches;

    private Workload(Engine engine) {
        this.engine = engine;
    }

    static void run(String form, String ops, String out, double limit, boolean cached, Map<String, Object> result)
            throws Exception {
        long start = System.nanoTime();
        byte[] bytes = cached ? kept(Paths.get(form)) : Files.readAllBytes(Paths.get(form));
        long before = System.nanoTime();
        Workload work = new Workload(cached ? Engine.fromCache(bytes) : Engine.fromXml(bytes));
        result.put("load_ms", milliseconds(System.nanoTime() - before));
        work.doSteps(readSteps(ops), start, limit, out, result);
    }

    private static byte[] kept(Path form) throws Exception {
        Path kept = Paths.get(form + ".javarosa");
        if (!Files.exists(kept)) {
            try (OutputStream to = new FileOutputStream(kept.toFile())) {
                Engine.writeCache(Files.readAllBytes(form), to);
            }
        }
        return Files.readAllBytes(kept);
    }

    private static double milliseconds(long nanoseconds) {
        return nanoseconds / 1e6;
    }

    /** Each step: its tag first, then its operations, cut at the tabs. */
    private static List<List<String[]>> readSteps(String file) throws Exception {
        List<List<String[]>> steps = new ArrayList<>();
        for (String line : Files.readAllLines(Paths.get(file), StandardCharsets.UTF_8)) {
            if (line.isEmpty() || line.charAt(0) == '#') continue;
            String[] parts = line.split("\t", -1);
            if (parts[0].equals("step")) steps.add(new ArrayList<>());
            steps.get(steps.size() - 1).add(parts);
        }
        return steps;
    }

    private void doSteps(List<List<String[]>> steps, long start, double limit, String out, Map<String, Object> result)
            throws Exception {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        int done = 0;
        for (List<String[]> step : steps) {
            if ((System.nanoTime() - start) / 1e9 > limit) break;
            List<String[]> ops = step.subList(1, step.size());
            int n = ops.size();
            Object[] handles = new Object[n];
            IAnswerData[] data = new IAnswerData[n];
            for (int i = 0; i < n; i++) {
                handles[i] = resolve(ops.get(i));
                if (ops.get(i)[0].equals("set")) data[i] = Engine.data(ops.get(i)[2], ops.get(i)[3]);
            }
            Object[] got = new Object[n];
            long before = System.nanoTime();
            for (int i = 0; i < n; i++) got[i] = perform(ops.get(i), handles[i], data[i]);
            double took = milliseconds(System.nanoTime() - before);
            times.computeIfAbsent(step.get(0)[1], tag -> new ArrayList<>()).add(took);
            done++;
            for (int i = 0; i < n; i++) compare(ops.get(i), got[i]);
        }
        boolean aborted = done < steps.size();
        if (!aborted) {
            long before = System.nanoTime();
            byte[] xml = engine.serialize();
            result.put("serialize_ms", milliseconds(System.nanoTime() - before));
            if (!out.isEmpty()) Files.write(Paths.get(out), xml);
        }
        result.put("aborted", aborted);
        result.put("steps_done", done);
        result.put("steps_total", steps.size());
        Map<String, Object> tags = new LinkedHashMap<>();
        times.forEach((tag, list) -> tags.put(tag, statistics(list)));
        result.put("tags", tags);
        result.put("checks", checks);
        result.put("mismatches", mismatches);
        result.put("bad", bad);
    }

    private static Map<String, Object> statistics(List<Double> times) {
        List<Double> sorted = new ArrayList<>(times);
        Collections.sort(sorted);
        int n = sorted.size();
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("n", n);
        made.put("total_ms", sorted.stream().mapToDouble(Double::doubleValue).sum());
        made.put("p50_ms", sorted.get((n - 1) / 2));
        made.put("p95_ms", sorted.get((int) Math.ceil(0.95 * n) - 1));
        return made;
    }

    private Object resolve(String[] op) {
        switch (op[0]) {
            case "lang": return null;
            case "get": return engine.node(op[1]);
            case "add": return engine.next(op[1]);
            default: return engine.question(op[1]);
        }
    }

    private Object perform(String[] op, Object handle, IAnswerData data) {
        switch (op[0]) {
            case "set": return engine.answer((FormIndex) handle, data);
            case "relevant": return engine.model.isIndexRelevant((FormIndex) handle) ? "1" : "0";
            case "get": return Engine.text((TreeElement) handle);
            case "choices": return engine.choices((FormIndex) handle);
            case "label": return engine.label((FormIndex) handle);
            case "add": engine.controller.newRepeat((FormIndex) handle); return null;
            case "lang": engine.controller.setLanguage(op[1]); return null;
            default: throw new IllegalArgumentException(op[0]);
        }
    }

    private void compare(String[] op, Object got) {
        if (op[0].equals("add") || op[0].equals("lang")) return;
        String want = op[op.length - 1];
        String text = op[0].equals("choices") ? summary((String[][]) got) : got == null ? "" : (String) got;
        if (op[0].equals("choices")) want = String.join(" ", op[2], op[3], op[4], op[5]);
        if (op[0].equals("label")) text = text.trim().replaceAll("\\s+", " ");
        checks++;
        if (want.equals(text) || op[0].equals("get") && sameNumber(want, text)) return;
        mismatches++;
        if (bad.size() < 5) bad.add(String.join(" ", op) + " => " + text);
    }

    private static String summary(String[][] all) {
        if (all.length == 0) return "0";
        return all.length + " " + all[0][0] + " " + all[all.length - 1][0] + " " + all[all.length - 1][1];
    }

    private static boolean sameNumber(String want, String got) {
        try {
            double a = Double.parseDouble(want);
            double b = Double.parseDouble(got);
            return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));
        } catch (NumberFormatException error) {
            return false;
        }
    }
}
