// SPDX-License-Identifier: EUPL-1.2
// The compared conversation: after every action the whole state of the form.

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.form.api.FormEntryController;

final class Trace {
    private final Engine engine;
    private final JsonNode selects;
    private final JsonNode labelled;

    private Trace(Engine engine, JsonNode request) {
        this.engine = engine;
        this.selects = request.get("selects");
        this.labelled = request.get("labelled");
    }

    static void run(String file, Map<String, Object> result) throws Exception {
        JsonNode request = Peer.JSON.readTree(Files.readAllBytes(Paths.get(file)));
        List<Object> states = new ArrayList<>();
        List<String> verdicts = new ArrayList<>();
        result.put("states", states); // what was seen before an error is worth keeping
        result.put("verdicts", verdicts);
        Attachments.offer(request.get("files"));
        byte[] form = bytes(request.get("form"));
        boolean isNew = request.get("instance").asText().isEmpty();
        Engine engine = isNew ? Engine.fromXml(form) : Engine.fromXml(form, bytes(request.get("instance")));
        Trace trace = new Trace(engine, request);
        states.add(trace.state());
        for (JsonNode action : request.get("actions")) {
            verdicts.add(trace.act(action));
            trace.engine.forget();
            states.add(trace.state());
        }
        result.put("xml", new String(trace.engine.serialize(), StandardCharsets.UTF_8));
    }

    private static byte[] bytes(JsonNode text) {
        return text.asText().getBytes(StandardCharsets.UTF_8);
    }

    private String act(JsonNode action) {
        String ref = action.get(1).asText();
        switch (action.get(0).asText()) {
            case "set": return engine.answer(engine.question(ref), Engine.data(action.get(2).asText(), action.get(3).asText()));
            case "add": engine.controller.newRepeat(engine.next(ref)); return "";
            case "remove": engine.controller.deleteRepeat(engine.repeat(ref)); return "";
            case "lang": engine.controller.setLanguage(ref); return "";
            default: throw new IllegalArgumentException(action.toString());
        }
    }

    private Map<String, Object> state() {
        walk();
        Map<String, Object> values = new LinkedHashMap<>();
        List<String> hidden = new ArrayList<>();
        Map<String, Object> choices = new LinkedHashMap<>();
        Map<String, String> labels = new LinkedHashMap<>();
        TreeElement root = engine.form.getMainInstance().getRoot();
        offer(root, "/" + root.getName(), choices); // reading a list drops answers that it no longer offers
        read(root, "/" + root.getName(), values, hidden);
        label(root, "/" + root.getName(), labels);
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("values", values);
        made.put("irrelevant", hidden);
        made.put("choices", choices);
        made.put("labels", labels);
        return made;
    }

    /** Repeats with a count get their instances when a person comes by, so one does. */
    private void walk() {
        engine.controller.jumpToIndex(org.javarosa.core.model.FormIndex.createBeginningOfFormIndex());
        while (engine.controller.stepToNextEvent() != FormEntryController.EVENT_END_OF_FORM) continue;
    }

    private void offer(TreeElement node, String ref, Map<String, Object> choices) {
        if (isWanted(selects, node, ref)) choices.put(ref, engine.choices(engine.question(ref)));
        below(node, ref, (child, childRef) -> offer(child, childRef, choices));
    }

    private void label(TreeElement node, String ref, Map<String, String> labels) {
        if (isWanted(labelled, node, ref)) labels.put(ref, engine.label(engine.question(ref)));
        below(node, ref, (child, childRef) -> label(child, childRef, labels));
    }

    private static boolean isWanted(JsonNode paths, TreeElement node, String ref) {
        return paths.has(ref.replaceAll("\\[\\d+\\]", "")) && node.isRelevant();
    }

    private void read(TreeElement node, String ref, Map<String, Object> values, List<String> hidden) {
        if (!node.isRelevant()) hidden.add(ref);
        if (!node.hasChildren()) values.put(ref, Engine.text(node));
        below(node, ref, (child, childRef) -> read(child, childRef, values, hidden));
    }

    private static void below(TreeElement node, String ref, BiConsumer<TreeElement, String> visit) {
        for (int i = 0; i < node.getNumChildren(); i++) {
            TreeElement child = node.getChildAt(i);
            if (child.getMult() == TreeReference.INDEX_TEMPLATE) continue;
            String name = child.isRepeatable() ? child.getName() + "[" + (child.getMult() + 1) + "]" : child.getName();
            visit.accept(child, ref + "/" + name);
        }
    }
}
