/**
 * The messages that operations carry, opened by their descriptors.
 *
 * <p><b>Promise.</b> What types there are is said from outside, and may change while the server
 * runs. Nothing here keeps a message.
 */
@NullMarked
package dev.longrunning.types;

import org.jspecify.annotations.NullMarked;
