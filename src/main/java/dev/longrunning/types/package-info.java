/**
 * The message types that JSON shows field by field, and by which the messages of operations are
 * opened for filters: those built in, those shipped, and those of descriptor sets in a directory.
 *
 * <p><b>Promise.</b> Sets are taken all together or not at all, and what is wrong with them is said
 * in words, file by file. A type that is not here is no fault: it is shown as bytes.
 *
 * <pre>
 *   built in --+
 *   shipped  --+--> TypeSet, slim --> Linker --> Types
 *   directory -+
 * </pre>
 *
 * <p><b>Must not know</b> who asks, and when sets are read again.
 */
@NullMarked
package dev.longrunning.types;

import org.jspecify.annotations.NullMarked;
