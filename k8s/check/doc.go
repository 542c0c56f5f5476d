// Package check judges what kubectl makes of the manifests beside it: every object against the API's own types, and all of them against the
// policies of policies_test.go. It has tests only; run them with go test.
package check
