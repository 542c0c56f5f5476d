package dev.longrunning.rpc;

import dev.longrunning.auth.Identity;
import java.time.Instant;

/**
 * How a call begins.
 *
 * @param at when its headers came
 * @param who shows to have sent them
 */
public record CallBegin(Instant at, Identity who) {}
