package check

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"
)

// Which module brings the definition of a kind that Kubernetes does not have itself, and where in it.
var definitions = map[string][2]string{
	"Cluster":          {"github.com/cloudnative-pg/cloudnative-pg", "config/crd/bases/postgresql.cnpg.io_clusters.yaml"},
	"PodMonitor":       {"github.com/prometheus-operator/prometheus-operator", "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml"},
	"GRPCRoute":        {"sigs.k8s.io/gateway-api", "config/crd/standard/gateway.networking.k8s.io_grpcroutes.yaml"},
	"HTTPRoute":        {"sigs.k8s.io/gateway-api", "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"},
	"BackendTLSPolicy": {"sigs.k8s.io/gateway-api", "config/crd/standard/gateway.networking.k8s.io_backendtlspolicies.yaml"},
}

// Decodes as the API server does with fieldValidation=Strict: an unknown or repeated field and a wrong type are errors. A custom resource is
// judged by the schema in its definition, and its unknown fields are errors too.
func strictly(document []byte, object *unstructured.Unstructured) (runtime.Object, error) {
	typed, _, err := decoder().Decode(document, nil, nil)
	if err == nil {
		return typed, nil
	}
	if !runtime.IsNotRegisteredError(err) {
		return nil, err
	}
	schema, err := schemaOf(object)
	if err != nil {
		return nil, err
	}
	if faults := unknownFields("", object.Object, schema); len(faults) > 0 {
		return nil, fmt.Errorf("%s", strings.Join(faults, "; "))
	}
	return object, validate.AgainstSchema(schema, object.Object, strfmt.Default)
}

var decoder = sync.OnceValue(func() runtime.Decoder {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, policyv1.AddToScheme, networkingv1.AddToScheme, autoscalingv2.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
})

// The folder of a module of go.mod, which is brought if it is not there: go itself brings only what is imported.
func folderOf(module string) (string, error) {
	output, err := exec.Command("go", "mod", "download", "-json", module).Output()
	var found struct{ Dir, Error string }
	if unread := json.Unmarshal(output, &found); unread != nil || found.Dir == "" {
		return "", fmt.Errorf("module %s is not there: %v %s", module, err, found.Error)
	}
	return found.Dir, nil
}

var schemas sync.Map

func schemaOf(object *unstructured.Unstructured) (*spec.Schema, error) {
	key := object.GetAPIVersion() + "/" + object.GetKind()
	if known, ok := schemas.Load(key); ok {
		return known.(*spec.Schema), nil
	}
	place, ok := definitions[object.GetKind()]
	if !ok {
		return nil, fmt.Errorf("nobody knows the kind %s: register its type, or name its definition", key)
	}
	folder, err := folderOf(place[0])
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(folder, place[1]))
	if err != nil {
		return nil, err
	}
	var definition struct {
		Spec struct {
			Group    string
			Names    struct{ Kind string }
			Scope    string
			Versions []struct {
				Name   string
				Served bool
				Schema struct{ OpenAPIV3Schema json.RawMessage }
			}
		}
	}
	if err := yaml.Unmarshal(text, &definition); err != nil {
		return nil, err
	}
	for _, version := range definition.Spec.Versions {
		if definition.Spec.Group+"/"+version.Name+"/"+definition.Spec.Names.Kind != key || !version.Served {
			continue
		}
		if definition.Spec.Scope != "Namespaced" {
			return nil, fmt.Errorf("%s is of the whole cluster", key)
		}
		schema := &spec.Schema{}
		if err := json.Unmarshal(version.Schema.OpenAPIV3Schema, schema); err != nil {
			return nil, err
		}
		schemas.Store(key, schema)
		return schema, nil
	}
	return nil, fmt.Errorf("%s is not served: %s has other versions", key, place[1])
}

