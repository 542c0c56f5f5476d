/**
 * The use cases: operations are read, waited for, cancelled and deleted; producers start, update
 * and complete them; the janitor ends, purges and tidies what nobody else does.
 *
 * <p><b>Promise.</b> Each use case is one method that answers a future and never throws.
 *
 * <p><b>Must not know</b> transports.
 */
@NullMarked
package dev.longrunning.service;

import org.jspecify.annotations.NullMarked;
