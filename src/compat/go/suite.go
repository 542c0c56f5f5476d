// The clients of operations that there are for Go, unmodified, against the built server. src/compat/suite.py starts it.
package main

import (
	"context"
	"encoding/json"
	"os"
	"runtime/debug"
	"strings"

	contactcenterinsights "cloud.google.com/go/contactcenterinsights/apiv1"
	functions "cloud.google.com/go/functions/apiv1"
	"cloud.google.com/go/longrunning"
	autogen "cloud.google.com/go/longrunning/autogen"
	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	storagetransfer "cloud.google.com/go/storagetransfer/apiv1"
	"github.com/googleapis/gax-go/v2"
	discoveryengine "google.golang.org/api/discoveryengine/v1"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/emptypb"

	_ "google.golang.org/genproto/googleapis/rpc/errdetails"
)

const discovery = "discovery-engine-v1"

func overGRPC(target string) []option.ClientOption {
	return []option.ClientOption{
		option.WithEndpoint(target), option.WithoutAuthentication(),
		option.WithGRPCDialOption(grpc.WithTransportCredentials(insecure.NewCredentials())),
	}
}

func overHTTP(target string) []option.ClientOption {
	return []option.ClientOption{option.WithEndpoint("http://" + target), option.WithoutAuthentication()}
}

func must[T any](made T, err error) T {
	check(err)
	return made
}

// transports are how a library's client can be made, by the name of the transport.
type transports[C any] map[string]func(target string) C

func each[C any](library, profile string, clients transports[C], adapt func(C) client) {
	for _, transport := range []string{"gRPC", "HTTP/JSON"} {
		tryAll(library, transport, profile, func(target string) client { return adapt(clients[transport](target)) })
	}
}

// plain is the handle of cloud.google.com/go/longrunning, which leaves the types to its caller.
type plain struct {
	*longrunning.Operation
	types [2]proto.Message
}

func (p plain) name() string { return p.Name() }

func (p plain) metadata() (proto.Message, error) {
	message := proto.Clone(p.types[0])
	return message, p.Metadata(protoadapt.MessageV1Of(message))
}

func (p plain) wait(ctx context.Context) (proto.Message, error) {
	message := proto.Clone(p.types[1])
	return message, p.Wait(ctx, protoadapt.MessageV1Of(message))
}

// typed is the handle of a library: its operation's name, metadata and result have types of their own.
type typed[M, R proto.Message] struct {
	named interface{ Name() string }
	meta  func() (M, error)
	ended func(context.Context) (R, error)
}

func (t typed[M, R]) name() string                                    { return t.named.Name() }
func (t typed[M, R]) metadata() (proto.Message, error)                { return t.meta() }
func (t typed[M, R]) wait(ctx context.Context) (proto.Message, error) { return t.ended(ctx) }

func tryOperations(profile string) {
	clients := transports[*autogen.OperationsClient]{
		"gRPC": func(target string) *autogen.OperationsClient {
			return must(autogen.NewOperationsClient(context.Background(), overGRPC(target)...))
		},
		"HTTP/JSON": func(target string) *autogen.OperationsClient {
			return must(autogen.NewOperationsRESTClient(context.Background(), overHTTP(target)...))
		},
	}
	types := messages(profile)
	for _, transport := range []string{"gRPC", "HTTP/JSON"} {
		tryAll("cloud.google.com/go/longrunning", transport, profile, func(target string) client {
			library := clients[transport](target)
			list := func(ctx context.Context, request *longrunningpb.ListOperationsRequest) pager {
				return library.ListOperations(ctx, request, unretried)
			}
			made := of(library, list, func(name string) future {
				return plain{longrunning.InternalNewOperation(library, &longrunningpb.Operation{Name: name}), types}
			})
			if transport == "HTTP/JSON" {
				made.listed = func(p plan) string { return p.Collection }
				made.without["wait"] = "client has no path"
				if profile == "contact-center-insights-v1" {
					made.without["cancel"] = "client sends a body"
				}
			}
			return made
		})
	}
}

