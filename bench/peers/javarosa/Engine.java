// SPDX-License-Identifier: EUPL-1.2
// JavaRosa (the engine of ODK Collect) as the two conversations of ../README.md need it.

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javarosa.core.model.CoreModelModule;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.GroupDef;
import org.javarosa.core.model.IFormElement;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.DateData;
import org.javarosa.core.model.data.DateTimeData;
import org.javarosa.core.model.data.DecimalData;
import org.javarosa.core.model.data.GeoPointData;
import org.javarosa.core.model.data.GeoShapeData;
import org.javarosa.core.model.data.GeoTraceData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectMultiData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.TimeData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.FormInstance;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.core.model.utils.DateUtils;
import org.javarosa.core.services.PrototypeManager;
import org.javarosa.core.services.storage.StorageManager;
import org.javarosa.core.services.storage.util.DummyIndexedStorageUtility;
import org.javarosa.core.util.JavaRosaCoreModule;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.parse.XFormParser;

final class Engine {
    final FormDef form;
    final FormEntryModel model;
    final FormEntryController controller;
    private final Map<String, FormIndex> indexes = new HashMap<>();
    private final Map<String, TreeElement> nodes = new HashMap<>();
    private final Map<String, int[]> controls = new HashMap<>();

    private Engine(FormDef form, boolean isNew) {
        this.form = form;
        this.model = new FormEntryModel(form);
        this.controller = new FormEntryController(model);
        form.initialize(isNew, new InstanceInitializationFactory());
        gather(form, new int[0]);
    }

    static void prepare() {
        StorageManager.setStorageFactory((name, type) -> new DummyIndexedStorageUtility<>());
        new XFormsModule().registerModule();
        PrototypeManager.registerPrototypes(JavaRosaCoreModule.classNames);
        PrototypeManager.registerPrototypes(CoreModelModule.classNames);
    }

    static FormDef parse(byte[] xml) throws Exception {
        return new XFormParser(new InputStreamReader(new ByteArrayInputStream(xml), StandardCharsets.UTF_8)).parse();
    }

    static Engine fromXml(byte[] xml) throws Exception {
        return new Engine(parse(xml), true);
    }

    /** With an instance saved before, in the order of Collect: its answers first, then the form begins. */
    static Engine fromXml(byte[] xml, byte[] instance) throws Exception {
        FormDef form = parse(xml);
        TreeElement saved = XFormParser.restoreDataModel(instance, null).getRoot();
        TreeElement root = form.getMainInstance().getRoot().deepCopy(true);
        root.populate(saved, form);
        form.getMainInstance().setRoot(root);
        return new Engine(form, false);
    }

    /** From the parsed form as JavaRosa keeps it: what Collect reads from the second opening on. */
    static Engine fromCache(byte[] kept) throws Exception {
        FormDef form = new FormDef();
        form.readExternal(
                new DataInputStream(new ByteArrayInputStream(kept)), PrototypeManager.getDefault());
        return new Engine(form, true);
    }

    static void writeCache(byte[] xml, OutputStream to) throws Exception {
        parse(xml).writeExternal(new DataOutputStream(to));
    }

    /** `/data/item[3]/qty`, positions 1-based, as JavaRosa's reference with multiplicities. */
    static TreeReference reference(String path) {
        TreeReference made = TreeReference.rootRef();
        for (String step : path.substring(1).split("/")) {
            int bracket = step.indexOf('[');
            String name = bracket < 0 ? step : step.substring(0, bracket);
            int position = bracket < 0 ? 1 : Integer.parseInt(step.substring(bracket + 1, step.length() - 1));
            made.add(name, position - 1);
        }
        return made;
    }

    TreeElement node(String path) {
        return nodes.computeIfAbsent(path, p -> {
            TreeElement found = form.getMainInstance().resolveReference(reference(p));
            if (found == null) throw new IllegalArgumentException("no node " + p);
            return found;
        });
    }

    /** After instances came or went: positions may name other nodes. */
    void forget() {
        nodes.clear();
    }

    private void gather(IFormElement parent, int[] at) {
        List<IFormElement> children = parent.getChildren();
        for (int i = 0; children != null && i < children.size(); i++) {
            IFormElement child = children.get(i);
            int[] place = Arrays.copyOf(at, at.length + 1);
            place[at.length] = i;
            if (child.getBind() != null) {
                String path = FormInstance.unpackReference(child.getBind()).toString(false);
                controls.putIfAbsent((isRepeat(child) ? "repeat " : "control ") + path, place);
            }
            gather(child, place);
        }
    }

