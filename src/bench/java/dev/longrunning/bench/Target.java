package dev.longrunning.bench;

/**
 * A ratio that is promised, or only of interest.
 *
 * @param what two cases, as in "strong Get, 256 in flight, to etcd's linearizable range"
 * @param ratio what was measured: the median of the rounds, in each of which the two were measured
 *     one after the other
 * @param wanted what it is to be; NaN if nothing is promised
 */
public record Target(String what, double ratio, Bound bound, double wanted) {

  /** Which side of what is wanted is good. */
  public enum Bound {
    AT_LEAST("≥"),
    AT_MOST("≤"),
    NONE("");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }
  }

  public Target {
    if (!Double.isFinite(ratio)) {
      throw new IllegalStateException(
          what + ": got a ratio of " + ratio + ", allowed a finite one");
    }
  }

  public boolean isMet() {
    return switch (bound) {
      case AT_LEAST -> ratio >= wanted;
      case AT_MOST -> ratio <= wanted;
      case NONE -> true;
    };
  }
}
