package dev.longrunning.cli;

import com.google.longrunning.Operation;
import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.Lease;
import dev.longrunning.v1.OperationSnapshot;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;
import java.util.ArrayList;
import java.util.List;

/** A server for one operation that remembers what it was told. */
final class ScriptedProducer implements Producer {
  static final String NAME = "operations/o1";
  static final String TOKEN = "token";

  final List<StartOperationRequest> starts = new ArrayList<>();
  final List<UpdateOperationRequest> updates = new ArrayList<>();
  final List<CompleteOperationRequest> completions = new ArrayList<>();

  /** From this update on a cancellation is requested. */
  int cancelAtUpdate = Integer.MAX_VALUE;

  /** From this update on the lease is lost. */
  int leaseLostAtUpdate = Integer.MAX_VALUE;

  @Override
  public StartOperationResponse start(StartOperationRequest request) {
    starts.add(request);
    return StartOperationResponse.newBuilder()
        .setSnapshot(
            OperationSnapshot.newBuilder().setOperation(Operation.newBuilder().setName(NAME)))
        .setLease(Lease.newBuilder().setToken(TOKEN))
        .build();
  }

  @Override
  public UpdateOperationResponse update(UpdateOperationRequest request) throws CallFault {
    updates.add(request);
    if (updates.size() >= leaseLostAtUpdate) {
      throw new CallFault("ABORTED: lease_token: missing, wrong, or taken over", false);
    }
    return UpdateOperationResponse.newBuilder()
        .setCancelRequested(updates.size() >= cancelAtUpdate)
        .build();
  }

  @Override
  public CompleteOperationResponse complete(CompleteOperationRequest request) {
    completions.add(request);
    return CompleteOperationResponse.getDefaultInstance();
  }
}
