package check

import (
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
)

var (
	// A URL with a password in it.
	credentials = regexp.MustCompile(`[a-z]+://[^\s/:@]+:[^\s/@]+@`)
	// What kubectl appends to the name of a ConfigMap that it makes of files.
	hashed = regexp.MustCompile(`-[0-9a-z]{10}$`)
)

// Which Secrets somebody else makes: the operator of the cluster, or another controller. k8s/README.md says how.
var secrets = []string{"longrunning-database", "longrunning-tls", "longrunning-db-app", "longrunning-db-ca", "longrunning-client-authority",
	"longrunning-callers"}

func configurationPolicies() []policy {
	return []policy{
		{
			name: "names in the environment are names, each once",
			faults: eachContainer(func(f *faults, _ *corev1.PodSpec, c *corev1.Container) {
				var seen []string
				for _, e := range c.Env {
					f.unless(len(validation.IsCIdentifier(e.Name)) == 0 && strings.ToUpper(e.Name) == e.Name, "%q is no name", e.Name)
					f.unless(!slices.Contains(seen, e.Name), "%s is there twice", e.Name)
					f.unless((e.Value == "") != (e.ValueFrom == nil), "%s has no value, or two", e.Name)
					seen = append(seen, e.Name)
				}
				f.unless(len(c.EnvFrom) == 0, "whole ConfigMaps or Secrets are put into the environment")
			}),
			on:     "base",
			breaks: func(r *rendering) { c := container(r.deployments[0]); c.Env = append(c.Env, c.Env[0]) },
		},
		{
			name: "secrets come from Secrets: never from a value, an argument or a ConfigMap",
			faults: func(r *rendering) []string {
				var f faults
				for _, m := range r.configMaps {
					for key, text := range m.Data {
						f.unless(!secretLooking(text), "ConfigMap %s, %s", m.Name, key)
					}
					f.unless(len(m.BinaryData) == 0, "ConfigMap %s has what nobody can read", m.Name)
				}
				for _, d := range r.deployments {
					c := container(d)
					for _, word := range append(slices.Clone(c.Command), c.Args...) {
						f.unless(!secretLooking(word), "argument %s", word)
					}
					for _, e := range c.Env {
						f.unless(!secretLooking(e.Value), "%s", e.Name)
						f.unless(!strings.Contains(e.Name, "PASSWORD") || e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil, "%s is a value", e.Name)
					}
				}
				return f
			},
			on: "overlays/dev",
			breaks: func(r *rendering) {
				container(r.deployments[0]).Env[0] = corev1.EnvVar{Name: "LONGRUNNING_DATABASE", Value: "postgres://a:b@c/d"}
			},
		},
		{
			name: "what a pod refers to is there, or is a Secret that the README names",
			faults: func(r *rendering) []string {
				var f faults
				for _, d := range r.deployments {
					for _, v := range d.Spec.Template.Spec.Volumes {
						switch {
						case v.ConfigMap != nil:
							f.unless(slices.ContainsFunc(r.configMaps, func(m *corev1.ConfigMap) bool { return m.Name == v.ConfigMap.Name }),
								"ConfigMap %s", v.ConfigMap.Name)
						case v.PersistentVolumeClaim != nil:
							f.unless(slices.ContainsFunc(r.claims, func(p *corev1.PersistentVolumeClaim) bool {
								return p.Name == v.PersistentVolumeClaim.ClaimName
							}), "claim %s", v.PersistentVolumeClaim.ClaimName)
						case v.Secret != nil:
							f.unless(slices.Contains(secrets, v.Secret.SecretName), "Secret %s", v.Secret.SecretName)
							f.unless(len(v.Secret.Items) > 0, "all of Secret %s", v.Secret.SecretName)
						default:
							f.unless(v.EmptyDir != nil, "volume %s is of no known kind", v.Name)
						}
					}
					for _, e := range container(d).Env {
						if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
							f.unless(slices.Contains(secrets, e.ValueFrom.SecretKeyRef.Name), "Secret %s", e.ValueFrom.SecretKeyRef.Name)
						}
					}
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.configMaps[0].Name = "another" },
		},
		{
			name: "a change of the settings replaces the pods",
			faults: func(r *rendering) []string {
				var f faults
				for _, m := range r.configMaps {
					f.unless(hashed.MatchString(m.Name), "ConfigMap %s has the same name whatever is in it", m.Name)
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.configMaps[0].Name = "longrunning" },
		},
		{
			name: "volumes are mounted and mounts are volumes; what can be written to is bounded",
			faults: eachContainer(func(f *faults, pod *corev1.PodSpec, c *corev1.Container) {
				for _, m := range c.VolumeMounts {
					i := slices.IndexFunc(pod.Volumes, func(v corev1.Volume) bool { return v.Name == m.Name })
					if i < 0 {
						f.unless(false, "mount %s is no volume", m.Name)
						continue
					}
					v := pod.Volumes[i]
					if v.ConfigMap != nil || v.Secret != nil {
						f.unless(m.ReadOnly, "mount %s is not read-only", m.Name)
					}
					f.unless(m.SubPath == "", "mount %s would not see what is renewed", m.Name)
					f.unless(v.EmptyDir == nil || v.EmptyDir.SizeLimit != nil, "volume %s has no limit", m.Name)
				}
				for _, v := range pod.Volumes {
					f.unless(slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == v.Name }), "volume %s is not mounted", v.Name)
				}
				f.unless(slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == "/tmp" && !m.ReadOnly }),
					"/tmp cannot be written to: the native transport is unpacked there")
			}),
			on:     "base",
			breaks: func(r *rendering) { r.deployments[0].Spec.Template.Spec.Volumes[1].EmptyDir.SizeLimit = nil },
		},
		{
			name: "TLS is what the Service says",
			faults: func(r *rendering) []string {
				var f faults
				tls := slices.ContainsFunc(container(r.deployments[0]).Env, func(e corev1.EnvVar) bool { return e.Name == "LONGRUNNING_TLS_CERTIFICATE" })
				for _, s := range r.services {
					for _, p := range s.Spec.Ports {
						want := "kubernetes.io/h2c"
						if tls {
							want = "https"
						}
						f.unless(p.AppProtocol != nil && *p.AppProtocol == want, "port %s of %s is not %s", p.Name, s.Name, want)
					}
				}
				if tls && len(r.customByKind["GRPCRoute"]) > 0 {
					f.unless(len(r.customByKind["BackendTLSPolicy"]) == 1, "the gateway does not know that it has to speak TLS")
				}
				return f
			},
			on:     "overlays/production",
			breaks: func(r *rendering) { *r.services[0].Spec.Ports[0].AppProtocol = "kubernetes.io/h2c" },
		},
	}
}
