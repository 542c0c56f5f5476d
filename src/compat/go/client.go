package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	"github.com/googleapis/gax-go/v2"
	"github.com/googleapis/gax-go/v2/apierror"
	"google.golang.org/api/iterator"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

const pageSize = 2

// state is what a client says of an operation.
type state struct {
	name               string
	done               bool
	metadata, response any
	code               int
}

// future is the library's own handle of an operation, typed or not.
type future interface {
	name() string
	metadata() (proto.Message, error)
	wait(context.Context) (proto.Message, error)
}

// client is one client; what it has no method for is nil.
type client struct {
	get            func(ctx context.Context, name string) (state, error)
	pages          func(ctx context.Context, parent, filter string, size int) ([][]string, error)
	wait           func(ctx context.Context, name string) (state, error)
	cancel, delete func(ctx context.Context, name string) error
	future         func(name string) future
	// without is why a method that the library has cannot be called.
	without map[string]string
	// listed is what List is asked for: a service's parent, or a whole path where the library appends nothing.
	listed func(plan) string
	// unavailable is such a client of another server, which does not try again.
	unavailable func(target string) client
	grpc        bool
}

var unretried = gax.WithRetry(func() gax.Retryer { return nil })

type grpcLike interface {
	GetOperation(context.Context, *longrunningpb.GetOperationRequest, ...gax.CallOption) (*longrunningpb.Operation, error)
}

type pager interface {
	iterator.Pageable
	Next() (*longrunningpb.Operation, error)
}

// of makes a client of what a library's client has; list calls its ListOperations, whose iterator is a type of the library's own.
func of(library grpcLike, list func(context.Context, *longrunningpb.ListOperationsRequest) pager, handle func(name string) future) client {
	made := client{future: handle, without: map[string]string{}, listed: func(p plan) string { return p.Parent }}
	made.get = func(ctx context.Context, name string) (state, error) {
		return stated(library.GetOperation(ctx, &longrunningpb.GetOperationRequest{Name: name}, unretried))
	}
	made.pages = func(ctx context.Context, parent, filter string, size int) (pages [][]string, err error) {
		request := &longrunningpb.ListOperationsRequest{Name: parent, Filter: filter}
		// A pager refuses sizes below 1 itself; without one they are the request's.
		if size < 1 {
			request.PageSize = int32(size)
			_, err = list(ctx, request).Next()
			return nil, err
		}
		pager := iterator.NewPager(list(ctx, request), size, "")
		for more := true; more; {
			var operations []*longrunningpb.Operation
			token, err := pager.NextPage(&operations)
			if err != nil {
				return nil, err
			}
			page := []string{}
			for _, operation := range operations {
				page = append(page, operation.GetName())
			}
			pages, more = append(pages, page), token != ""
		}
		return pages, nil
	}
	if waits, ok := library.(interface {
		WaitOperation(context.Context, *longrunningpb.WaitOperationRequest, ...gax.CallOption) (*longrunningpb.Operation, error)
	}); ok {
		made.wait = func(ctx context.Context, name string) (state, error) {
			return stated(waits.WaitOperation(ctx, &longrunningpb.WaitOperationRequest{Name: name, Timeout: durationpb.New(time.Minute)}, unretried))
		}
	}
	if cancels, ok := library.(interface {
		CancelOperation(context.Context, *longrunningpb.CancelOperationRequest, ...gax.CallOption) error
	}); ok {
		made.cancel = func(ctx context.Context, name string) error {
			return cancels.CancelOperation(ctx, &longrunningpb.CancelOperationRequest{Name: name}, unretried)
		}
	}
	if deletes, ok := library.(interface {
		DeleteOperation(context.Context, *longrunningpb.DeleteOperationRequest, ...gax.CallOption) error
	}); ok {
		made.delete = func(ctx context.Context, name string) error {
			return deletes.DeleteOperation(ctx, &longrunningpb.DeleteOperationRequest{Name: name}, unretried)
		}
	}
	return made
}

func stated(operation *longrunningpb.Operation, err error) (state, error) {
	if err != nil {
		return state{}, err
	}
	found := state{name: operation.GetName(), done: operation.GetDone(), code: int(operation.GetError().GetCode())}
	if operation.GetMetadata() != nil {
		found.metadata = asJSON(operation.GetMetadata())
	}
	if operation.GetResponse() != nil {
		found.response = asJSON(operation.GetResponse())
	}
	return found, nil
}

func asJSON(message proto.Message) (read any) {
	text, err := protojson.Marshal(message)
	check(err)
	check(json.Unmarshal(text, &read))
	return read
}

// untyped is the JSON of an Any as that of the message in it.
func untyped(any any) map[string]any {
	fields := map[string]interface{}{}
	for key, value := range any.(map[string]interface{}) {
		if key != "@type" {
			fields[key] = value
		}
	}
	return fields
}

type row struct {
	Language  string `json:"language"`
	Library   string `json:"library"`
	Version   string `json:"version"`
	Transport string `json:"transport"`
	Profile   string `json:"profile"`
	What      string `json:"what"`
	Result    string `json:"result"`
	Why       string `json:"why,omitempty"`
}

