package dev.longrunning.store;

/**
 * What every store of operations promises; an implementation passes by extending this.
 *
 * <p>The tests share one store, which may hold what earlier ones left.
 */
public abstract class OperationStoreContract
    implements StartsContract,
        UpdatesContract,
        LeasesContract,
        AdoptionsContract,
        SignalsContract,
        EstimatesContract,
        EndsContract,
        ListsContract,
        PatternsContract,
        FiltersContract,
        LogContract {}
