package check

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
)

// Whether a selector finds the pods of the Deployment, and is none that finds everything.
func selects(selector *metav1.LabelSelector, d *appsv1.Deployment) bool {
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && !parsed.Empty() && parsed.Matches(labels.Set(d.Spec.Template.Labels))
}

func embedded(d *appsv1.Deployment) bool {
	return slices.ContainsFunc(container(d).Env, func(e corev1.EnvVar) bool { return e.Name == "LONGRUNNING_DATABASE" && e.Value == "embedded" })
}

func availabilityPolicies() []policy {
	return []policy{
		{
			name: "the disruption budget is of the Deployment's pods and allows an eviction",
			faults: func(r *rendering) []string {
				var f faults
				f.unless(len(r.budgets) == 1, "got %d budgets, allowed 1", len(r.budgets))
				for _, b := range r.budgets {
					f.unless(selects(b.Spec.Selector, r.deployments[0]), "it selects other pods")
					f.unless(b.Spec.MinAvailable == nil && b.Spec.MaxUnavailable != nil && b.Spec.MaxUnavailable.IntValue() == 1, "it is not: one at a time")
				}
				return f
			},
			on:     "overlays/production",
			breaks: func(r *rendering) { r.budgets[0].Spec.MaxUnavailable.IntVal = 0 },
		},
		{
			name: "selectors match the labels that they mean, and no version is in them",
			faults: func(r *rendering) []string {
				var f faults
				d := r.deployments[0]
				f.unless(selects(d.Spec.Selector, d), "the Deployment does not find its pods")
				for key := range d.Spec.Selector.MatchLabels {
					f.unless(!strings.HasSuffix(key, "/version"), "the Deployment's selector, which cannot change, has a version")
				}
				for _, s := range r.services {
					f.unless(selects(&metav1.LabelSelector{MatchLabels: s.Spec.Selector}, d), "Service %s does not find the pods", s.Name)
				}
				for _, c := range d.Spec.Template.Spec.TopologySpreadConstraints {
					f.unless(selects(c.LabelSelector, d), "spreading over %s counts other pods", c.TopologyKey)
				}
				for _, m := range r.customByKind["PodMonitor"] {
					matched, _, _ := unstructured.NestedStringMap(m.Object, "spec", "selector", "matchLabels")
					f.unless(selects(&metav1.LabelSelector{MatchLabels: matched}, d), "PodMonitor %s does not find the pods", m.GetName())
					endpoints, _, _ := unstructured.NestedSlice(m.Object, "spec", "podMetricsEndpoints")
					for _, e := range endpoints {
						f.unless(e.(map[string]any)["port"] == "management", "metrics are not on %v", e.(map[string]any)["port"])
					}
				}
				return f
			},
			on:     "overlays/production",
			breaks: func(r *rendering) { r.services[0].Spec.Selector["app.kubernetes.io/instance"] = "other" },
		},
		{
			name: "an update takes no server away before its successor is ready",
			faults: func(r *rendering) []string {
				var f faults
				for _, d := range r.deployments {
					if embedded(d) {
						continue
					}
					rolling := d.Spec.Strategy.RollingUpdate
					f.unless(rolling != nil && rolling.MaxUnavailable.IntValue() == 0 && rolling.MaxSurge.IntValue() == 1, "got %v", d.Spec.Strategy)
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.deployments[0].Spec.Strategy.RollingUpdate.MaxUnavailable.IntVal = 1 },
		},
		{
			name: "servers are spread over zones and nodes",
			faults: func(r *rendering) []string {
				var f faults
				for _, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
					f.unless(slices.ContainsFunc(r.deployments[0].Spec.Template.Spec.TopologySpreadConstraints, func(c corev1.TopologySpreadConstraint) bool {
						return c.TopologyKey == key && c.MaxSkew == 1 && slices.Contains(c.MatchLabelKeys, "pod-template-hash")
					}), "not over %s", key)
				}
				return f
			},
			on: "base",
			breaks: func(r *rendering) {
				r.deployments[0].Spec.Template.Spec.TopologySpreadConstraints[1].TopologyKey = "rack"
			},
		},
		{
			name: "an autoscaler has its Deployment, and nobody else says how many",
			faults: func(r *rendering) []string {
				var f faults
				for _, h := range r.autoscalers {
					d := r.deployments[0]
					f.unless(h.Spec.ScaleTargetRef.Kind == "Deployment" && h.Spec.ScaleTargetRef.Name == d.Name &&
						h.Spec.ScaleTargetRef.APIVersion == "apps/v1", "%s is not there", h.Spec.ScaleTargetRef.Name)
					f.unless(d.Spec.Replicas == nil, "the Deployment has a fixed number, which each update would set again")
					f.unless(h.Spec.MinReplicas != nil && *h.Spec.MinReplicas >= 3 && *h.Spec.MinReplicas <= h.Spec.MaxReplicas, "fewer than three")
					f.unless(!container(d).Resources.Requests.Cpu().IsZero(), "it measures against a request that is not there")
				}
				return f
			},
			on:     "overlays/production",
			breaks: func(r *rendering) { r.deployments[0].Spec.Replicas = new(int32) },
		},
		{
			name: "the embedded database has one server, stopped before the next starts, and a volume of one pod",
			faults: func(r *rendering) []string {
				var f faults
				for _, d := range r.deployments {
					if !embedded(d) {
						f.unless(len(r.claims) == 0, "a claim that nobody needs")
						continue
					}
					f.unless(d.Spec.Replicas != nil && *d.Spec.Replicas == 1 && len(r.autoscalers) == 0, "more than one server")
					f.unless(d.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType && d.Spec.Strategy.RollingUpdate == nil, "two while it updates")
					f.unless(len(r.claims) == 1 && slices.Equal(r.claims[0].Spec.AccessModes, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod}),
						"the volume can be mounted twice")
					s := d.Spec.Template.Spec.SecurityContext
					f.unless(s.FSGroup != nil && *s.FSGroup == user && s.FSGroupChangePolicy != nil && *s.FSGroupChangePolicy == corev1.FSGroupChangeOnRootMismatch,
						"modes of the database's files are changed at each mount")
				}
				return f
			},
			on:     "overlays/dev",
			breaks: func(r *rendering) { r.deployments[0].Spec.Strategy.Type = appsv1.RollingUpdateDeploymentStrategyType },
		},
		{
			name: "a database of the operator is verified, entered by its own role, and replicates before it acknowledges",
			faults: func(r *rendering) []string {
				var f faults
				for _, c := range r.customByKind["Cluster"] {
					for _, e := range container(r.deployments[0]).Env {
						switch e.Name {
						case "LONGRUNNING_DATABASE":
							f.unless(strings.HasPrefix(e.Value, "postgres://longrunning@"+c.GetName()+"-rw/longrunning?sslmode=verify-full&sslrootcert=/"), "got %s", e.Value)
						case "PGPASSWORD":
							f.unless(e.ValueFrom.SecretKeyRef.Name == c.GetName()+"-app" && e.ValueFrom.SecretKeyRef.Key == "password", "another password")
						}
					}
					number, _, _ := unstructured.NestedInt64(c.Object, "spec", "postgresql", "synchronous", "number")
					durability, _, _ := unstructured.NestedString(c.Object, "spec", "postgresql", "synchronous", "dataDurability")
					instances, _, _ := unstructured.NestedInt64(c.Object, "spec", "instances")
					f.unless(number >= 1 && durability == "required" && instances >= number+2, "a failover can lose what was acknowledged")
					superuser, _, _ := unstructured.NestedBool(c.Object, "spec", "enableSuperuserAccess")
					f.unless(!superuser, "its superuser may log in")
				}
				return f
			},
			on: "overlays/production",
			breaks: func(r *rendering) {
				_ = unstructured.SetNestedField(r.customByKind["Cluster"][0].Object, int64(0), "spec", "postgresql", "synchronous", "number")
			},
		},
	}
}