// tryAll has a client do each thing that it has a method for, and notes what came of it.
func tryAll(library, transport, profile string, make func(target string) client) {
	begun := begin(profile)
	tried := make(begun.Target)
	tried.grpc, tried.unavailable = transport == "gRPC", make
	for _, thing := range []struct {
		what, method string
		has          bool
		do           func(context.Context, plan)
		refused      func(context.Context) error
	}{
		{"get", "GetOperation", tried.get != nil, tried.tryGet, nil},
		{"list", "ListOperations", tried.pages != nil, tried.tryList, nil},
		{"wait", "WaitOperation", tried.wait != nil, tried.tryWait, func(ctx context.Context) error {
			_, err := tried.wait(ctx, begun.Get)
			return err
		}},
		{"future", "GetOperation", tried.future != nil, tried.tryFuture, nil},
		{"cancel", "CancelOperation", tried.cancel != nil, tried.tryCancel, func(ctx context.Context) error { return tried.cancel(ctx, begun.Get) }},
		{"delete", "DeleteOperation", tried.delete != nil, tried.tryDelete, func(ctx context.Context) error { return tried.delete(ctx, begun.Get) }},
		{"errors", "GetOperation", true, tried.tryErrors, nil},
	} {
		noted := row{"go", library, version(library), transport, profile, thing.what, "ok", ""}
		func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			defer func() {
				if fault := recover(); fault != nil {
					noted.Result, noted.Why = "failed", fmt.Sprint(fault)
				}
			}()
			switch {
			case !slices.Contains(begun.Methods, thing.method):
				if thing.has && tried.without[thing.what] == "" {
					refused(thing.refused(ctx))
				}
				noted.Result, noted.Why = "none", "service has none"
			case !thing.has:
				noted.Result, noted.Why = "none", "client has none"
			case tried.without[thing.what] != "":
				parsed(thing.refused(ctx))
				noted.Result, noted.Why = "none", tried.without[thing.what]
			default:
				thing.do(ctx, begun)
			}
		}()
		post("/row", noted)
	}
}

// refused sees that a call failed for its method and not for the operation.
func refused(err error) {
	failure := parsed(err)
	if code := failure.GRPCStatus(); code != nil && code.Code() == codes.Unimplemented {
		return
	}
	if code := failure.HTTPCode(); (code == 404 || code == 405 || code == 501) && !strings.HasPrefix(failure.Reason(), "OPERATION_") {
		return
	}
	panic(fmt.Errorf("it was not refused as a method: %v", err))
}

func parsed(err error) *apierror.APIError {
	if err == nil {
		panic("it did not fail")
	}
	// Most libraries return one already, which FromError would take for a status without details.
	var failure *apierror.APIError
	if errors.As(err, &failure) {
		return failure
	}
	failure, ok := apierror.FromError(err)
	if !ok {
		panic(err)
	}
	return failure
}

func (c client) tryGet(ctx context.Context, p plan) {
	running, err := c.get(ctx, p.Get)
	check(err)
	equal(running, state{name: p.Get, metadata: p.Metadata["get"]})
	p.end(p.Get)
	done, err := c.get(ctx, p.Get)
	check(err)
	equal(done, state{name: p.Get, done: true, metadata: p.Metadata["get"], response: p.Response})
}

func (c client) tryList(ctx context.Context, p plan) {
	pages, err := c.pages(ctx, c.listed(p), p.Filter, pageSize)
	check(err)
	wanted := [][]string{}
	for page := range slices.Chunk(p.Names, pageSize) {
		wanted = append(wanted, page)
	}
	equal(pages, wanted)
}

func (c client) tryWait(ctx context.Context, p plan) {
	p.end(p.Wait, "soon", "1")
	done, err := c.wait(ctx, p.Wait)
	check(err)
	equal(done.done, true)
	equal(done.response, p.Response)
}

func (c client) tryFuture(ctx context.Context, p plan) {
	followed := c.future(p.Future)
	equal(followed.name(), p.Future)
	p.end(p.Future, "soon", "1")
	response, err := followed.wait(ctx)
	check(err)
	if response != nil {
		equal(asJSON(response), any(untyped(p.Response)))
	}
	metadata, err := followed.metadata()
	check(err)
	equal(asJSON(metadata), any(untyped(p.Metadata["future"])))

	p.end(p.Failing, "soon", "1", "how", "error")
	_, err = c.future(p.Failing).wait(ctx)
	failure := parsed(err)
	equal(failure.GRPCStatus().Code(), codes.ResourceExhausted)
	equal(failure.Reason(), "RATE_LIMIT_EXCEEDED")
	equal(failure.Details().RetryInfo.GetRetryDelay().GetSeconds(), int64(37))
}

func (c client) tryCancel(ctx context.Context, p plan) {
	check(c.cancel(ctx, p.Cancel))
	running, err := c.get(ctx, p.Cancel)
	check(err)
	equal(running.done, false)
	post("/heard", nil, "profile", p.profile, "name", p.Cancel)
	done, err := c.get(ctx, p.Cancel)
	check(err)
	equal(done.code, 1)
}

func (c client) tryDelete(ctx context.Context, p plan) {
	check(c.delete(ctx, p.Delete))
	_, err := c.get(ctx, p.Delete)
	equal(parsed(err).Reason(), "OPERATION_DELETED")
}

func (c client) tryErrors(ctx context.Context, p plan) {
	_, err := c.get(ctx, p.Absent)
	absent := parsed(err)
	equal(absent.Reason(), "OPERATION_NOT_FOUND")
	equal(absent.Domain(), "longrunning.dev")

	_, err = c.pages(ctx, c.listed(p), p.Filter, -1)
	bad := parsed(err)
	field := "pageSize"
	if c.grpc {
		field = "page_size"
	}
	violations := bad.Details().BadRequest.GetFieldViolations()
	equal(len(violations), 1)
	equal(violations[0].GetField(), field)

	if p.Unavailable != "" {
		_, err = c.unavailable(p.Unavailable).get(ctx, p.Absent)
		away := parsed(err)
		equal(away.Reason(), "DATABASE_UNAVAILABLE")
		equal(away.Details().RetryInfo.GetRetryDelay().GetSeconds(), int64(1))
	}
}
