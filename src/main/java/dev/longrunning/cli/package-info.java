/**
 * The client commands: they talk to a server over the network like any other client.
 *
 * <p><b>Must not know</b> the server's insides.
 */
@NullMarked
package dev.longrunning.cli;

import org.jspecify.annotations.NullMarked;
