package check

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The policies that are about the server's pods.
func ofServer(r *rendering) []*networkingv1.NetworkPolicy {
	var found []*networkingv1.NetworkPolicy
	for _, n := range r.networks {
		if selects(&n.Spec.PodSelector, r.deployments[0]) {
			found = append(found, n)
		}
	}
	return found
}

func isPort(p networkingv1.NetworkPolicyPort, protocol corev1.Protocol, numbers ...int) bool {
	return p.Protocol != nil && *p.Protocol == protocol && p.EndPort == nil && p.Port != nil && slices.Contains(numbers, p.Port.IntValue())
}

// A peer that is chosen by a label, not everybody and not an address.
func isLabelled(p networkingv1.NetworkPolicyPeer) bool {
	pods := p.PodSelector != nil && len(p.PodSelector.MatchLabels) > 0
	namespaces := p.NamespaceSelector != nil && len(p.NamespaceSelector.MatchLabels) > 0
	return p.IPBlock == nil && (p.NamespaceSelector == nil || namespaces) && (pods || namespaces)
}

func networkPolicies() []policy {
	return []policy{
		{
			name: "one network policy is of the server's pods and judges both directions",
			faults: func(r *rendering) []string {
				var f faults
				f.unless(len(ofServer(r)) == 1, "got %d policies that select the pods, allowed 1", len(ofServer(r)))
				for _, n := range ofServer(r) {
					both := []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
					f.unless(slices.Equal(n.Spec.PolicyTypes, both), "got %v", n.Spec.PolicyTypes)
				}
				return f
			},
			on:     "overlays/dev",
			breaks: func(r *rendering) { r.networks[0].Spec.PolicyTypes = r.networks[0].Spec.PolicyTypes[:1] },
		},
		{
			name: "only those with a label reach the server, clients the API and Prometheus the management port",
			faults: func(r *rendering) []string {
				var f faults
				for _, n := range ofServer(r) {
					for _, rule := range n.Spec.Ingress {
						f.unless(len(rule.From) > 0, "a rule lets everybody in")
						for _, peer := range rule.From {
							f.unless(isLabelled(peer), "a rule lets in whoever has no label")
						}
						f.unless(len(rule.Ports) == 1 && isPort(rule.Ports[0], corev1.ProtocolTCP, 8080, 9090), "a rule opens other ports: %v", rule.Ports)
						if len(rule.Ports) == 1 && isPort(rule.Ports[0], corev1.ProtocolTCP, 9090) {
							f.unless(len(r.customByKind["PodMonitor"]) == 1, "the management port is open, and nobody asks it")
						}
					}
					if len(n.Spec.Ingress) == 0 || len(n.Spec.Ingress[0].From) == 0 {
						continue
					}
					client := n.Spec.Ingress[0].From[0]
					f.unless(client.NamespaceSelector == nil && client.PodSelector.MatchLabels["longrunning.dev/client"] == "true", "clients have another label")
				}
				return f
			},
			on:     "overlays/production",
			breaks: func(r *rendering) { ofServer(r)[0].Spec.Ingress[0].From = nil },
		},
		{
			name: "the server reaches names and PostgreSQL, and nothing else",
			faults: func(r *rendering) []string {
				var f faults
				d := r.deployments[0]
				var reached []string
				for _, n := range ofServer(r) {
					for _, rule := range n.Spec.Egress {
						for _, p := range rule.Ports {
							switch {
							case isPort(p, corev1.ProtocolUDP, 53), isPort(p, corev1.ProtocolTCP, 53):
								f.unless(len(rule.To) > 0, "port 53 of everybody")
								reached = append(reached, "names")
							case isPort(p, corev1.ProtocolTCP, 5432):
								f.unless(len(r.customByKind["Cluster"]) == 0 || len(rule.To) == 1, "another database than the cluster's")
								reached = append(reached, "postgresql")
							default:
								f.unless(false, "another port: %v", p)
							}
						}
						f.unless(len(rule.Ports) > 0, "all ports")
					}
				}
				f.unless(slices.Contains(reached, "names"), "no names")
				f.unless(slices.Contains(reached, "postgresql") != embedded(d), "PostgreSQL is open without need, or closed")
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { ofServer(r)[0].Spec.Egress[1].Ports = nil },
		},
		{
			name: "the operator's database is reached by the servers, its own instances and the operator",
			faults: func(r *rendering) []string {
				var f faults
				for _, c := range r.customByKind["Cluster"] {
					i := slices.IndexFunc(r.networks, func(n *networkingv1.NetworkPolicy) bool {
						return n.Spec.PodSelector.MatchLabels["cnpg.io/cluster"] == c.GetName()
					})
					if i < 0 {
						f.unless(false, "everybody reaches %s", c.GetName())
						continue
					}
					server := r.networks[i].Spec.Ingress[0].From[0]
					f.unless(selects(server.PodSelector, r.deployments[0]), "the servers do not reach %s", c.GetName())
					for _, rule := range r.networks[i].Spec.Ingress {
						for _, peer := range rule.From {
							f.unless(isLabelled(peer), "a rule lets in whoever has no label")
						}
						f.unless(len(rule.From) > 0 && len(rule.Ports) > 0, "a rule opens everything")
					}
				}
				return f
			},
			on: "overlays/production",
			breaks: func(r *rendering) {
				r.networks = slices.DeleteFunc(r.networks, func(n *networkingv1.NetworkPolicy) bool { return n.Name == "longrunning-db" })
			},
		},
		{
			name: "Services have named ports, say their protocol, and lead to the API alone",
			faults: func(r *rendering) []string {
				var f faults
				f.unless(len(r.services) > 0, "there is no Service")
				for _, s := range r.services {
					f.unless(s.Spec.Type == "" || s.Spec.Type == corev1.ServiceTypeClusterIP, "%s is seen outside the cluster", s.Name)
					for _, p := range s.Spec.Ports {
						f.unless(p.Name != "" && p.AppProtocol != nil, "port %d has no name or no protocol", p.Port)
						f.unless(p.TargetPort.StrVal == "api", "port %d leads to %s", p.Port, p.TargetPort.String())
					}
				}
				f.unless(slices.ContainsFunc(container(r.deployments[0]).Ports, func(p corev1.ContainerPort) bool {
					return p.Name == "api" && p.ContainerPort == 8080
				}), "there is no port api 8080")
				return f
			},
			on:     "base",
			breaks: func(r *rendering) { r.services[0].Spec.Ports[0].TargetPort.StrVal = "management" },
		},
		{
			name: "routes lead to the Service, and no two kinds share a name of a host",
			faults: func(r *rendering) []string {
				var f faults
				seen := map[string]string{}
				for _, kind := range []string{"GRPCRoute", "HTTPRoute"} {
					for _, route := range r.customByKind[kind] {
						hosts, _, _ := unstructured.NestedStringSlice(route.Object, "spec", "hostnames")
						f.unless(len(hosts) > 0, "%s takes every host", kind)
						for _, host := range hosts {
							f.unless(seen[host] == "", "%s is of %s and of %s", host, seen[host], kind)
							seen[host] = kind
						}
						rules, _, _ := unstructured.NestedSlice(route.Object, "spec", "rules")
						for _, rule := range rules {
							backends, _, _ := unstructured.NestedSlice(rule.(map[string]any), "backendRefs")
							f.unless(len(backends) > 0, "%s leads nowhere", kind)
							for _, b := range backends {
								name, port := b.(map[string]any)["name"], b.(map[string]any)["port"]
								f.unless(slices.ContainsFunc(r.services, func(s *corev1.Service) bool {
									return s.Name == name && int64(s.Spec.Ports[0].Port) == port
								}), "%s leads to %v:%v", kind, name, port)
							}
						}
					}
				}
				return f
			},
			on: "base+gateway",
			breaks: func(r *rendering) {
				for _, route := range append(r.customByKind["GRPCRoute"], r.customByKind["HTTPRoute"]...) {
					_ = unstructured.SetNestedStringSlice(route.Object, []string{strings.ToLower("one.example.com")}, "spec", "hostnames")
				}
			},
		},
	}
}
