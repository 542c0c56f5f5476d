package dev.longrunning.profile;

/**
 * A further verb of a service, such as {@code pause}: delivered to the producer, and no change of
 * state.
 *
 * @param verb as in <code>:pause</code>
 * @param method its full name, such as {@code google.storagetransfer.v1.….PauseTransferOperation},
 *     package.Service/Method
 */
public record Signal(String verb, String method) {}