    private static boolean isRepeat(IFormElement element) {
        return element instanceof GroupDef && ((GroupDef) element).getRepeat();
    }

    FormIndex question(String path) {
        return index("control ", path);
    }

    FormIndex repeat(String path) {
        return index("repeat ", path);
    }

    private FormIndex index(String kind, String path) {
        return indexes.computeIfAbsent(kind + path, key -> build(kind, path));
    }

    private FormIndex build(String kind, String path) {
        int[] place = controls.get(kind + path.replaceAll("\\[\\d+\\]", ""));
        if (place == null) throw new IllegalArgumentException("no " + kind + path);
        List<IFormElement> elements = new ArrayList<>();
        IFormElement element = form;
        for (int i : place) elements.add(element = element.getChild(i));
        TreeReference full = reference(path);
        FormIndex made = null;
        for (int depth = elements.size() - 1; depth >= 0; depth--) { // from the inside out
            IFormElement at = elements.get(depth);
            TreeReference generic = at.getBind() == null ? null : FormInstance.unpackReference(at.getBind());
            TreeReference concrete = generic == null ? null : TreeReference.rootRef();
            for (int s = 0; generic != null && s < generic.size(); s++)
                concrete.add(full.getName(s), full.getMultiplicity(s));
            int position = isRepeat(at) ? full.getMultiplicity(generic.size() - 1) : -1;
            if (made == null)
                made = isRepeat(at) ? new FormIndex(place[depth], position, concrete) : new FormIndex(place[depth], concrete);
            else
                made = isRepeat(at)
                        ? new FormIndex(made, place[depth], position, concrete)
                        : new FormIndex(made, place[depth], concrete);
        }
        return made;
    }

    /** The index of the instance that `add` would make at the end of a repeat. */
    FormIndex next(String repeat) {
        int cut = repeat.lastIndexOf('/');
        TreeElement parent = cut == 0 ? form.getMainInstance().getRoot() : node(repeat.substring(0, cut));
        return repeat(repeat + "[" + (parent.getChildMultiplicity(repeat.substring(cut + 1)) + 1) + "]");
    }

    static IAnswerData data(String type, String text) {
        if (text.isEmpty()) return null;
        switch (type) {
            case "int": return new IntegerData(Integer.parseInt(text));
            case "decimal": return new DecimalData(Double.parseDouble(text));
            case "date": return new DateData(DateUtils.parseDate(text));
            case "time": return new TimeData(DateUtils.parseTime(text));
            case "dateTime": return new DateTimeData(DateUtils.parseDateTime(text));
            case "select1": return new SelectOneData(new Selection(text));
            case "select": return new SelectMultiData(selections(text));
            case "rank": return new MultipleItemsData(selections(text));
            case "geopoint": return new GeoPointData(point(text));
            case "geotrace": return new GeoTraceData(new GeoTraceData.GeoTrace(points(text)));
            case "geoshape": return new GeoShapeData(new GeoShapeData.GeoShape(points(text)));
            default: return new StringData(text);
        }
    }

    private static double[] point(String text) {
        return Arrays.stream(text.trim().split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private static ArrayList<double[]> points(String text) {
        ArrayList<double[]> found = new ArrayList<>();
        for (String one : text.split(";")) found.add(point(one));
        return found;
    }

    private static List<Selection> selections(String text) {
        List<Selection> found = new ArrayList<>();
        for (String value : text.split(" ")) found.add(new Selection(value));
        return found;
    }

    /** Answers a question as a person does: an invalid answer is refused. */
    String answer(FormIndex index, IAnswerData data) {
        int verdict = controller.answerQuestion(index, data, true);
        return verdict == FormEntryController.ANSWER_OK ? "valid"
                : verdict == FormEntryController.ANSWER_CONSTRAINT_VIOLATED ? "invalid" : "required";
    }

    static String text(TreeElement node) {
        IAnswerData data = node.getValue();
        return data == null ? "" : data.uncast().getString();
    }

    String[][] choices(FormIndex index) {
        FormEntryPrompt prompt = model.getQuestionPrompt(index);
        List<SelectChoice> found = prompt.getSelectChoices();
        String[][] all = new String[found.size()][];
        for (int i = 0; i < all.length; i++)
            all[i] = new String[] {found.get(i).getValue(), prompt.getSelectChoiceText(found.get(i))};
        return all;
    }

    String label(FormIndex index) {
        return model.getQuestionPrompt(index).getQuestionText();
    }

    byte[] serialize() throws IOException {
        controller.finalizeFormEntry();
        return new XFormSerializingVisitor().serializeInstance(form.getInstance());
    }
}
