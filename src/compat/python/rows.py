"""Google's Python libraries against the server: google-api-core by itself, and the libraries of the services.

Writes one line of JSON for each cell; see ../run --help. Whatever an operation's program would do is done over plain HTTP here, apart
from the libraries.
"""

import base64
import importlib.metadata
import json
import os
import threading
import traceback
import urllib.request

import grpc
from google.api_core import exceptions, operation, operations_v1
from google.api_core.future import polling
from google.api_core.operations_v1.transports.rest import OperationsRestTransport
from google.auth.credentials import AnonymousCredentials
from google.cloud import contact_center_insights_v1 as insights
from google.cloud import discoveryengine_v1 as discovery
from google.cloud import functions_v1 as functions
from google.cloud import storage_transfer_v1 as transfer
from google.protobuf import empty_pb2, struct_pb2, wrappers_pb2
from google.rpc import error_details_pb2

TARGET = os.environ["COMPAT_TARGET"]
RESULTS = os.environ["COMPAT_RESULTS"]
FAILURES = os.path.join(os.environ["COMPAT_WORK"], "failures.txt")
SECONDS = 60
# As the libraries poll, but often.
POLLING = polling.DEFAULT_POLLING.with_delay(initial=0.02, maximum=0.2)
TYPES = "type.googleapis.com/"


class Cannot(Exception):
    """The client or the service has no such thing; the message is the note."""


def same(got, wanted):
    if got != wanted:
        raise AssertionError(f"got {got!r}, wanted {wanted!r}")


class Profile:
    """How a service names its operations, and the types that they hold. Each row has a project of its own."""

    name = "default"
    host = None
    missing = {}
    metadata_type = struct_pb2.Struct
    response_type = wrappers_pb2.StringValue
    metadata = {"@type": TYPES + "google.protobuf.Struct", "value": {"step": "copy"}}
    response = {"@type": TYPES + "google.protobuf.StringValue", "value": "copied"}

    def collection(self, project):
        return f"shelves/{project}"

    def listed(self, project):
        return {"name": self.collection(project)}

    def start_path(self, project):
        return f"{self.collection(project)}/operations"

    def start(self, project, key):
        return {"operationId": f"op-{key}", "metadata": self.metadata}

    def absent(self, project):
        return f"{self.collection(project)}/operations/none"

    def check_metadata(self, metadata):
        same(metadata["step"], "copy")

    def check_response(self, response):
        same(response.value, "copied")


class Functions(Profile):
    name = "cloud-functions-v1"
    host = "cloudfunctions.googleapis.com"
    missing = {"cancel": "CancelOperation", "delete": "DeleteOperation"}
    metadata_type = functions.OperationMetadataV1
    response_type = functions.CloudFunction
    response = {"@type": TYPES + "google.cloud.functions.v1.CloudFunction", "name": "resize"}

    def listed(self, project):
        return {"filter": f"project:{project},location:l,function:resize"}

    def start_path(self, project):
        return "operations"

    def of(self, project, key):
        plain = f"{project}/l/resize/{key}".encode()
        return "operations/" + base64.urlsafe_b64encode(plain).decode().rstrip("=")

    def start(self, project, key):
        metadata = {
            "@type": TYPES + "google.cloud.functions.v1.OperationMetadataV1",
            "target": f"projects/{project}/locations/l/functions/resize",
            "type": "CREATE_FUNCTION",
        }
        return {"name": self.of(project, key), "metadata": metadata}

    def absent(self, project):
        return self.of(project, "none")

    def check_metadata(self, metadata):
        same(metadata.type_, functions.OperationType.CREATE_FUNCTION)

    def check_response(self, response):
        same(response.name, "resize")


class Insights(Profile):
    name = "contact-center-insights-v1"
    host = "contactcenterinsights.googleapis.com"
    missing = {"delete": "DeleteOperation"}
    metadata_type = insights.CreateIssueModelMetadata
    response_type = insights.IssueModel
    metadata = {
        "@type": TYPES + "google.cloud.contactcenterinsights.v1.CreateIssueModelMetadata",
        "request": {"parent": "projects/p/locations/l"},
    }
    response = {"@type": TYPES + "google.cloud.contactcenterinsights.v1.IssueModel", "displayName": "m"}

    def collection(self, project):
        return f"projects/{project}/locations/l"

    def check_metadata(self, metadata):
        same(metadata.request.parent, "projects/p/locations/l")

    def check_response(self, response):
        same(response.display_name, "m")


