package dev.longrunning.types;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.longrunning.OperationsProto;
import com.google.protobuf.Any;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The types that a service's operations have, out of its published artifacts: what its methods name
 * as metadata and response of the operations that they start, what else is known to occur, and all
 * that these are made of. Where metadata holds an Any, the requests of those methods too: that is
 * what such services put in.
 *
 * <p>A file of the service's own has only messages that are needed; files that services share are
 * whole, so that any two sets agree on them.
 */
final class ServiceTypes {
  private static final Pattern JAVA_PACKAGE =
      Pattern.compile("(?m)^option java_package = \"([^\"]+)\"");
  private static final Pattern OUTER =
      Pattern.compile("(?m)^option java_outer_classname = \"([^\"]+)\"");

  private final Map<String, FileDescriptor> own = new TreeMap<>();
  private final Map<String, Descriptor> messages = new LinkedHashMap<>();
  private final Set<GenericDescriptor> needed = new LinkedHashSet<>();
  private final Set<FileDescriptor> builtIn = Types.withImports(BuiltInTypes.FILES);

  private ServiceTypes() {}

  /**
   * The set of one service.
   *
   * @param artifacts names of jars on the class path, without their versions
   * @param more types that no method names, by full name
   */
  static byte[] of(List<String> artifacts, List<String> more) throws Exception {
    var types = new ServiceTypes();
    for (String artifact : artifacts) {
      types.load(artifact);
    }
    types.own.values().forEach(file -> file.getMessageTypes().forEach(types::name));
    types.begin(more);
    return types.set().toByteArray();
  }

  private void load(String artifact) throws Exception {
    for (var proto : protos(jar(artifact)).entrySet()) {
      var file = file(proto.getKey(), proto.getValue());
      own.put(file.getName(), file);
    }
  }

  /** What the class says that a compiler made of a whole proto file. */
  private static FileDescriptor file(String name, String text) throws Exception {
    var inPackage = JAVA_PACKAGE.matcher(text);
    var outer = OUTER.matcher(text);
    assertThat(inPackage.find()).as(name).isTrue();
    var type = inPackage.group(1) + '.' + (outer.find() ? outer.group(1) : outer(name));
    return (FileDescriptor) Class.forName(type).getMethod("getDescriptor").invoke(null);
  }

  /** Its name if none is given, of a file that has a message of its own name. */
  private static String outer(String name) {
    String simple = name.substring(name.lastIndexOf('/') + 1, name.length() - ".proto".length());
    return Character.toUpperCase(simple.charAt(0)) + simple.substring(1) + "OuterClass";
  }

  private static Path jar(String artifact) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(path -> path.getFileName().toString().matches(artifact + "-[0-9][0-9.]*\\.jar"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(artifact + " is not on the class path: -Ptypes"));
  }

  private static Map<String, String> protos(Path jar) throws IOException {
    var texts = new TreeMap<String, String>();
    try (var file = new JarFile(jar.toFile())) {
      for (var entry : (Iterable<JarEntry>) file.stream()::iterator) {
        if (entry.getName().endsWith(".proto")) {
          var text = file.getInputStream(entry).readAllBytes();
          texts.put(entry.getName(), new String(text, StandardCharsets.UTF_8));
        }
      }
    }
    return texts;
  }

  private void name(Descriptor type) {
    messages.put(type.getFullName(), type);
    type.getNestedTypes().forEach(this::name);
  }

  private void begin(List<String> more) {
    more.forEach(name -> need(found(name, "")));
    var starting = new ArrayList<MethodDescriptor>();
    for (var file : own.values()) {
      for (var service : file.getServices()) {
        for (var method : service.getMethods()) {
          if (method.getOptions().hasExtension(OperationsProto.operationInfo)) {
            starting.add(method);
          }
        }
      }
    }
    boolean requests = false;
    for (var method : starting) {
      var info = method.getOptions().getExtension(OperationsProto.operationInfo);
      String inPackage = method.getFile().getPackage() + '.';
      need(found(info.getResponseType(), inPackage));
      var metadata = found(info.getMetadataType(), inPackage);
      requests |= metadata.getFields().stream().anyMatch(ServiceTypes::isAny);
      need(metadata);
    }
    if (requests) {
      starting.forEach(method -> need(method.getInputType()));
    }
  }

  private static boolean isAny(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        && field.getMessageType().equals(Any.getDescriptor());
  }

  private Descriptor found(String name, String inPackage) {
    var type = messages.getOrDefault(inPackage + name, messages.get(name));
    if (type == null) {
      type = Types.of(builtIn).find("/" + name).orElseThrow(() -> new AssertionError(name));
    }
    return type;
  }

  private void need(Descriptor type) {
    if (builtIn.contains(type.getFile()) || !needed.add(type)) {
      return;
    }
    if (!own.containsKey(type.getFile().getName())) {
      type.getFile().getMessageTypes().forEach(this::need);
    }
    if (type.getContainingType() != null) {
      // Without its fields it would be shown as if it had none.
      need(type.getContainingType());
    }
    for (var field : type.getFields()) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        need(field.getMessageType());
      } else if (field.getJavaType() == FieldDescriptor.JavaType.ENUM) {
        var constants = field.getEnumType();
        needed.add(constants);
        if (constants.getContainingType() != null) {
          need(constants.getContainingType());
        }
      }
    }
  }

  private FileDescriptorSet set() {
    var set = FileDescriptorSet.newBuilder();
    needed.stream()
        .map(GenericDescriptor::getFile)
        .filter(file -> !builtIn.contains(file))
        .distinct()
        .sorted(Comparator.comparing(FileDescriptor::getName))
        .forEach(file -> set.addFile(file(file)));
    return set.build();
  }

  private FileDescriptorProto file(FileDescriptor file) {
    var slim = SlimFile.of(file.toProto()).toBuilder();
    String prefix = file.getPackage() + '.';
    boolean whole = !own.containsKey(file.getName());
    var names = new LinkedHashSet<String>();
    needed.forEach(type -> names.add(type.getFullName()));
    var types = slim.getMessageTypeList();
    slim.clearMessageType();
    types.stream()
        .filter(type -> names.contains(prefix + type.getName()))
        .forEach(type -> slim.addMessageType(message(type, prefix, names)));
    var enums = slim.getEnumTypeList();
    slim.clearEnumType();
    enums.stream()
        .filter(type -> whole || names.contains(prefix + type.getName()))
        .forEach(slim::addEnumType);
    var used = FileNames.of(slim.build()).used();
    slim.clearDependency().clearPublicDependency();
    file.getDependencies().stream()
        .filter(
            imported ->
                FileNames.of(imported.toProto()).defined().stream()
                    .anyMatch(type -> used.contains('.' + type)))
        .forEach(imported -> slim.addDependency(imported.getName()));
    return slim.build();
  }

  private static DescriptorProto message(DescriptorProto type, String prefix, Set<String> names) {
    String inner = prefix + type.getName() + '.';
    var slim = type.toBuilder().clearNestedType().clearEnumType();
    type.getNestedTypeList().stream()
        .filter(nested -> names.contains(inner + nested.getName()))
        .forEach(nested -> slim.addNestedType(message(nested, inner, names)));
    type.getEnumTypeList().stream()
        .filter(nested -> names.contains(inner + nested.getName()))
        .forEach(slim::addEnumType);
    return slim.build();
  }
}
