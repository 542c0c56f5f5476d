package check

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	names "k8s.io/apimachinery/pkg/util/validation"
)

// Every kind here lives in a namespace; one that does not has to be thought about first.
var kinds = []string{
	"ServiceAccount", "ConfigMap", "Service", "PersistentVolumeClaim", "Deployment", "PodDisruptionBudget", "NetworkPolicy",
	"HorizontalPodAutoscaler", "PodMonitor", "Cluster", "GRPCRoute", "HTTPRoute", "BackendTLSPolicy",
}

func objectPolicies() []policy {
	return []policy{
		{
			name: "nothing is of the whole cluster, and no Secret is in the manifests",
			faults: func(r *rendering) []string {
				var f faults
				for _, o := range r.objects {
					f.unless(slices.Contains(kinds, o.GetKind()), "%s %s", o.GetKind(), o.GetName())
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.objects[0].SetKind("ClusterRole") },
		},
		{
			name: "overlays name the namespace, the base does not",
			faults: func(r *rendering) []string {
				want := map[string]string{"overlays/dev": "longrunning-dev", "overlays/production": "longrunning"}[r.name]
				var f faults
				for _, o := range r.objects {
					f.unless(o.GetNamespace() == want, "%s %s is in %q, allowed %q", o.GetKind(), o.GetName(), o.GetNamespace(), want)
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.objects[0].SetNamespace("default") },
		},
		{
			name: "every object has the recommended labels and an allowed name",
			faults: func(r *rendering) []string {
				var f faults
				for _, o := range r.objects {
					for _, key := range []string{"name", "instance", "component", "part-of"} {
						f.unless(o.GetLabels()["app.kubernetes.io/"+key] != "", "%s %s has no label %s", o.GetKind(), o.GetName(), key)
					}
					f.unless(o.GetLabels()["app.kubernetes.io/part-of"] == "longrunning", "%s %s is part of something else", o.GetKind(), o.GetName())
					for _, fault := range names.IsDNS1123Subdomain(o.GetName()) {
						f.unless(false, "%s %s: %s", o.GetKind(), o.GetName(), fault)
					}
				}
				for _, meta := range []metav1.ObjectMeta{r.deployments[0].ObjectMeta, r.deployments[0].Spec.Template.ObjectMeta} {
					f.unless(meta.Labels["app.kubernetes.io/version"] != "", "a workload has no label version")
				}
				return f
			},
			on:     "overlays/dev",
			breaks: func(r *rendering) { r.objects[3].SetLabels(nil) },
		},
		{
			name: "labels and annotations are allowed ones",
			faults: func(r *rendering) []string {
				var f faults
				for _, o := range r.objects {
					for _, fault := range validation.ValidateLabels(o.GetLabels(), field.NewPath("labels")) {
						f.unless(false, "%s %s: %v", o.GetKind(), o.GetName(), fault)
					}
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.objects[0].SetLabels(map[string]string{"a b": "c"}) },
		},
		{
			name: "no two objects have one name",
			faults: func(r *rendering) []string {
				var f faults
				seen := map[string]bool{}
				for _, o := range r.objects {
					key := o.GroupVersionKind().GroupKind().String() + "/" + o.GetName()
					f.unless(!seen[key], "%s is there twice", key)
					seen[key] = true
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.objects = append(r.objects, r.objects[0]) },
		},
	}
}
