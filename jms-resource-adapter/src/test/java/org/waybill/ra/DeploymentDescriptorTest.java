package org.waybill.ra;

import static org.assertj.core.api.Assertions.assertThat;

import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What {@code ra.xml} names exists, for servers find out at deployment only. */
final class DeploymentDescriptorTest {
    private final Document descriptor = parse();

    private static Document parse() {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(Path.of("src/main/rar/META-INF/ra.xml").toFile());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private List<Element> elements(String name) {
        NodeList nodes = descriptor.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int index = 0; index < nodes.getLength(); index++) {
            elements.add((Element) nodes.item(index));
        }
        return elements;
    }

    private static String text(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent();
    }

    @Test
    void eachImplementationImplementsItsInterface() throws Exception {
        for (String kind : List.of("connectionfactory", "connection")) {
            Element definition = elements("connection-definition").get(0);
            assertThat(Class.forName(text(definition, kind + "-interface")))
                    .isAssignableFrom(Class.forName(text(definition, kind + "-impl-class")));
        }
        for (Element object : elements("adminobject")) {
            assertThat(Class.forName(text(object, "adminobject-interface")))
                    .isAssignableFrom(Class.forName(text(object, "adminobject-class")));
        }
    }

    @Test
    void eachPropertyIsOneOfItsBean() throws Exception {
        for (Element property : elements("config-property")) {
            Element owner = (Element) property.getParentNode();
            String bean = owner.getTagName().equals("resourceadapter")
                    ? text(owner, "resourceadapter-class")
                    : owner.getTagName().equals("adminobject")
                            ? text(owner, "adminobject-class")
                            : text(owner, "managedconnectionfactory-class");
            String name = text(property, "config-property-name");
            assertThat(Introspector.getBeanInfo(Class.forName(bean)).getPropertyDescriptors())
                    .extracting(PropertyDescriptor::getName)
                    .contains(Introspector.decapitalize(name));
        }
    }

    @Test
    void theActivationIsOurs() {
        assertThat(text(descriptor.getDocumentElement(), "activationspec-class"))
                .isEqualTo(WaybillActivationSpec.class.getName());
    }
}