class Transfer(Profile):
    name = "storage-transfer-v1"
    host = "storagetransfer.googleapis.com"
    missing = {"delete": "DeleteOperation"}
    metadata_type = transfer.TransferOperation
    response_type = empty_pb2.Empty
    response = {"@type": TYPES + "google.protobuf.Empty", "value": {}}

    def listed(self, project):
        return {"name": "transferOperations", "filter": json.dumps({"projectId": project})}

    def start_path(self, project):
        return "transferOperations"

    def start(self, project, key):
        metadata = {
            "@type": TYPES + "google.storagetransfer.v1.TransferOperation",
            "projectId": project,
            "status": "IN_PROGRESS",
        }
        name = f"transferOperations/{project}-{key}"
        return {"name": name, "labels": {"project_id": project}, "metadata": metadata}

    def absent(self, project):
        return f"transferOperations/{project}-none"

    def check_metadata(self, metadata):
        same(metadata.status, transfer.TransferOperation.Status.IN_PROGRESS)

    def check_response(self, response):
        same(response, empty_pb2.Empty())


class Discovery(Profile):
    name = "discovery-engine-v1"
    host = "discoveryengine.googleapis.com"
    missing = {"delete": "DeleteOperation"}
    metadata_type = discovery.ImportDocumentsMetadata
    response_type = discovery.ImportDocumentsResponse
    metadata = {
        "@type": TYPES + "google.cloud.discoveryengine.v1.ImportDocumentsMetadata",
        "successCount": "3",
    }
    response = {
        "@type": TYPES + "google.cloud.discoveryengine.v1.ImportDocumentsResponse",
        "errorConfig": {"gcsPrefix": "gs://errors"},
    }

    def collection(self, project):
        parent = f"projects/{project}/locations/global/collections/default_collection"
        return f"{parent}/dataStores/d/branches/b"

    def check_metadata(self, metadata):
        same(metadata.success_count, 3)

    def check_response(self, response):
        same(response.error_config.gcs_prefix, "gs://errors")


