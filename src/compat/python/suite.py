"""google-api-core and the libraries of the services for Python, unmodified, against the built server. src/compat/suite.py starts it."""
import functools
import pathlib
import sys
from importlib.metadata import version

import grpc
from google.api_core import exceptions, operation, operations_v1, retry
from google.api_core.future import polling
from google.api_core.operations_v1 import transports
from google.auth.credentials import AnonymousCredentials
from google.cloud import contact_center_insights_v1, discoveryengine_v1, functions_v1, storage_transfer_v1
from google.longrunning import operations_pb2
from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.message import Message
from google.rpc import error_details_pb2

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from control import equal, post, try_all  # noqa: E402

SECONDS = 60
PAGE = 2
POLLING = polling.DEFAULT_POLLING.with_delay(initial=0.1, maximum=1)


def as_json(message):
    return json_format.MessageToDict(message)


def pb(message):
    """The protobuf message of what proto-plus wraps."""
    return message._pb if hasattr(message, "_pb") else message


def message_class(json_form, module=None):
    """The class of a message by the @type of its JSON: that of a service's library, or else the plain one."""
    name = json_form["@type"].split("/")[1]
    plain = message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(name))
    return getattr(module, name.rpartition(".")[2], plain)


def fails(kind, call):
    try:
        call()
    except kind as failure:
        return failure
    raise AssertionError(f"nothing failed, wanted {kind}")


def detail(failure, kind):
    """The detail of this kind that an error has, as JSON: over HTTP the library leaves details as they come."""
    url = "type.googleapis.com/" + kind.DESCRIPTOR.full_name
    details = [as_json(x) | {"@type": "type.googleapis.com/" + x.DESCRIPTOR.full_name} if isinstance(x, Message) else x for x in failure.details]
    return next(x for x in details if x["@type"] == url)


class Client:
    """What is tried with each client; its subclasses say how it is called."""

    METHODS = {"cancel": "cancel_operation", "delete": "delete_operation", "wait": "wait_operation"}

    def has(self, what):
        return hasattr(self.client, self.METHODS[what]) if what in self.METHODS else True

    def refused(self, what):
        call = getattr(self.client, self.METHODS[what])
        absent = (exceptions.MethodNotImplemented, exceptions.NotFound, exceptions.MethodNotAllowed)
        failure = fails(absent, lambda: self.call(call, self.plan["get"]))
        if failure.reason.startswith("OPERATION_"):
            raise AssertionError(f"{what} is refused for the operation, not as a method: {failure}")

    def get(self):
        name = self.plan["get"]
        running = self.read(name)
        equal((running.name, running.done), (name, False))
        equal(as_json(running.metadata), self.plan["metadata"]["get"])
        post("/end", profile=self.profile, name=name)
        done = self.read(name)
        equal(done.done, True)
        equal(as_json(done.response), self.plan["response"])

    def list(self):
        size = self.plan["pageSize"] if self.many else PAGE
        pages = self.pages(size)
        equal([len(page) for page in pages], [min(size, len(self.plan["names"]) - i) for i in range(0, len(self.plan["names"]), size)])
        equal([x for page in pages for x in page], self.plan["names"])

    def cancel(self):
        name = self.plan["cancel"]
        self.call(self.client.cancel_operation, name)
        equal(self.read(name).done, False)
        post("/heard", profile=self.profile, name=name)
        equal(self.read(name).error.code, 1)

    def delete(self):
        name = self.plan["delete"]
        self.call(self.client.delete_operation, name)
        equal(fails(exceptions.NotFound, lambda: self.read(name)).reason, "OPERATION_DELETED")

    def future(self):
        future = self.follow("future")
        equal(future.done(), False)
        equal(as_json(pb(future.metadata)), {k: v for k, v in self.plan["metadata"]["future"].items() if k != "@type"})
        post("/end", profile=self.profile, name=self.plan["future"], soon=1)
        equal({"@type": self.plan["response"]["@type"], **as_json(pb(future.result(timeout=SECONDS)))}, self.plan["response"])

        failing = self.follow("failing")
        post("/end", profile=self.profile, name=self.plan["failing"], how="error", soon=1)
        failure = failing.exception(timeout=SECONDS)
        equal(type(failure), exceptions.ResourceExhausted)
        details = [x for error in failure.errors for x in error.details]
        info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
        equal((len(details), details[0].Unpack(info), details[1].Unpack(retry)), (2, True, True))
        equal((info.reason, retry.retry_delay.seconds), ("RATE_LIMIT_EXCEEDED", 37))

    def follow(self, what):
        response = message_class(self.plan["response"], self.module)
        metadata = message_class(self.plan["metadata"][what], self.module)
        return operation.from_gapic(self.read(self.plan[what]), self.operations_client(), response, metadata_type=metadata, polling=POLLING)

    def errors(self):
        absent = fails(exceptions.NotFound, lambda: self.read(self.plan["absent"]))
        equal((absent.reason, absent.domain), ("OPERATION_NOT_FOUND", "longrunning.dev"))
        bad = fails(exceptions.InvalidArgument if self.grpc else exceptions.BadRequest, self.bad_call)
        equal([x["field"] for x in detail(bad, error_details_pb2.BadRequest)["fieldViolations"]], [self.bad_field])
        if self.plan["unavailable"]:
            other = self.make(self.plan, self.plan["unavailable"])
            away = fails(exceptions.ServiceUnavailable, lambda: other.read(self.plan["absent"]))
            equal((away.reason, detail(away, error_details_pb2.RetryInfo)["retryDelay"]), ("DATABASE_UNAVAILABLE", "1s"))

    many, module = False, None


