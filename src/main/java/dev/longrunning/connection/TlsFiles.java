package dev.longrunning.connection;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the certificate of a server is, and whose clients it takes.
 *
 * @param certificate PEM, the server's own first, then those that signed it
 * @param key PEM, not encrypted
 * @param clientCa who signs the certificates of clients; empty: none is asked for
 * @param clientRequired whether a client without one is refused
 */
public record TlsFiles(
    Path certificate, Path key, Optional<Path> clientCa, boolean clientRequired) {}
