/**
 * The method table over gRPC and gRPC-Web.
 *
 * <p><b>Promise.</b> Every request is answered with a gRPC status, whatever it looks like; the
 * bytes of a reply go out as the handler made them.
 *
 * <p><b>Why calls are framed here</b> and not by Vert.x gRPC: that leaves an empty body, a
 * truncated frame, an unknown encoding and a GET without any answer, bounds only the compressed
 * size of a message, and throws on a late write. A unary call is one prefix of five bytes each way
 * and a handful of headers, so that doing it here is less code than guarding against that, and one
 * object layer less on the hottest path.
 *
 * <p><b>Must not know</b> REST, and what the methods do.
 */
@NullMarked
package dev.longrunning.grpc;

import org.jspecify.annotations.NullMarked;
