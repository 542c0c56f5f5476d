package check

import (
	"regexp"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/pod-security-admission/api"
	podsecurity "k8s.io/pod-security-admission/policy"
)

const user = int64(65532)

// The uid and its passwd entry, ports and paths are those of the image.
var version = regexp.MustCompile(`^[a-z0-9./-]+(:[0-9]+\.[0-9]+\.[0-9]+([-.][A-Za-z0-9.-]+)?|@sha256:[0-9a-f]{64})$`)

func container(d *appsv1.Deployment) *corev1.Container { return &d.Spec.Template.Spec.Containers[0] }

// Faults of each container of each Deployment.
func eachContainer(judge func(f *faults, pod *corev1.PodSpec, c *corev1.Container)) func(r *rendering) []string {
	return func(r *rendering) []string {
		var f faults
		f.unless(len(r.deployments) == 1, "got %d Deployments, allowed 1", len(r.deployments))
		for _, d := range r.deployments {
			pod := &d.Spec.Template.Spec
			f.unless(len(pod.Containers) == 1 && len(pod.InitContainers) == 0 && len(pod.EphemeralContainers) == 0,
				"got other containers besides the server's")
			for i := range pod.Containers {
				judge(&f, pod, &pod.Containers[i])
			}
		}
		return f
	}
}

