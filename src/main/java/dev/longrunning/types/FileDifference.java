package dev.longrunning.types;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a file contradicts another of the same name, or has what that lacks.
 *
 * <p>Files grow: of two versions one usually has all of the other and more. Then the larger one is
 * right for both.
 */
final class FileDifference {
  private FileDifference() {}

  /** Finds something of {@code small} that {@code large} has not, or has otherwise. */
  static Optional<String> find(FileDescriptorProto large, FileDescriptorProto small) {
    if (!large.getPackage().equals(small.getPackage())
        || !large.getSyntax().equals(small.getSyntax())
        || large.getEdition() != small.getEdition()
        || !large.getOptions().equals(small.getOptions())) {
      return Optional.of("its package, syntax or features");
    }
    return messages("", large.getMessageTypeList(), small.getMessageTypeList())
        .or(() -> enums("", large.getEnumTypeList(), small.getEnumTypeList()));
  }

  private static Optional<String> messages(
      String prefix, List<DescriptorProto> large, List<DescriptorProto> small) {
    var known = byKey(large, DescriptorProto::getName);
    return small.stream()
        .map(type -> message(prefix + type.getName(), known.get(type.getName()), type))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> message(
      String name, @Nullable DescriptorProto large, DescriptorProto small) {
    if (large == null || !large.getOptions().equals(small.getOptions())) {
      return Optional.of(name);
    }
    var known = byKey(large.getFieldList(), FieldDescriptorProto::getNumber);
    for (var field : small.getFieldList()) {
      var other = known.get(field.getNumber());
      if (other == null || !isSame(other, large, field, small)) {
        return Optional.of(name + '.' + field.getName());
      }
    }
    return messages(name + '.', large.getNestedTypeList(), small.getNestedTypeList())
        .or(() -> enums(name + '.', large.getEnumTypeList(), small.getEnumTypeList()));
  }

  /** A oneof has another number where another one was declared before it. */
  private static boolean isSame(
      FieldDescriptorProto one,
      DescriptorProto ofOne,
      FieldDescriptorProto other,
      DescriptorProto ofOther) {
    return oneof(one, ofOne).equals(oneof(other, ofOther))
        && one.toBuilder()
            .clearOneofIndex()
            .build()
            .equals(other.toBuilder().clearOneofIndex().build());
  }

  private static String oneof(FieldDescriptorProto field, DescriptorProto type) {
    int index = field.hasOneofIndex() ? field.getOneofIndex() : -1;
    return index >= 0 && index < type.getOneofDeclCount() ? type.getOneofDecl(index).getName() : "";
  }

  private static Optional<String> enums(
      String prefix, List<EnumDescriptorProto> large, List<EnumDescriptorProto> small) {
    var known = byKey(large, EnumDescriptorProto::getName);
    return small.stream()
        .filter(type -> !isWithin(known.get(type.getName()), type))
        .map(type -> prefix + type.getName())
        .findFirst();
  }

  private static boolean isWithin(@Nullable EnumDescriptorProto large, EnumDescriptorProto small) {
    return large != null
        && large.getOptions().getFeatures().equals(small.getOptions().getFeatures())
        && large.getValueList().containsAll(small.getValueList());
  }

  private static <K, T> Map<K, T> byKey(List<T> items, Function<T, K> key) {
    return items.stream().collect(Collectors.toMap(key, item -> item, (first, second) -> first));
  }
}