func main() {
	registerTypes("conf/types/discoveryengine.v1.binpb")
	for _, profile := range []string{"default", "cloud-functions-v1", "contact-center-insights-v1", "storage-transfer-v1", discovery} {
		tryOperations(profile)
	}

	background := context.Background()
	each("cloud.google.com/go/functions", "cloud-functions-v1", transports[*functions.CloudFunctionsClient]{
		"gRPC": func(target string) *functions.CloudFunctionsClient {
			return must(functions.NewCloudFunctionsClient(background, overGRPC(target)...))
		},
		"HTTP/JSON": func(target string) *functions.CloudFunctionsClient {
			return must(functions.NewCloudFunctionsRESTClient(background, overHTTP(target)...))
		},
	}, func(library *functions.CloudFunctionsClient) client {
		return of(library, func(ctx context.Context, request *longrunningpb.ListOperationsRequest) pager {
			return library.ListOperations(ctx, request)
		}, func(name string) future {
			operation := library.CreateFunctionOperation(name)
			return typedFuture(operation, operation.Metadata, operation.Wait)
		})
	})
	each("cloud.google.com/go/contactcenterinsights", "contact-center-insights-v1", transports[*contactcenterinsights.Client]{
		"gRPC": func(target string) *contactcenterinsights.Client {
			return must(contactcenterinsights.NewClient(background, overGRPC(target)...))
		},
		"HTTP/JSON": func(target string) *contactcenterinsights.Client {
			return must(contactcenterinsights.NewRESTClient(background, overHTTP(target)...))
		},
	}, func(library *contactcenterinsights.Client) client {
		return of(library, func(ctx context.Context, request *longrunningpb.ListOperationsRequest) pager {
			return library.ListOperations(ctx, request)
		}, func(name string) future {
			operation := library.BulkAnalyzeConversationsOperation(name)
			return typedFuture(operation, operation.Metadata, operation.Wait)
		})
	})
	each("cloud.google.com/go/storagetransfer", "storage-transfer-v1", transports[*storagetransfer.Client]{
		"gRPC": func(target string) *storagetransfer.Client {
			return must(storagetransfer.NewClient(background, overGRPC(target)...))
		},
		"HTTP/JSON": func(target string) *storagetransfer.Client {
			return must(storagetransfer.NewRESTClient(background, overHTTP(target)...))
		},
	}, func(library *storagetransfer.Client) client {
		return of(library, func(ctx context.Context, request *longrunningpb.ListOperationsRequest) pager {
			return library.ListOperations(ctx, request)
		}, func(name string) future {
			operation := library.RunTransferJobOperation(name)
			ended := func(ctx context.Context, options ...gax.CallOption) (*emptypb.Empty, error) {
				return &emptypb.Empty{}, operation.Wait(ctx, options...)
			}
			return typedFuture(operation, operation.Metadata, ended)
		})
	})
	tryAll("google.golang.org/api/discoveryengine/v1", "HTTP/JSON", discovery, discoveryClient)
}

func typedFuture[M, R proto.Message](
	operation interface{ Name() string }, metadata func() (M, error), wait func(context.Context, ...gax.CallOption) (R, error),
) future {
	return typed[M, R]{operation, metadata, func(ctx context.Context) (R, error) { return wait(ctx) }}
}

// discoveryClient is the one that is made of the service's discovery document: it knows operations of one parent, and no futures.
func discoveryClient(target string) client {
	service := must(discoveryengine.NewService(context.Background(), overHTTP(target)...))
	operations := service.Projects.Locations.Collections.DataStores.Branches.Operations
	return client{
		listed: func(p plan) string { return p.Parent },
		get: func(ctx context.Context, name string) (state, error) {
			operation, err := operations.Get(name).Context(ctx).Do()
			if err != nil {
				return state{}, err
			}
			found := state{name: operation.Name, done: operation.Done}
			if operation.Error != nil {
				found.code = int(operation.Error.Code)
			}
			for raw, read := range map[string]*any{string(operation.Metadata): &found.metadata, string(operation.Response): &found.response} {
				if raw != "" {
					check(json.Unmarshal([]byte(raw), read))
				}
			}
			return found, nil
		},
		pages: func(ctx context.Context, parent, filter string, size int) (pages [][]string, err error) {
			call := operations.List(parent).Filter(filter).PageSize(int64(size))
			err = call.Pages(ctx, func(answer *discoveryengine.GoogleLongrunningListOperationsResponse) error {
				page := []string{}
				for _, operation := range answer.Operations {
					page = append(page, operation.Name)
				}
				pages = append(pages, page)
				return nil
			})
			return pages, err
		},
		cancel: func(ctx context.Context, name string) error {
			_, err := operations.Cancel(name, &discoveryengine.GoogleLongrunningCancelOperationRequest{}).Context(ctx).Do()
			return err
		},
	}
}

// messages are the types of a profile's metadata and response.
func messages(profile string) [2]proto.Message {
	begun := begin(profile)
	types := [2]proto.Message{}
	for i, any := range []any{begun.Metadata["get"], begun.Response} {
		found, err := protoregistry.GlobalTypes.FindMessageByURL(any.(map[string]interface{})["@type"].(string))
		check(err)
		types[i] = found.New().Interface()
	}
	return types
}

// registerTypes makes the messages of a descriptor set known that no package of this program has.
func registerTypes(path string) {
	set := &descriptorpb.FileDescriptorSet{}
	check(proto.Unmarshal(must(os.ReadFile(path)), set))
	options := protodesc.FileOptions{AllowUnresolvable: true}
	files := must(options.NewFiles(set))
	files.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(file.Path(), "google/cloud/discoveryengine/") {
			for i := range file.Messages().Len() {
				check(protoregistry.GlobalTypes.RegisterMessage(dynamicpb.NewMessageType(file.Messages().Get(i))))
			}
		}
		return true
	})
}

// version is that of the module that has the package.
func version(library string) string {
	build, _ := debug.ReadBuildInfo()
	found := ""
	for _, module := range build.Deps {
		if library == module.Path || strings.HasPrefix(library, module.Path+"/") && found == "" {
			found = strings.TrimPrefix(module.Version, "v")
		}
	}
	return found
}
