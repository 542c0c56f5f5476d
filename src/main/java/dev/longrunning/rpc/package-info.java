/**
 * The methods that this server has, and what every call goes through, on whatever transport.
 *
 * <p><b>Promise.</b> One table: a row names a method, its messages, its HTTP rules, its permission
 * and its handler. gRPC and REST loop over the same rows and share one pipeline. A new method is
 * one row; no transport code.
 *
 * <p>What both transports do with the bodies of HTTP requests is here too: see {@link Intake}.
 *
 * <p><b>Must not know</b> JSON or gRPC framing.
 */
@NullMarked
package dev.longrunning.rpc;

import org.jspecify.annotations.NullMarked;