func podPolicies() []policy {
	return []policy{
		{
			name: "pods keep the Pod Security Standard restricted, as its admission judges",
			faults: func(r *rendering) []string {
				evaluator, err := podsecurity.NewEvaluator(podsecurity.DefaultChecks(), nil)
				var f faults
				f.unless(err == nil, "%v", err)
				for _, d := range r.deployments {
					level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
					for _, result := range evaluator.EvaluatePod(level, &d.Spec.Template.ObjectMeta, &d.Spec.Template.Spec) {
						f.unless(result.Allowed, "%s: %s", result.ForbiddenReason, result.ForbiddenDetail)
					}
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.deployments[0].Spec.Template.Spec.HostNetwork = true },
		},
		{
			name: "the process is the user 65532 of the image, not root",
			faults: eachContainer(func(f *faults, pod *corev1.PodSpec, c *corev1.Container) {
				s := pod.SecurityContext
				f.unless(s.RunAsNonRoot != nil && *s.RunAsNonRoot, "runAsNonRoot is not set")
				f.unless(s.RunAsUser != nil && *s.RunAsUser == user, "runAsUser is not %d", user)
				f.unless(s.RunAsGroup != nil && *s.RunAsGroup == user, "runAsGroup is not %d", user)
				f.unless(c.SecurityContext.RunAsUser == nil && c.SecurityContext.RunAsNonRoot == nil, "the container says otherwise")
			}),
			on:     "overlays/dev",
			breaks: func(r *rendering) { r.deployments[0].Spec.Template.Spec.SecurityContext.RunAsUser = new(int64) },
		},
		{
			name: "the root file system is read-only",
			faults: eachContainer(func(f *faults, _ *corev1.PodSpec, c *corev1.Container) {
				f.unless(c.SecurityContext.ReadOnlyRootFilesystem != nil && *c.SecurityContext.ReadOnlyRootFilesystem, "%s may write", c.Name)
			}),
			on:     "overlays/production",
			breaks: func(r *rendering) { container(r.deployments[0]).SecurityContext.ReadOnlyRootFilesystem = nil },
		},
		{
			name: "privileges are none and cannot be gained",
			faults: eachContainer(func(f *faults, _ *corev1.PodSpec, c *corev1.Container) {
				s := c.SecurityContext
				f.unless(s.AllowPrivilegeEscalation != nil && !*s.AllowPrivilegeEscalation, "allowPrivilegeEscalation is not false")
				f.unless(s.Privileged == nil || !*s.Privileged, "privileged")
			}),
			on:     "base",
			breaks: func(r *rendering) { container(r.deployments[0]).SecurityContext.AllowPrivilegeEscalation = nil },
		},
		{
			name: "all capabilities are dropped and none is added",
			faults: eachContainer(func(f *faults, _ *corev1.PodSpec, c *corev1.Container) {
				has := c.SecurityContext.Capabilities
				f.unless(has != nil && slices.Equal(has.Drop, []corev1.Capability{"ALL"}) && len(has.Add) == 0, "got %v", has)
			}),
			on: "base",
			breaks: func(r *rendering) {
				container(r.deployments[0]).SecurityContext.Capabilities.Add = []corev1.Capability{"NET_BIND_SERVICE"}
			},
		},
		{
			name: "seccomp is the run time's default",
			faults: eachContainer(func(f *faults, pod *corev1.PodSpec, c *corev1.Container) {
				profile := pod.SecurityContext.SeccompProfile
				f.unless(profile != nil && profile.Type == corev1.SeccompProfileTypeRuntimeDefault, "got %v", profile)
				f.unless(c.SecurityContext.SeccompProfile == nil, "the container says otherwise")
			}),
			on:     "base",
			breaks: func(r *rendering) { r.deployments[0].Spec.Template.Spec.SecurityContext.SeccompProfile = nil },
		},
		{
			name: "no token of the Kubernetes API is in the pod",
			faults: func(r *rendering) []string {
				var f faults
				for _, a := range r.accounts {
					f.unless(a.AutomountServiceAccountToken != nil && !*a.AutomountServiceAccountToken, "account %s mounts one", a.Name)
				}
				for _, d := range r.deployments {
					pod := d.Spec.Template.Spec
					f.unless(pod.AutomountServiceAccountToken != nil && !*pod.AutomountServiceAccountToken, "the pod mounts one")
					f.unless(slices.ContainsFunc(r.accounts, func(a *corev1.ServiceAccount) bool { return a.Name == pod.ServiceAccountName }),
						"account %q is not there", pod.ServiceAccountName)
					f.unless(pod.EnableServiceLinks != nil && !*pod.EnableServiceLinks, "services are put into the environment")
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.deployments[0].Spec.Template.Spec.ServiceAccountName = "default" },
		},
		{
			name: "nothing of the node is shared",
			faults: eachContainer(func(f *faults, pod *corev1.PodSpec, c *corev1.Container) {
				f.unless(!pod.HostNetwork && !pod.HostPID && !pod.HostIPC, "a namespace of the node")
				for _, v := range pod.Volumes {
					f.unless(v.HostPath == nil, "volume %s is a path of the node", v.Name)
				}
				for _, p := range c.Ports {
					f.unless(p.HostPort == 0, "port %s is one of the node", p.Name)
				}
			}),
			on:     "base",
			breaks: func(r *rendering) { container(r.deployments[0]).Ports[0].HostPort = 8080 },
		},
		{
			name: "resources are asked for and limited, memory by the same amount",
			faults: eachContainer(func(f *faults, _ *corev1.PodSpec, c *corev1.Container) {
				for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceEphemeralStorage} {
					asked, asks := c.Resources.Requests[name]
					limit, limits := c.Resources.Limits[name]
					f.unless(asks && limits && !asked.IsZero() && asked.Cmp(limit) <= 0, "%s: requested %v, limit %v", name, &asked, &limit)
				}
				f.unless(c.Resources.Requests.Memory().Cmp(*c.Resources.Limits.Memory()) == 0, "memory is not asked for in full")
			}),
			on:     "overlays/dev",
			breaks: func(r *rendering) { delete(container(r.deployments[0]).Resources.Limits, corev1.ResourceCPU) },
		},
		{
			name: "probes ask the management port: readiness for the start and for calls, liveness for restarts",
			faults: eachContainer(func(f *faults, _ *corev1.PodSpec, c *corev1.Container) {
				probe := func(name, path string, p *corev1.Probe) {
					good := p != nil && p.HTTPGet != nil && p.HTTPGet.Path == path && p.HTTPGet.Port == intstr.FromString("management") &&
						(p.HTTPGet.Scheme == "" || p.HTTPGet.Scheme == corev1.URISchemeHTTP)
					f.unless(good, "%s does not ask %s of management", name, path)
					f.unless(!good || p.TimeoutSeconds < p.PeriodSeconds || p.TimeoutSeconds <= 2, "%s overlaps itself", name)
				}
				probe("startup", "/readyz", c.StartupProbe)
				probe("readiness", "/readyz", c.ReadinessProbe)
				probe("liveness", "/livez", c.LivenessProbe)
				f.unless(slices.ContainsFunc(c.Ports, func(p corev1.ContainerPort) bool { return p.Name == "management" && p.ContainerPort == 9090 }),
					"there is no port management 9090")
			}),
			on:     "overlays/production",
			breaks: func(r *rendering) { container(r.deployments[0]).LivenessProbe.HTTPGet.Path = "/readyz" },
		},
		{
			name: "the image is a version or a digest, the same that the labels say",
			faults: func(r *rendering) []string {
				var f faults
				for _, d := range r.deployments {
					image := container(d).Image
					f.unless(version.MatchString(image), "got image %q, allowed one with a version or a digest", image)
					label := d.Spec.Template.Labels["app.kubernetes.io/version"]
					f.unless(strings.HasSuffix(image, ":"+label) || strings.Contains(image, "@"), "label says version %q, image %q", label, image)
				}
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { container(r.deployments[0]).Image = "longrunning:latest" },
		},
		{
			name: "what the image starts is not overridden",
			faults: eachContainer(func(f *faults, _ *corev1.PodSpec, c *corev1.Container) {
				f.unless(len(c.Command) == 0 && len(c.Args) == 0, "got command %v, args %v: settings go into the environment or the file", c.Command, c.Args)
				f.unless(c.ImagePullPolicy == "" || c.ImagePullPolicy == corev1.PullIfNotPresent, "imagePullPolicy %s", c.ImagePullPolicy)
			}),
			on: "base",
			breaks: func(r *rendering) {
				container(r.deployments[0]).Args = []string{"serve", "--database=postgres://a:b@c/d"}
			},
		},
	}
}