class Grpc(Client):
    """google.api_core.operations_v1.OperationsClient. It has no page size, so its lists are longer than the server's pages."""

    grpc, many, bad_field = True, True, "name"

    def __init__(self, plan, target):
        self.make = Grpc
        self.client = operations_v1.OperationsClient(grpc.insecure_channel(target))

    def read(self, name):
        return self.client.get_operation(name, retry=None, timeout=SECONDS)

    def pages(self, size):
        pages = self.client.list_operations(self.plan["parent"], self.plan["filter"]).pages
        return [[x.name for x in page] for page in pages]

    def call(self, method, name):
        return method(name, retry=None)

    def operations_client(self):
        return self.client

    def bad_call(self):
        self.read("no/name")


class Rest(Client):
    """google.api_core.operations_v1.AbstractOperationsClient, with the paths of a service as its library gives them."""

    grpc, bad_field = False, "pageSize"

    def __init__(self, plan, target):
        self.make = Rest
        root = plan["get"].split("/")[0]
        one = root + "/**"
        many = {"projects": "/v1/{name=projects/**}/operations", "transferOperations": "/v1/{name=transferOperations}"}
        operations = "google.longrunning.Operations."
        options = {
            operations + "GetOperation": [{"method": "get", "uri": f"/v1/{{name={one}}}"}],
            operations + "ListOperations": [{"method": "get", "uri": many.get(root, "/v1/operations")}],
            operations + "CancelOperation": [{"method": "post", "uri": f"/v1/{{name={one}}}:cancel", "body": "*"}],
            operations + "DeleteOperation": [{"method": "delete", "uri": f"/v1/{{name={one}}}"}],
        }
        # Its url_scheme is not heeded.
        transport = transports.OperationsRestTransport(host=f"http://{target}", credentials=AnonymousCredentials(), http_options=options)
        self.client = operations_v1.AbstractOperationsClient(transport=transport)

    def read(self, name):
        return self.client.get_operation(name, retry=None, timeout=SECONDS)

    def pages(self, size):
        pages = self.client.list_operations(self.plan["parent"], self.plan["filter"], page_size=size).pages
        return [[x.name for x in page.operations] for page in pages]

    def call(self, method, name):
        return method(name, retry=None)

    def operations_client(self):
        return self.client

    def bad_call(self):
        self.pages(-1)


class Library(Client):
    """The client of a service's own library, and the client of operations that its futures poll with."""

    def __init__(self, module, kind, transport, plan, target):
        self.make = functools.partial(Library, module, kind, transport)
        self.module = module
        self.grpc = transport == "gRPC"
        self.bad_field = "page_size" if self.grpc else "pageSize"
        if self.grpc:
            channel = grpc.insecure_channel(target)
            self.client = kind(transport=kind.get_transport_class("grpc")(channel=channel))
        else:
            rest = kind.get_transport_class("rest")
            self.client = kind(transport=rest(host=target, credentials=AnonymousCredentials(), url_scheme="http"))

    def read(self, name):
        return self.client.get_operation(operations_pb2.GetOperationRequest(name=name), timeout=SECONDS)

    def pages(self, size):
        request = operations_pb2.ListOperationsRequest(name=self.plan["parent"], filter=self.plan["filter"], page_size=size)
        pages = []
        while not pages or request.page_token:
            answer = self.client.list_operations(request)
            pages.append([x.name for x in answer.operations])
            request.page_token = answer.next_page_token
        return pages

    def call(self, method, name):
        return method({"name": name})

    def operations_client(self):
        return self.client.transport.operations_client

    def bad_call(self):
        self.pages(-1)


LIBRARIES = {
    "cloud-functions-v1": ("google-cloud-functions", functions_v1, functions_v1.CloudFunctionsServiceClient),
    "contact-center-insights-v1": ("google-cloud-contact-center-insights", contact_center_insights_v1, contact_center_insights_v1.ContactCenterInsightsClient),
    "storage-transfer-v1": ("google-cloud-storage-transfer", storage_transfer_v1, storage_transfer_v1.StorageTransferServiceClient),
    "discovery-engine-v1": ("google-cloud-discoveryengine", discoveryengine_v1, discoveryengine_v1.DocumentServiceClient),
}


def main():
    core = "google-api-core"
    for profile in ["default", *LIBRARIES]:
        try_all(Grpc, "python", core, version(core), "gRPC", profile, many=True)
        try_all(Rest, "python", core, version(core), "HTTP/JSON", profile)
        if profile in LIBRARIES:
            library, module, kind = LIBRARIES[profile]
            for transport in ("gRPC", "HTTP/JSON"):
                make = functools.partial(Library, module, kind, transport)
                try_all(make, "python", library, version(library), transport, profile)


main()