class Producer:
    """The program that does the work, as far as the server sees it."""

    def __init__(self, profile, project):
        self.profile = profile
        self.project = project

    def post(self, path, body):
        headers = {"content-type": "application/json"}
        if self.profile.host:
            headers["host"] = self.profile.host
        request = urllib.request.Request(f"http://{TARGET}/v1/{path}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.load(answer)["snapshot"]["operation"]["name"]

    def start(self, key):
        return self.post(
            self.profile.start_path(self.project) + ":start", self.profile.start(self.project, key)
        )

    def complete(self, name, **result):
        self.post(f"{name}:complete", result or {"response": self.profile.response})


class Core:
    """google-api-core by itself: what it has of operations is asked of the client that polls for futures."""

    library = "Python google-api-core"
    package = "google-api-core"
    page_size = 2

    def __init__(self, transport, profile):
        self.transport = transport
        self.profile = profile
        self.rest = transport == "REST"
        self.metadata = [("host", profile.host)] if self.rest and profile.host else []
        self.poller = self.connect()
        if not self.rest and type(self) is Core:
            self.page_size = 50  # Its pager for gRPC takes no page size: it is the server's.

    def channel(self):
        options = [("grpc.default_authority", self.profile.host)] if self.profile.host else []
        return grpc.insecure_channel(TARGET, options)

    def connect(self):
        if not self.rest:
            return operations_v1.OperationsClient(self.channel())
        return operations_v1.AbstractOperationsClient(
            transport=OperationsRestTransport(host=f"http://{TARGET}", credentials=AnonymousCredentials())
        )

    def get(self, name):
        return self.poller.get_operation(name, metadata=self.metadata)

    def pages(self, size, name="", filter=""):
        size = {"page_size": size} if self.rest else {}
        pager = self.poller.list_operations(name, filter, metadata=self.metadata, **size)
        return [list(page.operations) if self.rest else list(page) for page in pager.pages]

    def wait(self, name):
        if hasattr(self.poller, "wait_operation"):
            raise AssertionError("there is a wait_operation by now, which nobody tries")
        raise Cannot("The library has no WaitOperation: its futures poll.")

    def cancel(self, name):
        self.poller.cancel_operation(name, metadata=self.metadata)

    def delete(self, name):
        self.poller.delete_operation(name, metadata=self.metadata)

    def follow(self, name):
        return operation.from_gapic(
            self.get(name),
            self.poller,
            self.profile.response_type,
            metadata_type=self.profile.metadata_type,
            grpc_metadata=self.metadata,
            polling=POLLING,
        )


class Service(Core):
    """The library of a service: its own get, list and cancel, and the client that its futures poll with."""

    def __init__(self, transport, profile, package, client):
        self.library = f"Python {package}"
        self.package = package
        self.type = client
        super().__init__(transport, profile)

    def connect(self):
        if self.rest:
            transport = self.type.get_transport_class("rest")(
                host=TARGET, url_scheme="http", credentials=AnonymousCredentials()
            )
        else:
            transport = self.type.get_transport_class("grpc")(channel=self.channel())
        self.client = self.type(transport=transport)
        return transport.operations_client

    def get(self, name):
        return self.client.get_operation({"name": name}, metadata=self.metadata)

    def pages(self, size, **request):
        request["page_size"] = size
        pages = []
        while True:
            page = self.client.list_operations(request, metadata=self.metadata)
            pages.append(list(page.operations))
            if not page.next_page_token:
                return pages
            request["page_token"] = page.next_page_token

    def cancel(self, name):
        self.client.cancel_operation({"name": name}, metadata=self.metadata)


class Row:
    """Tries each column once. A column has operations of its own, so that one that fails spoils no other."""

    def __init__(self, client):
        self.client = client
        self.profile = client.profile
        self.project = f"{client.package.replace('google-', 'py-')}-{client.transport}".lower()
        self.producer = Producer(self.profile, self.project)

    def get(self):
        name = self.producer.start("get")
        running = self.client.get(name)
        same((running.name, running.done), (name, False))
        metadata = self.profile.metadata_type()
        same(running.metadata.Unpack(getattr(metadata, "_pb", metadata)), True)
        self.profile.check_metadata(metadata)
        self.producer.complete(name)
        done = self.client.get(name)
        same((done.done, done.WhichOneof("result")), (True, "response"))
        response = self.profile.response_type()
        same(done.response.Unpack(getattr(response, "_pb", response)), True)
        self.profile.check_response(response)

    def list(self):
        size = self.client.page_size
        project = self.project + "-list"
        producer = Producer(self.profile, project)
        names = [producer.start(f"list{i}") for i in range(2 * size + 1)]
        pages = self.client.pages(size, **self.profile.listed(project))
        same([len(page) for page in pages], [size, size, 1])
        same([found.name for page in pages for found in page], names[::-1])

    def wait(self):
        self.client.wait(self.producer.start("wait"))

    def future(self):
        name = self.producer.start("future")
        future = self.client.follow(name)
        same(future.done(), False)
        self.profile.check_metadata(future.metadata)
        called = threading.Event()
        future.add_done_callback(lambda ended: called.set())
        later = threading.Timer(0.3, self.producer.complete, [name])
        later.start()
        self.profile.check_response(future.result(timeout=SECONDS))
        later.join()
        same(called.wait(SECONDS), True)
        same((future.done(), future.cancelled()), (True, False))

        name = self.producer.start("broken")
        self.producer.complete(name, error={"code": 10, "message": "gave up"})
        failure = self.client.follow(name).exception(timeout=SECONDS)
        same((type(failure), failure.message), (exceptions.Aborted, "gave up"))

    def refused(self, call):
        """A method that the service does not have."""
        try:
            call()
        except exceptions.MethodNotImplemented as failure:
            same(failure.reason, "UNIMPLEMENTED")
        except (exceptions.NotFound, exceptions.MethodNotAllowed):
            same(self.client.rest, True)
        except ValueError:  # No path of the library's is for it: nothing was sent.
            same(self.client.rest, True)
        else:
            raise AssertionError("the service has this method after all")

    def cannot_cancel(self, future):
        try:
            future.cancel()
        except KeyError as failure:
            same(failure.args, ("body",))
            raise Cannot(
                "`cancel_operation` works. `cancel` of a future fails over REST with `KeyError: 'body'` before anything is sent: "
                "the service's binding of CancelOperation has no body, and google-api-core expects one."
            ) from failure
        raise AssertionError("the future of this library can be cancelled over REST by now")

    def cancel(self):
        name = self.producer.start("cancel")
        if "cancel" in self.profile.missing:
            self.refused(lambda: self.client.poller.cancel_operation(name, metadata=self.client.metadata))
            raise Cannot("The service has no CancelOperation.")
        self.client.cancel(name)
        ended = self.client.get(name)
        same((ended.done, ended.error.code), (True, 1))

        future = self.client.follow(self.producer.start("cancel2"))
        if self.client.rest and isinstance(self.profile, Insights):
            self.cannot_cancel(future)
        same(future.cancel(), True)
        same(future.cancelled(), True)
        same(type(future.exception(timeout=SECONDS)), exceptions.Cancelled)

    def delete(self):
        name = self.producer.start("delete")
        if "delete" in self.profile.missing:
            self.refused(lambda: self.client.poller.delete_operation(name, metadata=self.client.metadata))
            raise Cannot("The service has no DeleteOperation.")
        self.client.delete(name)
        try:
            self.client.delete(name)
        except exceptions.NotFound as failure:
            same(failure.reason, "OPERATION_DELETED")
        else:
            raise AssertionError("it could be deleted twice")

    def fields(self, details):
        """The fields at fault. Over REST the library leaves the details as JSON."""
        if self.client.rest:
            found = [detail for detail in details if detail["@type"] == TYPES + "google.rpc.BadRequest"]
            return [violation["field"] for detail in found for violation in detail["fieldViolations"]]
        found = [detail for detail in details if isinstance(detail, error_details_pb2.BadRequest)]
        return [violation.field for detail in found for violation in detail.field_violations]

    def errors(self):
        name = self.profile.absent(self.project)
        try:
            self.client.get(name)
        except exceptions.NotFound as failure:
            same((failure.reason, failure.domain), ("OPERATION_NOT_FOUND", "longrunning.dev"))
            # What came is cut where it is shown.
            same(name.startswith(failure.metadata["name"].rstrip("…")), True)
        else:
            raise AssertionError("there is an operation that was never started")
        try:
            self.client.pages(2, **self.profile.listed(self.project) | {"filter": "("})
        except exceptions.BadRequest as failure:  # InvalidArgument is one.
            same(failure.reason, "INVALID_FIELD")
            same(self.fields(failure.details), ["filter"])
        else:
            raise AssertionError("a list takes a filter that cannot be read")


COLUMNS = (Row.get, Row.list, Row.wait, Row.future, Row.cancel, Row.delete, Row.errors)


def write(client, what, result, why=""):
    cell = {
        "library": client.library,
        "version": importlib.metadata.version(client.package),
        "transport": client.transport,
        "profile": client.profile.name,
        "what": what,
        "result": result,
        "why": why,
    }
    with open(RESULTS, "a", encoding="utf-8") as file:
        file.write(json.dumps(cell) + "\n")


def run(client):
    row = Row(client)
    for column in COLUMNS:
        try:
            column(row)
        except Cannot as why:
            write(client, column.__name__, "cannot", str(why))
        except Exception as failure:  # pylint: disable=broad-except
            with open(FAILURES, "a", encoding="utf-8") as file:
                traceback.print_exc(file=file)
            write(client, column.__name__, "failed", f"{type(failure).__name__}: {failure}")
        else:
            write(client, column.__name__, "ok")


def main():
    services = (
        (Functions(), "google-cloud-functions", functions.CloudFunctionsServiceClient),
        (Insights(), "google-cloud-contact-center-insights", insights.ContactCenterInsightsClient),
        (Transfer(), "google-cloud-storage-transfer", transfer.StorageTransferServiceClient),
        (Discovery(), "google-cloud-discoveryengine", discovery.DocumentServiceClient),
    )
    for transport in ("gRPC", "REST"):
        run(Core(transport, Profile()))
    for profile, package, client in services:
        for transport in ("gRPC", "REST"):
            run(Service(transport, profile, package, client))


main()
