// SPDX-License-Identifier: EUPL-1.2
// One request a line on stdin, one answer a line on stdout: see ../README.md.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

final class Peer {
    static final ObjectMapper JSON = new ObjectMapper();

    interface Work {
        void fill(Map<String, Object> result) throws Throwable;
    }

    static String result(Work work) throws Exception {
        Map<String, Object> result = new LinkedHashMap<>();
        try {
            work.fill(result);
        } catch (Throwable error) { // whatever an engine throws is an answer about that engine
            StringWriter text = new StringWriter();
            error.printStackTrace(new PrintWriter(text));
            result.put("error", text.toString());
        }
        return "RESULT\t" + JSON.writeValueAsString(result);
    }

    public static void main(String[] arguments) throws Exception {
        boolean cached = arguments.length > 0 && arguments[0].equals("--cached");
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
        System.setOut(System.err); // JavaRosa writes there
        Engine.prepare();
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("engine", "javarosa");
        about.put("java", System.getProperty("java.version"));
        out.println("READY\t" + JSON.writeValueAsString(about));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            String[] part = line.split("\t", -1);
            if (part[0].equals("quit")) break;
            if (part[0].equals("run"))
                out.println(result(r -> Workload.run(part[1], part[2], part[3], Double.parseDouble(part[4]), cached, r)));
            if (part[0].equals("trace")) out.println(result(r -> Trace.run(part[1], r)));
        }
    }
}
