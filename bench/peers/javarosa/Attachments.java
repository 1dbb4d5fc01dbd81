// SPDX-License-Identifier: EUPL-1.2
// The files that come with a form, for JavaRosa to find under jr://file and jr://file-csv.

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;

final class Attachments extends PrefixedRootFactory {
    private final Path folder;

    private Attachments(Path folder) {
        super(new String[] {"file", "file-csv"});
        this.folder = folder;
    }

    /** Makes these files, and no others, available: a mapping of names to texts. */
    static void offer(JsonNode files) throws IOException {
        ReferenceManager manager = ReferenceManager.instance();
        manager.reset();
        if (files.isEmpty()) return;
        Path folder = Files.createTempDirectory("attachments");
        folder.toFile().deleteOnExit();
        for (Iterator<Map.Entry<String, JsonNode>> all = files.fields(); all.hasNext(); ) {
            Map.Entry<String, JsonNode> one = all.next();
            Path file = folder.resolve(one.getKey());
            Files.write(file, one.getValue().asText().getBytes(StandardCharsets.UTF_8));
            file.toFile().deleteOnExit();
        }
        manager.addReferenceFactory(new Attachments(folder));
    }

    @Override
    protected Reference factory(String terminal, String uri) {
        File file = folder.resolve(uri.substring(uri.lastIndexOf('/') + 1)).toFile();
        return new Reference() {
            @Override
            public boolean doesBinaryExist() {
                return file.exists();
            }

            @Override
            public InputStream getStream() throws IOException {
                return Files.newInputStream(file.toPath());
            }

            @Override
            public String getURI() {
                return uri;
            }

            @Override
            public String getLocalURI() {
                return file.getAbsolutePath();
            }

            @Override
            public boolean isReadOnly() {
                return true;
            }

            @Override
            public OutputStream getOutputStream() throws IOException {
                throw new IOException("only to be read");
            }

            @Override
            public void remove() {}

            @Override
            public Reference[] probeAlternativeReferences() {
                return new Reference[0];
            }
        };
    }
}
