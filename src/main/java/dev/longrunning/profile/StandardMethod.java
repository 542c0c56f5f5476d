package dev.longrunning.profile;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The methods of {@code google.longrunning.Operations}. */
public enum StandardMethod {
  GET("GetOperation", HttpRule.get("/v1/{name=operations/**}")),
  LIST("ListOperations", HttpRule.get("/v1/{name=operations}")),
  CANCEL("CancelOperation", HttpRule.post("/v1/{name=operations/**}:cancel")),
  DELETE("DeleteOperation", HttpRule.delete("/v1/{name=operations/**}")),
  WAIT("WaitOperation", null);

  /** The interface that they belong to. */
  public static final String SERVICE = "google.longrunning.Operations";

  private final String methodName;

  /** What the proto itself says; a service's rules replace it. */
  private final @Nullable HttpRule protoRule;

  StandardMethod(String methodName, @Nullable HttpRule protoRule) {
    this.methodName = methodName;
    this.protoRule = protoRule;
  }

  /** Such as {@code GetOperation}. */
  public String methodName() {
    return methodName;
  }

  /** Such as {@code google.longrunning.Operations/GetOperation}. */
  public String fullName() {
    return SERVICE + '/' + methodName;
  }

  /** As a service's configuration calls it: with a dot. */
  String selector() {
    return SERVICE + '.' + methodName;
  }

  /** What callers need where the service does not say. */
  public String permission() {
    return "longrunning.operations." + name().toLowerCase(Locale.ROOT);
  }

  List<HttpRule> protoRules() {
    return Optional.ofNullable(protoRule).stream().toList();
  }

  /** By package.Service/Method. */
  public static Optional<StandardMethod> ofFullName(String fullName) {
    return Arrays.stream(values()).filter(m -> m.fullName().equals(fullName)).findFirst();
  }

  static Optional<StandardMethod> named(String methodName) {
    return Arrays.stream(values()).filter(m -> m.methodName.equals(methodName)).findFirst();
  }
}
