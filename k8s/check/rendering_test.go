package check

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// A rendering is what kubectl kustomize makes of one folder: the objects by kind, typed where Kubernetes itself has the type.
type rendering struct {
	name         string
	documents    [][]byte
	objects      []*unstructured.Unstructured
	accounts     []*corev1.ServiceAccount
	configMaps   []*corev1.ConfigMap
	services     []*corev1.Service
	claims       []*corev1.PersistentVolumeClaim
	deployments  []*appsv1.Deployment
	budgets      []*policyv1.PodDisruptionBudget
	networks     []*networkingv1.NetworkPolicy
	autoscalers  []*autoscalingv2.HorizontalPodAutoscaler
	customByKind map[string][]*unstructured.Unstructured
}

// What can be rendered: the base, the overlays, and the base with every set of components that makes sense.
func folders(t *testing.T) map[string][]byte {
	t.Helper()
	rendered := map[string][]byte{"base": kustomize(t, "../base")}
	for _, folder := range subfolders(t, "../overlays") {
		rendered["overlays/"+folder] = kustomize(t, "../overlays/"+folder)
	}
	names := subfolders(t, "../components")
	// Beside the others: kubectl takes no absolute paths.
	work, err := os.MkdirTemp("..", ".rendered-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(work) })
	for set := 1; set < 1<<len(names); set++ {
		chosen := map[string]bool{}
		var list []string
		for i, name := range names {
			if set&(1<<i) != 0 {
				chosen[name] = true
				list = append(list, "../components/"+name)
			}
		}
		if chosen["gateway-tls"] != (chosen["gateway"] && chosen["tls"]) {
			continue // It is for the two together, and they need it.
		}
		if chosen["client-certificates"] && (!chosen["tls"] || chosen["gateway"]) {
			continue // There are none without TLS, and a gateway has none.
		}
		if chosen["callers"] && !chosen["tls"] {
			continue // Tokens travel as they are.
		}
		text := "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base]\ncomponents: [" +
			strings.Join(list, ", ") + "]\n"
		if err := os.WriteFile(filepath.Join(work, "kustomization.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		rendered["base+"+strings.ReplaceAll(strings.Join(list, "+"), "../components/", "")] = kustomize(t, work)
	}
	return rendered
}

func subfolders(t *testing.T, parent string) []string {
	t.Helper()
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names
}

func kustomize(t *testing.T, folder string) []byte {
	t.Helper()
	path, err := exec.LookPath("kubectl")
	if err != nil {
		t.Fatal("kubectl is not installed: it renders the manifests; 1.30 or newer")
	}
	var complaint bytes.Buffer
	command := exec.Command(path, "kustomize", folder)
	command.Stderr = &complaint
	output, err := command.Output()
	if err != nil || complaint.Len() > 0 {
		t.Fatalf("kubectl kustomize %s: %v\n%s", folder, err, complaint.String())
	}
	return output
}

// Reads the objects; what does not fit its type fails the test.
func read(t *testing.T, name string, text []byte) *rendering {
	t.Helper()
	r := &rendering{name: name, customByKind: map[string][]*unstructured.Unstructured{}}
	for _, document := range documents(t, text) {
		r.documents = append(r.documents, document)
		if err := r.add(document); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, document)
		}
	}
	return r
}

func (r *rendering) add(document []byte) error {
	object := &unstructured.Unstructured{}
	json, err := sigsyaml.YAMLToJSONStrict(document)
	if err != nil {
		return err
	}
	if err := object.UnmarshalJSON(json); err != nil {
		return err
	}
	r.objects = append(r.objects, object)
	typed, err := strictly(document, object)
	if err != nil {
		return err
	}
	switch it := typed.(type) {
	case *corev1.ServiceAccount:
		r.accounts = append(r.accounts, it)
	case *corev1.ConfigMap:
		r.configMaps = append(r.configMaps, it)
	case *corev1.Service:
		r.services = append(r.services, it)
	case *corev1.PersistentVolumeClaim:
		r.claims = append(r.claims, it)
	case *appsv1.Deployment:
		r.deployments = append(r.deployments, it)
	case *policyv1.PodDisruptionBudget:
		r.budgets = append(r.budgets, it)
	case *networkingv1.NetworkPolicy:
		r.networks = append(r.networks, it)
	case *autoscalingv2.HorizontalPodAutoscaler:
		r.autoscalers = append(r.autoscalers, it)
	case *unstructured.Unstructured:
		r.customByKind[it.GetKind()] = append(r.customByKind[it.GetKind()], it)
	default:
		return fmt.Errorf("no policy knows the kind %s: give it a field in rendering", object.GetKind())
	}
	return nil
}

func documents(t *testing.T, text []byte) [][]byte {
	t.Helper()
	var found [][]byte
	reader := yaml.NewYAMLReader(newReader(text))
	for {
		document, err := reader.Read()
		if err == io.EOF {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(bytes.TrimSpace(document)) > 0 {
			found = append(found, document)
		}
	}
}