// Fields that the schema does not have: the API server would drop them.
func unknownFields(path string, value any, schema *spec.Schema) []string {
	var faults []string
	switch it := value.(type) {
	case map[string]any:
		if kept, _ := schema.Extensions.GetBool("x-kubernetes-preserve-unknown-fields"); kept {
			return nil
		}
		if path == ".metadata" {
			return nil // Of a type of its own, judged where labels and names are.
		}
		for name, inner := range it {
			property, known := schema.Properties[name]
			switch {
			case known:
				faults = append(faults, unknownFields(path+"."+name, inner, &property)...)
			case schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil:
				faults = append(faults, unknownFields(path+"."+name, inner, schema.AdditionalProperties.Schema)...)
			default:
				faults = append(faults, fmt.Sprintf("unknown field %q", path+"."+name))
			}
		}
	case []any:
		for i, inner := range it {
			if schema.Items != nil && schema.Items.Schema != nil {
				faults = append(faults, unknownFields(fmt.Sprintf("%s[%d]", path, i), inner, schema.Items.Schema)...)
			}
		}
	}
	return faults
}

func newReader(text []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(text)) }

// What must be refused, so that the rest of the tests says something.
func TestAMisspeltFieldAWrongTypeAndAnUnknownKindAreRefused(t *testing.T) {
	production := kustomize(t, "../overlays/production")
	gateway := kustomize(t, "../components/gateway")
	cases := []struct{ name, from, to, complaint string }{
		{"Deployment", "revisionHistoryLimit: 3", "revisionHistoryLimits: 3", "unknown field"},
		{"Deployment", "terminationGracePeriodSeconds: ", "terminationGracePeriodSeconds: x", "cannot unmarshal"},
		{"Deployment", "cpu: 500m", "cpu: 500 millis", "quantities must match"},
		{"Service", "appProtocol: ", "appprotocol: ", "unknown field"},
		{"PodDisruptionBudget", "maxUnavailable: 1", "maxUnavailable: true", "cannot unmarshal bool"},
		{"NetworkPolicy", "podSelector:", "podSelektor:", "unknown field"},
		{"HorizontalPodAutoscaler", "minReplicas: 3", `minReplicas: "3"`, "cannot unmarshal"},
		{"ServiceAccount", "automountServiceAccountToken: false", "automountServiceAccountToken: nope", "cannot unmarshal"},
		{"ConfigMap", "data:", "date:", "unknown field"},
		{"Cluster", "instances: 3", "instanzes: 3", "unknown field"},
		{"Cluster", "instances: 3", "instances: three", "must be of type integer"},
		{"Cluster", "method: any", "method: some", "should be one of"},
		{"PodMonitor", "interval: 30s", "interval: 30 seconds", "should match"},
		{"PodMonitor", "podMetricsEndpoints:", "podMetricsEndpoint:", "unknown field"},
		{"GRPCRoute", "backendRefs:", "backends:", "unknown field"},
		{"GRPCRoute", "port: 8080", "port: 80800", "less than or equal to"},
		{"HTTPRoute", "type: PathPrefix", "type: Prefix", "should be one of"},
		{"HTTPRoute", "request: 0s", "request: 0", "must be of type string"},
	}
	all := append(append(documents(t, production), documents(t, gateway)...), documents(t, kustomize(t, "../components/gateway-tls"))...)
	for _, c := range cases {
		t.Run(c.name+"/"+c.to, func(t *testing.T) {
			for _, document := range all {
				if !bytes.Contains(document, []byte("\nkind: "+c.name+"\n")) || !bytes.Contains(document, []byte(c.from)) {
					continue
				}
				broken := bytes.Replace(document, []byte(c.from), []byte(c.to), 1)
				err := (&rendering{customByKind: map[string][]*unstructured.Unstructured{}}).add(broken)
				if err == nil || !strings.Contains(err.Error(), c.complaint) {
					t.Errorf("got %v, want it to say %q", err, c.complaint)
				}
				return
			}
			t.Errorf("no %s has %q", c.name, c.from)
		})
	}
	t.Run("a kind that nobody knows", func(t *testing.T) {
		err := (&rendering{}).add([]byte("apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: a\n"))
		if err == nil || !strings.Contains(err.Error(), "nobody knows the kind") {
			t.Error(err)
		}
	})
}
