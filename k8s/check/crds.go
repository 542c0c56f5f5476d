//go:build crds

// Keeps the modules in go.mod that bring the definitions of custom resources; nothing of their code is built.
package check

import (
	_ "github.com/cloudnative-pg/cloudnative-pg/api/v1"
	_ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil"
	_ "sigs.k8s.io/gateway-api/apis/v1"
)
