package dev.longrunning.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import dev.longrunning.operation.Problem;
import dev.longrunning.operation.Problem.Violation;
import dev.longrunning.v1.ReportOperationsRequest;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.UpdateOperationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every field of every request has a bound, and the bound holds. */
final class BoundsTest {
  private static final String REPORT = "ReportOperationsRequest.";
  private static final Map<String, FieldSamples> SAMPLES = samples();

  /** What a report holds is bounded like a call of its own. */
  private static Map<String, FieldSamples> samples() {
    var all = FieldSamples.all();
    for (var report : ReportOperationsRequest.getDescriptor().getOneofs().get(0).getFields()) {
      String request = report.getMessageType().getName();
      FieldSamples.all()
          .forEach(
              (leaf, samples) -> {
                if (leaf.startsWith(request + '.')) {
                  all.put(
                      REPORT + report.getName() + leaf.substring(request.length()),
                      new FieldSamples(
                          report.getName(),
                          within(report, samples, samples.at()),
                          within(report, samples, samples.past())));
                }
              });
    }
    return all;
  }

  private static List<Object> within(
      FieldDescriptor report, FieldSamples samples, List<Object> values) {
    var empty = DynamicMessage.getDefaultInstance(report.getMessageType());
    return values.stream().<Object>map(value -> with(empty, samples.field(), value)).toList();
  }

  private static List<Message> requests() {
    return MethodsDocs.methods().stream()
        // The same on the wire as v1, and taken for it.
        .filter(row -> !row.service().startsWith("grpc.reflection.v1alpha."))
        .<Message>map(Row::request)
        .toList();
  }

  @Test
  void every_field_of_every_request_has_a_row() {
    for (var request : requests()) {
      assertThat(request.getDescriptorForType().getFields()).allMatch(Bounds::has);
    }
  }

  @Test
  void every_leaf_of_every_request_has_samples_and_no_other() {
    var leaves = new TreeSet<String>();
    for (var request : requests()) {
      var type = request.getDescriptorForType();
      addLeaves(type, type.getName(), leaves);
    }

    assertThat(SAMPLES.keySet()).containsExactlyInAnyOrderElementsOf(leaves);
  }

  private static void addLeaves(Descriptor type, String path, Set<String> leaves) {
    for (var field : type.getFields()) {
      String below = path + '.' + field.getName();
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        addLeaves(field.getMessageType(), below, leaves);
      } else {
        leaves.add(below);
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> a_field_at_its_bound_passes_and_one_past_it_does_not() {
    return SAMPLES.entrySet().stream()
        .map(
            row ->
                DynamicTest.dynamicTest(row.getKey(), () -> check(row.getKey(), row.getValue())));
  }

  private static void check(String leaf, FieldSamples samples) {
    var type = leaf.substring(0, leaf.indexOf('.'));
    var request =
        requests().stream()
            .filter(each -> each.getDescriptorForType().getName().equals(type))
            .findFirst()
            .orElseThrow();
    for (var value : samples.at()) {
      assertThatCode(() -> Bounds.check(with(request, samples.field(), value)))
          .as("%s", value)
          .doesNotThrowAnyException();
    }
    boolean free =
        leaf.equals(REPORT + "sequence")
            || request.getDescriptorForType().findFieldByName(samples.field()).getJavaType()
                == FieldDescriptor.JavaType.BOOLEAN;
    assertThat(samples.past().isEmpty()).isEqualTo(free);
    // A report's fields are named as those of a call.
    String atFault = leaf.startsWith(REPORT) ? leaf.split("\\.", -1)[2 - (free ? 1 : 0)] : "";
    for (var value : samples.past()) {
      assertThatExceptionOfType(Problem.class)
          .as("%s", value)
          .isThrownBy(() -> Bounds.check(with(request, samples.field(), value)))
          .satisfies(
              problem -> assertOneFault(problem, atFault.isEmpty() ? samples.field() : atFault));
    }
  }

  private static void assertOneFault(Problem problem, String field) {
    assertThat(problem.kind()).isEqualTo(Problem.Kind.INVALID);
    assertThat(problem.violations()).hasSize(1);
    var violation = problem.violations().get(0);
    assertThat(violation.field()).startsWith(field);
    assertThat(violation.description()).matches("got .+, allowed .+").hasSizeLessThan(700);
  }

  /** An otherwise valid request with this value in its field. */
  private static Message with(Message empty, String name, Object value) {
    var builder = empty.newBuilderForType();
    var type = empty.getDescriptorForType();
    var nameField = type.findFieldByName("name");
    if (nameField != null && !type.getName().startsWith("Start")) {
      builder.setField(nameField, "operations/o");
    }
    var field = type.findFieldByName(name);
    if (field.isMapField()) {
      var entries = new ArrayList<Message>();
      ((Map<?, ?>) value).forEach((key, text) -> entries.add(entry(field, key, text)));
      builder.setField(field, entries);
    } else {
      builder.setField(field, value);
    }
    return builder.build();
  }

  private static Message entry(FieldDescriptor field, Object key, Object value) {
    return MapEntry.newDefaultInstance(
            field.getMessageType(),
            WireFormat.FieldType.STRING,
            "",
            WireFormat.FieldType.STRING,
            "")
        .toBuilder()
        .setKey((String) key)
        .setValue((String) value)
        .build();
  }

  @Test
  void all_faults_of_a_request_are_reported_at_once() {
    var request =
        UpdateOperationRequest.newBuilder()
            .setName("x//y")
            .setVersion(-1)
            .setRequestId("1")
            .putLabels("A", "")
            .putLabels("b", "\0")
            .build();

    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> Bounds.check(request))
        .satisfies(
            problem ->
                assertThat(problem.violations().stream().map(Violation::field))
                    .containsExactlyInAnyOrder(
                        "name", "labels", "labels[\"b\"]", "version", "request_id"));
  }

  @Test
  void a_fault_says_what_came_cut_short_and_what_is_allowed() {
    var request =
        ListOperationsRequest.newBuilder().setPageSize(-7).setFilter("f".repeat(10_001)).build();

    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> Bounds.check(request))
        .withMessage(
            "filter: got "
                + "f".repeat(64)
                + "…, allowed at most 10000 characters; page_size: got -7, allowed 0 or more");
  }

  @Test
  void an_empty_start_is_within_its_bounds_and_an_empty_get_is_not() {
    Bounds.check(StartOperationRequest.getDefaultInstance());
    assertThatExceptionOfType(Problem.class)
        .isThrownBy(() -> Bounds.check(GetOperationRequest.getDefaultInstance()))
        .withMessage("name: got '', allowed a resource name, 1 to 512 bytes");
  }
}
