package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"reflect"
)

// plan is what the producer of suite.py has begun for one client.
type plan struct {
	Target, Unavailable, Parent, Collection, Filter, Absent string
	Get, Wait, Future, Failing, Cancel, Delete              string
	Methods, Names                                          []string
	Metadata                                                map[string]any
	Response                                                any
	profile                                                 string
}

// post asks the producer; arguments are names and values of the query.
func post(path string, body any, arguments ...string) []byte {
	query := url.Values{}
	for i := 0; i < len(arguments); i += 2 {
		query.Set(arguments[i], arguments[i+1])
	}
	text, err := json.Marshal(body)
	check(err)
	answer, err := http.Post(os.Getenv("COMPAT_CONTROL")+path+"?"+query.Encode(), "application/json", bytes.NewReader(text))
	check(err)
	defer answer.Body.Close()
	read, err := io.ReadAll(answer.Body)
	check(err)
	if answer.StatusCode != http.StatusOK {
		panic(fmt.Errorf("%s: %s", path, read))
	}
	return read
}

func begin(profile string) plan {
	begun := plan{profile: profile}
	check(json.Unmarshal(post("/begin", nil, "profile", profile), &begun))
	return begun
}

func (p plan) end(name string, more ...string) {
	post("/end", nil, append([]string{"profile", p.profile, "name", name}, more...)...)
}

// check, equal and want end what is being tried: try notes why.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

func equal(found, wanted any) {
	if !reflect.DeepEqual(found, wanted) {
		panic(fmt.Errorf("got %v, wanted %v", found, wanted))
	}
}
