package org.waybill.jms.javax;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javax.jms.ConnectionFactory;
import javax.jms.Message;
import javax.jms.Queue;
import org.junit.jupiter.api.Test;

/** What is in the jar. */
final class JarIT {
    private static final String CLASS = ".class";

    private static List<String> classes() throws IOException {
        List<String> names = new ArrayList<>();
        try (JarFile jar = new JarFile(System.getProperty("waybill.javax.jar"))) {
            jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.endsWith(CLASS))
                    .forEach(names::add);
        }
        return names;
    }

    @Test
    void everyClassIsOursAndLoadsWithoutTheJakartaApi() throws Exception {
        List<String> names = classes();
        assertThat(names).hasSizeGreaterThan(100).allMatch(name -> name.startsWith("org/waybill/jms/"));
        ClassLoader loader = getClass().getClassLoader();
        assertThat(loader.getResource("jakarta/jms/Message.class")).isNull();
        for (String name : names) {
            Class<?> loaded = Class.forName(
                    name.substring(0, name.length() - CLASS.length()).replace('/', '.'), false, loader);
            // Resolves what each of them names in its signatures.
            loaded.getDeclaredMethods();
            loaded.getDeclaredFields();
            loaded.getDeclaredConstructors();
        }
    }

    @Test
    void nothingNamesTheJakartaApi() throws Exception {
        try (JarFile jar = new JarFile(System.getProperty("waybill.javax.jar"))) {
            for (JarEntry entry : jar.stream().toList()) {
                try (InputStream in = jar.getInputStream(entry)) {
                    String content = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
                    assertThat(content.contains("jakarta"))
                            .as("%s says jakarta", entry.getName())
                            .isFalse();
                }
            }
        }
    }

    @Test
    void thePublicClassesHaveTheirNamesAndImplementJavax() throws Exception {
        assertThat(ConnectionFactory.class).isAssignableFrom(Class.forName("org.waybill.jms.WaybillConnectionFactory"));
        assertThat(Queue.class).isAssignableFrom(Class.forName("org.waybill.jms.destination.WaybillQueue"));
        assertThat(Message.class).isAssignableFrom(Class.forName("org.waybill.jms.message.JmsMessage"));
    }
}
