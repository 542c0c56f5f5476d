package dev.longrunning.cli;

import dev.longrunning.v1.CompleteOperationRequest;
import dev.longrunning.v1.CompleteOperationResponse;
import dev.longrunning.v1.StartOperationRequest;
import dev.longrunning.v1.StartOperationResponse;
import dev.longrunning.v1.UpdateOperationRequest;
import dev.longrunning.v1.UpdateOperationResponse;

/**
 * The producer API, one call after the other.
 *
 * <p><b>Promise.</b> A call that the server could not answer is repeated with the same request id,
 * so that it takes effect once.
 *
 * <p><b>Threads.</b> Any number; calls block.
 */
interface Producer {
  StartOperationResponse start(StartOperationRequest request)
      throws CallFault, InterruptedException;

  UpdateOperationResponse update(UpdateOperationRequest request)
      throws CallFault, InterruptedException;

  CompleteOperationResponse complete(CompleteOperationRequest request)
      throws CallFault, InterruptedException;
}
