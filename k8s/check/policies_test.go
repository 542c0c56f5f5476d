package check

import (
	"fmt"
	"sort"
	"strings"
	"testing"
)

// A policy is a rule that every rendering keeps. It answers what breaks it, and brings a change that has to break it: a rule that
// nothing can break protects nothing.
type policy struct {
	name   string
	faults func(r *rendering) []string
	// Where breaks is tried; the first that has what it changes.
	on     string
	breaks func(r *rendering)
}

func TestEveryRenderingKeepsEveryPolicy(t *testing.T) {
	rendered := folders(t)
	var names []string
	for name := range rendered {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, p := range policies() {
		t.Run(p.name, func(t *testing.T) {
			for _, name := range names {
				for _, fault := range p.faults(read(t, name, rendered[name])) {
					t.Errorf("%s: %s", name, fault)
				}
			}
			broken := read(t, p.on, rendered[p.on])
			p.breaks(broken)
			if len(p.faults(broken)) == 0 {
				t.Errorf("%s: broken on purpose, and not noticed", p.on)
			}
		})
	}
}

func policies() []policy {
	var all []policy
	all = append(all, podPolicies()...)
	all = append(all, configurationPolicies()...)
	all = append(all, availabilityPolicies()...)
	all = append(all, networkPolicies()...)
	return append(all, objectPolicies()...)
}

// Collects what is wrong.
type faults []string

func (f *faults) unless(holds bool, format string, values ...any) {
	if !holds {
		*f = append(*f, fmt.Sprintf(format, values...))
	}
}

func secretLooking(text string) bool {
	lower := strings.ToLower(text)
	return strings.Contains(lower, "password") || strings.Contains(lower, "private key") || credentials.MatchString(text)
}
